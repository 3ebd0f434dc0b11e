package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/frametime"
	"github.com/slotstream/slotstream/render/wholefile"
	"github.com/slotstream/slotstream/render/window"
	"github.com/slotstream/slotstream/upload"
)

// bench times frames: one run, or the cells of a matrix. It writes the files that were asked for and then says the
// result on stdout, or on stderr where something else takes stdout: also of what was measured before it was interrupted
// or failed.
func bench(ctx context.Context, o options, stdout, stderr io.Writer) error {
	var rs []frametime.Report
	err := withTarget(o, func(b *bencher) (err error) {
		b.ctx, b.progress = ctx, newProgress(stderr)
		defer b.progress.clear()
		rs, err = b.runAll(cells(o))
		return err
	})
	if err != nil && len(rs) == 0 {
		return err
	}
	return errors.Join(err, publish(rs, o, stdout, stderr))
}

// publish shows and saves reports.
func publish(rs []frametime.Report, o options, stdout, stderr io.Writer) error {
	if len(rs) == 0 {
		_, err := fmt.Fprintln(stderr, "bouncingcubes: ended before the first timed frame: nothing to report")
		return err
	}
	// What can be lost comes first: somebody may have closed stdout.
	var errs []error
	if o.bench.json != "" {
		errs = append(errs, writeOutput(o.bench.json, stdout, func(w io.Writer) error { return frametime.WriteJSON(w, rs) }))
	}
	if o.bench.plot != "" {
		errs = append(errs, wholefile.Write(o.bench.plot, func(w io.Writer) error { return drawPlot(w, filepath.Ext(o.bench.plot), rs) }))
	}
	if o.bench.benchfmt {
		errs = append(errs, frametime.WriteBenchfmt(stdout, rs, "width", "height", "look"))
	}
	table := stdout
	if o.toStdout() {
		table = stderr
	}
	if len(rs) == 1 {
		errs = append(errs, rs[0].WriteTable(table))
	} else {
		errs = append(errs, writeMatrixTable(table, rs))
	}
	return errors.Join(errs...)
}

// bencher is what all runs share: a device and what they draw to.
type bencher struct {
	ctx      context.Context
	device   *render.Device
	target   render.Target
	next     func() bool // the window's Next; nil offscreen
	progress *progress
	drawn    bool // anything, ever
}

// withTarget opens the device and the target that the options ask for, for f.
func withTarget(o options, f func(b *bencher) error) error {
	if o.window {
		err := window.Run(window.Options{
			Title: "bouncing cubes", Width: o.size.width, Height: o.size.height, NoVSync: !o.vsync, Device: deviceOptions(o),
		}, func(w *window.Window) error {
			return f(&bencher{device: w.Device(), target: w, next: w.Next})
		})
		if errors.Is(err, window.ErrNoDisplay) {
			return usageError{err}
		}
		return badAdapter(o, err)
	}
	device, err := render.Open(deviceOptions(o))
	if err != nil {
		return badAdapter(o, err)
	}
	defer device.Release()
	target, err := render.NewOffscreen(device, o.size.width, o.size.height, 0)
	if err != nil {
		return err
	}
	defer target.Release()
	b := &bencher{device: device, target: target}
	err = f(b)
	if o.screenshot != "" && b.drawn {
		err = errors.Join(err, target.WritePNG(o.screenshot))
	}
	return err
}

// alive is false once the run is to end: by Ctrl-C, or because the window was closed.
func (b *bencher) alive() bool { return b.ctx.Err() == nil && (b.next == nil || b.next()) }

// runAll runs one cell after the other, to the end or until it is to end.
func (b *bencher) runAll(cells []options) ([]frametime.Report, error) {
	var rs []frametime.Report
	for i, o := range cells {
		if i > 0 && b.ctx.Err() != nil {
			break
		}
		b.progress.run(i, len(cells))
		r, err := b.run(o)
		switch {
		case errors.Is(err, errNothing):
			return rs, nil
		case err != nil:
			return rs, err
		}
		rs = append(rs, *r)
		if r.Interrupted {
			break
		}
	}
	return rs, nil
}

// describe says of a run what it was asked for and what it was made on.
func (b *bencher) describe(r *frametime.Report, o options) error {
	info := b.device.Adapter.GetInfo()
	r.Adapter = frametime.Adapter{Name: b.device.Info.Name, Backend: b.device.Info.Backend, Type: b.device.Info.Type, Driver: info.DriverDescription}
	width, height := b.target.Size()
	for _, l := range []frametime.Label{
		{Name: "cubes", Value: o.cubes}, {Name: "workers", Value: o.workers}, {Name: "moving", Value: o.bench.moving},
		{Name: "pattern", Value: o.bench.pattern}, {Name: "upload", Value: o.upload}, {Name: "width", Value: width}, {Name: "height", Value: height},
		{Name: "frames", Value: o.frames}, {Name: "warmup", Value: o.bench.warmup}, {Name: "look", Value: o.look}, {Name: "msaa", Value: o.msaa},
		{Name: "seed", Value: o.seed}, {Name: "tick", Value: o.tick}, {Name: "free", Value: o.bench.free}, {Name: "window", Value: o.window},
		{Name: "vsync", Value: o.window && o.vsync}, {Name: "fountain", Value: o.fountain}, {Name: "drained", Value: b.drain()},
	} {
		r.Config.Set(l.Name, l.Value)
	}
	r.Name, r.Title = runName(r.Config), runTitle(r.Config)
	// The costs that render.NewBatch gives an uploader that is given none.
	costs, err := json.Marshal(upload.DefaultCosts(info.AdapterType))
	if err != nil {
		return err
	}
	return json.Unmarshal(costs, &r.Upload.Costs)
}

// drain says whether each frame waits until the device is done with it. Where the CPU draws, it competes with the next
// frame's phases for the same cores, and they would measure the scheduler. On a GPU, frames overlap as they do in use.
func (b *bencher) drain() bool { return b.device.Info.Software }

// perFrame is sum over frames, to six digits: a mean of counts, not a measurement of a millionth of one.
func perFrame(sum, frames int) float64 {
	return math.Round(1e6*float64(sum)/float64(max(1, frames))) / 1e6
}
