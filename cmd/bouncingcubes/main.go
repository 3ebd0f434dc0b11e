//go:build cgo

// Command bouncingcubes simulates cubes on several goroutines, streams their transforms to the GPU and draws them
// instanced: in a window, or in a picture where there is no display. With -bench it times the frames.
//
// Exit status: 0 success, 1 failure, 2 wrong command line (one line on stderr), 3 -compare has found a regression, 4
// -compare cannot compare a run or a phase, because it is missing, was interrupted, or has too few frames. Ctrl-C
// completes the files and ends the program, a second Ctrl-C ends it at once.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/bench"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/demo"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/options"
	"github.com/slotstream/slotstream/cmd/internal/cli"
	"github.com/slotstream/slotstream/cmd/internal/network"
	"github.com/slotstream/slotstream/cmd/internal/stage"
)

func main() {
	cli.QuietDriver()
	ctx, stop := cli.Interruptible()
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

const name = "bouncingcubes"

// run is the program. It returns the exit status. If ctx is cancelled, the program ends early and in order.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := options.Parse(args, stdout)
	if err == nil {
		err = o.Program.Profiled(stdout, func() error { return start(ctx, o, stdout, stderr) })
	}
	status := cli.Report(name, err, stderr)
	switch {
	case status != 1:
	case errors.Is(err, bench.ErrRegression):
		return 3
	case errors.Is(err, bench.ErrUntold):
		return 4
	}
	return status
}

// start runs the mode that the options ask for.
func start(ctx context.Context, o options.Options, stdout, stderr io.Writer) error {
	switch {
	case o.Program.Version:
		return cli.PrintVersion(name, stdout)
	case o.GPU.ListAdapters:
		return stage.ListAdapters(stdout)
	case o.Bench.Compare[0] != "":
		err := bench.Compare(o.Bench.Compare[0], o.Bench.Compare[1], o.Bench.Threshold, stdout)
		if errors.As(err, new(bench.BadFile)) {
			return cli.Usagef("-compare: %w", err)
		}
		return err
	case o.Bench.On:
		return timeFrames(ctx, o, stdout, stderr)
	}
	return show(ctx, o, stdout, stderr)
}

const offscreenFrames = 90 // after a second and a half there are heaps, and the last cubes still fall

// show draws a simulation, in a window or in a picture.
func show(ctx context.Context, o options.Options, stdout, stderr io.Writer) error {
	texts := textsTo(o, stdout, stderr)
	out := stage.Outputs{
		Record: o.Record, Stdout: stdout, Publish: o.Network.Publish,
		Say:  func(text string) { fmt.Fprintln(texts, text) },
		Warn: func(err error) { fmt.Fprintf(stderr, "%s: %v\n", name, err) },
	}
	n, err := network.Open(o.Network, name, out.Say)
	if err != nil {
		return err
	}
	defer n.Close()
	out.NATS, out.Counters = n.NATS, n.Counters
	w := o.World
	world := demo.Config{Cubes: w.Cubes, MaxCubes: options.MaxCubes, Workers: w.Workers, Tick: w.Tick, Seed: w.Seed, Fountain: w.Fountain}
	c, err := stage.ConfigOf(o.Picture, o.GPU)
	if err != nil {
		return err
	}
	c.Open, c.Outputs = world.Open, out
	c.Lockstep = cmp.Or(c.Frames, offscreenFrames)
	return stage.Run(ctx, stage.ScreenOf("bouncing cubes", o.Picture, o.GPU), o.Picture.Offscreen, "cubes.png", c, texts)
}

// textsTo returns where texts for the user go: to stdout, or to stderr if a flag sends a file to stdout.
func textsTo(o options.Options, stdout, stderr io.Writer) io.Writer {
	if o.ToStdout() {
		return stderr
	}
	return stdout
}
