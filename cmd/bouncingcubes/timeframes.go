//go:build cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/bench"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/options"
	"github.com/slotstream/slotstream/cmd/internal/cli"
	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/frametime"
	"github.com/slotstream/slotstream/render/wholefile"
	"github.com/slotstream/slotstream/render/window"
)

// timeFrames is -bench: one run, or a matrix of runs. It writes the files that the flags name, and then prints the
// result. A run that was interrupted or that failed is reported as far as it came.
func timeFrames(ctx context.Context, o options.Options, stdout, stderr io.Writer) error {
	configs, err := benchConfigs(&o)
	if err != nil {
		return err
	}
	configs[0].Record, configs[0].Stdout = o.Record, stdout // -record excludes -matrix
	var rs []frametime.Report
	screen := stage.ScreenOf("bouncing cubes", o.Picture, o.GPU)
	screen.NoStats, screen.Yield = true, o.Bench.Free
	if o.Picture.Window {
		_, err = screen.OpenWindow(func(w *window.Window) (err error) {
			rs, err = bench.Run(ctx, bench.Screen{Device: w.Device(), Target: w, Next: w.Next}, configs, stderr)
			return err
		})
	} else {
		err = screen.OpenOffscreen(func(d *render.Device, target *render.Offscreen) (err error) {
			rs, err = bench.Run(ctx, bench.Screen{Device: d, Target: target}, configs, stderr)
			if o.Picture.Screenshot != "" && len(rs) > 0 {
				err = errors.Join(err, target.WritePNG(o.Picture.Screenshot))
			}
			return err
		})
	}
	if err != nil && len(rs) == 0 {
		return err
	}
	return errors.Join(err, report(rs, o, stdout, stderr))
}

// benchConfigs returns the runs that the options ask for. A matrix draws smaller pictures if -size is not given.
func benchConfigs(o *options.Options) ([]bench.Config, error) {
	shown, err := stage.ConfigOf(o.Picture, o.GPU)
	c := bench.Config{
		Cubes: o.World.Cubes, Workers: o.World.Workers, Pattern: o.Bench.Pattern, Moving: o.Bench.Moving, Tick: o.World.Tick, Free: o.Bench.Free, Seed: o.World.Seed,
		Fountain: o.World.Fountain, Frames: o.Picture.Frames, Warmup: o.Bench.Warmup, MSAA: shown.MSAA, Look: shown.Look, Upload: shown.Upload,
		Window: o.Picture.Window, VSync: o.Picture.Window && o.Picture.VSync,
	}
	if !o.Bench.Matrix {
		return []bench.Config{c}, err
	}
	if !o.Given["size"] {
		o.Picture.Size = cli.Size{Width: bench.MatrixWidth, Height: bench.MatrixHeight}
	}
	return bench.Matrix(c, func(flag string) bool { return o.Given[flag] }), err
}

// report writes the files first and prints after that, since stdout may be closed.
func report(rs []frametime.Report, o options.Options, stdout, stderr io.Writer) error {
	if len(rs) == 0 {
		_, err := fmt.Fprintln(stderr, "bouncingcubes: the run ended before the first timed frame: nothing to report")
		return err
	}
	var errs []error
	if o.Bench.JSON != "" {
		errs = append(errs, cli.WriteOutput(o.Bench.JSON, stdout, func(w io.Writer) error { return frametime.WriteJSON(w, rs) }))
	}
	if o.Bench.Plot != "" {
		errs = append(errs, wholefile.Write(o.Bench.Plot, func(w io.Writer) error { return bench.WritePlot(w, filepath.Ext(o.Bench.Plot), rs) }))
	}
	if o.Bench.Benchfmt {
		errs = append(errs, bench.WriteBenchfmt(stdout, rs))
	}
	return errors.Join(append(errs, bench.WriteTable(textsTo(o, stdout, stderr), rs))...)
}
