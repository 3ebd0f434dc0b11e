// Package bench times the demo's frames: one run, or a matrix of them.
package bench

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/frametime"
	"github.com/slotstream/slotstream/upload"
)

// Run does one run after the other, to the end or until ctx is cancelled. If progress is a terminal, it shows how far
// the run is. With an error Run returns the reports of the runs before it.
func Run(ctx context.Context, s Screen, configs []Config, progress io.Writer) ([]frametime.Report, error) {
	b := &bencher{ctx: ctx, device: s.Device, target: s.Target, next: s.Next, progress: newProgress(progress)}
	defer b.progress.clear()
	return b.runAll(configs)
}

// WriteTable writes reports as a table for people.
func WriteTable(w io.Writer, rs []frametime.Report) error {
	if len(rs) == 1 {
		return rs[0].WriteTable(w)
	}
	return writeMatrixTable(w, rs)
}

// WriteBenchfmt writes reports as Go benchmark lines.
func WriteBenchfmt(w io.Writer, rs []frametime.Report) error {
	return frametime.WriteBenchfmt(w, rs, "width", "height", "look")
}

// A bencher has what all runs share.
type bencher struct {
	ctx      context.Context
	device   *render.Device
	target   render.Target
	next     func() bool // the window's Next; nil offscreen
	progress *progress
}

// alive reports whether the run goes on. It ends with Ctrl-C, or when the window is closed.
func (b *bencher) alive() bool { return b.ctx.Err() == nil && (b.next == nil || b.next()) }

// runAll does the runs.
func (b *bencher) runAll(configs []Config) ([]frametime.Report, error) {
	var rs []frametime.Report
	for i, c := range configs {
		if i > 0 && b.ctx.Err() != nil {
			break
		}
		b.progress.run(i, len(configs))
		r, err := b.run(c)
		switch {
		case errors.Is(err, errNothing):
			return rs, nil
		case r != nil:
			rs = append(rs, *r)
		}
		if err != nil {
			return rs, err
		}
		if r.Interrupted {
			break
		}
	}
	return rs, nil
}

// describe adds the configuration and the machine to a report.
func (b *bencher) describe(r *frametime.Report, c Config) error {
	info := b.device.Adapter.GetInfo()
	r.Adapter = frametime.Adapter{Name: b.device.Info.Name, Backend: b.device.Info.Backend, Type: b.device.Info.Type, Driver: info.DriverDescription}
	width, height := b.target.Size()
	for _, l := range []frametime.Label{
		{Name: "cubes", Value: c.Cubes}, {Name: "workers", Value: c.Workers}, {Name: "moving", Value: c.Moving},
		{Name: "pattern", Value: c.Pattern}, {Name: "upload", Value: c.Upload}, {Name: "width", Value: width}, {Name: "height", Value: height},
		{Name: "frames", Value: c.Frames}, {Name: "warmup", Value: c.Warmup}, {Name: "look", Value: c.Look}, {Name: "msaa", Value: c.MSAA},
		{Name: "seed", Value: c.Seed}, {Name: "tick", Value: c.Tick}, {Name: "free", Value: c.Free}, {Name: "window", Value: c.Window},
		{Name: "vsync", Value: c.Window && c.VSync}, {Name: "fountain", Value: c.Fountain}, {Name: "drained", Value: b.drain()},
	} {
		r.Config.Set(l.Name, l.Value)
	}
	r.Name, r.Title = runName(r.Config), runTitle(r.Config)
	// render.NewBatch gives these costs to an uploader without any.
	costs, err := json.Marshal(upload.DefaultCosts(info.AdapterType))
	if err != nil {
		return err
	}
	return json.Unmarshal(costs, &r.Upload.Costs)
}

// drain reports whether each frame waits until the device has drawn it. Where the CPU draws, it must: drawing competes
// with the phases of the next frame for the same cores, so the phases would measure the scheduler. On a GPU the frames
// overlap, as they do in use.
func (b *bencher) drain() bool { return b.device.Info.Software }

// perFrame returns sum over frames, rounded to six digits after the point.
func perFrame(sum, frames int) float64 {
	return math.Round(1e6*float64(sum)/float64(max(1, frames))) / 1e6
}
