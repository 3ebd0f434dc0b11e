//go:build cgo

// Command bouncingcubes simulates cubes on several goroutines, streams their transforms to the GPU and draws them
// instanced: in a window, or in a picture where there is no display. With -bench it times the frames.
//
// Exit status: 0 success, 1 failure, 2 wrong command line (one line on stderr), 3 -compare has found a regression, 4
// -compare cannot compare a run or a phase, because it is missing, was interrupted, or has too few frames. Ctrl-C
// completes the files and ends the program, a second Ctrl-C ends it at once.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/bench"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/demo"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/options"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window"
	"github.com/slotstream/slotstream/upload"
)

func main() {
	quietDriver()
	ctx, stop := interruptible()
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// quietDriver sets a variable that no session manager has set. Without it a software Vulkan driver complains on stderr.
func quietDriver() {
	if os.Getenv("XDG_RUNTIME_DIR") == "" {
		os.Setenv("XDG_RUNTIME_DIR", os.TempDir())
	}
}

// run is the program. It returns the exit status. If ctx is cancelled, the program ends early and in order.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := options.Parse(args, stdout)
	if err == nil {
		err = profiled(o, stdout, func() error { return start(ctx, o, stdout, stderr) })
	}
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	for _, e := range split(err) {
		fmt.Fprintln(stderr, "bouncingcubes:", e)
	}
	switch {
	case errors.As(err, new(options.UsageError)):
		return 2
	case errors.Is(err, bench.ErrRegression):
		return 3
	case errors.Is(err, bench.ErrUntold):
		return 4
	}
	return 1
}

// split returns the errors that were joined to err. Each of them is one line.
func split(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || !strings.Contains(err.Error(), "\n") { // fmt.Errorf may wrap two errors in one line
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, split(e)...)
	}
	return all
}

// start runs the mode that the options ask for.
func start(ctx context.Context, o options.Options, stdout, stderr io.Writer) error {
	switch {
	case o.Version:
		return printVersion(stdout)
	case o.ListAdapters:
		return listAdapters(stdout)
	case o.Bench.Compare[0] != "":
		err := bench.Compare(o.Bench.Compare[0], o.Bench.Compare[1], o.Bench.Threshold, stdout)
		if errors.As(err, new(bench.BadFile)) {
			return options.Usagef("-compare: %w", err)
		}
		return err
	case o.Bench.On:
		return timeFrames(ctx, o, stdout, stderr)
	}
	return show(ctx, o, stdout, stderr)
}

// show draws a simulation, a recording or other processes, in a window or in a picture.
func show(ctx context.Context, o options.Options, stdout, stderr io.Writer) error {
	c, err := demoConfig(o)
	if err != nil {
		return err
	}
	texts := textsTo(o, stdout, stderr)
	c.Stdout = stdout
	c.Say = func(text string) { fmt.Fprintln(texts, text) }
	c.Warn = func(err error) { fmt.Fprintln(stderr, "bouncingcubes:", err) }
	if o.Replay != "" {
		file, err := openReplay(o, &c)
		if err != nil {
			return err
		}
		defer file.Close()
	}
	if o.Metrics != "" {
		end, err := serveMetrics(o, &c)
		if err != nil {
			return err
		}
		defer end()
	}
	if o.Publish != "" || len(o.Follow) > 0 {
		end, err := connect(o, &c)
		if err != nil {
			return err
		}
		defer end()
	}
	if o.Offscreen {
		return badAddress(drawPicture(ctx, o, c, texts))
	}
	opened, err := openWindow(o, func(w *window.Window) error { return demo.Show(ctx, w, c) })
	if err != nil && !opened && !o.Window {
		fmt.Fprintf(texts, "%s: drawing offscreen\n", noWindow(err))
		return badAddress(drawPicture(ctx, o, c, texts))
	}
	return badAddress(err)
}

// badAddress turns the error that -shared names a wrong address into a UsageError.
func badAddress(err error) error {
	if errors.As(err, new(demo.BadAddress)) {
		return options.UsageError{Err: err}
	}
	return err
}

// textsTo returns where texts for the user go: to stdout, or to stderr if a flag sends a file to stdout.
func textsTo(o options.Options, stdout, stderr io.Writer) io.Writer {
	if o.ToStdout() {
		return stderr
	}
	return stdout
}

// noWindow returns the reason why there is no window.
func noWindow(err error) string {
	if errors.Is(err, window.ErrNoDisplay) {
		return "no display"
	}
	return fmt.Sprintf("no window (%v)", err)
}

// demoConfig returns the demo's part of the options.
func demoConfig(o options.Options) (demo.Config, error) {
	look, strategy, err := parseNames(o)
	return demo.Config{
		Cubes: o.Cubes, MaxCubes: options.MaxCubes, Workers: o.Workers, Tick: o.Tick, Seed: o.Seed, Fountain: o.Fountain,
		Publish: o.Publish, Follow: o.Follow, Shared: o.Shared, Address: o.Address, From: seconds(o.From), Speed: o.Speed, Record: o.Record,
		Frames: o.Frames, Screenshot: o.Screenshot, MSAA: o.MSAA, Look: look, LookGiven: o.LookGiven, Upload: strategy,
	}, err
}

// parseNames returns the look and the strategy that the options name.
func parseNames(o options.Options) (look render.Look, strategy upload.Strategy, err error) {
	if err = look.UnmarshalText([]byte(o.Look)); err == nil {
		err = strategy.UnmarshalText([]byte(o.Upload))
	}
	return look, strategy, err
}
