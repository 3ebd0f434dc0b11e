//go:build cgo

// Command bouncingcubes streams the transforms of simulated cubes from W goroutines to the GPU and draws them
// instanced: in a window where there is a display, else offscreen to a picture. With -bench it times the frames.
//
// Exit status: 0 done, 1 a failure at run time, 2 a fault of the command line (one sentence on stderr),
// 3 a regression found by -compare, 4 runs or phases that -compare cannot tell about: they are in one file only, were
// interrupted, or have too few frames. Ctrl-C ends a run in order, a second one at once.
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

// quietDriver sets what a software Vulkan driver complains about on stderr where no session manager has set it.
func quietDriver() {
	if os.Getenv("XDG_RUNTIME_DIR") == "" {
		os.Setenv("XDG_RUNTIME_DIR", os.TempDir())
	}
}

// run is the program: it ends early, in order, when ctx is cancelled, and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := options.Parse(args, stdout)
	if err == nil {
		err = profiled(o, stdout, func() error { return start(ctx, o, stdout, stderr) })
	}
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	for _, e := range sentences(err) {
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

// sentences are the errors that were joined to err, each of which is one.
func sentences(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || !strings.Contains(err.Error(), "\n") { // an error may wrap two and still be one sentence
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, sentences(e)...)
	}
	return all
}

// start picks what the options ask for.
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

// show shows the demo or a recording: in a window, or in a picture.
func show(ctx context.Context, o options.Options, stdout, stderr io.Writer) error {
	c, err := demoConfig(o)
	if err != nil {
		return err
	}
	person := forPerson(o, stdout, stderr)
	c.Stdout = stdout
	c.Say = func(text string) { fmt.Fprintln(person, text) }
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
		return drawPicture(ctx, o, c, person)
	}
	opened, err := openWindow(o, func(w *window.Window) error { return demo.Show(ctx, w, c) })
	if err != nil && !opened && !o.Window {
		fmt.Fprintf(person, "%s: drawing offscreen\n", noWindow(err))
		return drawPicture(ctx, o, c, person)
	}
	return err
}

// forPerson is where words for a person go: stdout, unless a file that was asked for takes it.
func forPerson(o options.Options, stdout, stderr io.Writer) io.Writer {
	if o.ToStdout() {
		return stderr
	}
	return stdout
}

// noWindow says why there is no window.
func noWindow(err error) string {
	if errors.Is(err, window.ErrNoDisplay) {
		return "no display here"
	}
	return fmt.Sprintf("no window here (%v)", err)
}

// demoConfig is what the demo shows.
func demoConfig(o options.Options) (demo.Config, error) {
	look, strategy, err := parseNames(o)
	return demo.Config{
		Cubes: o.Cubes, MaxCubes: options.MaxCubes, Workers: o.Workers, Tick: o.Tick, Seed: o.Seed, Fountain: o.Fountain,
		Publish: o.Publish, Follow: o.Follow, From: seconds(o.From), Speed: o.Speed, Record: o.Record,
		Frames: o.Frames, Screenshot: o.Screenshot, MSAA: o.MSAA, Look: look, LookGiven: o.LookGiven, Upload: strategy,
	}, err
}

// parseNames are the look and the strategy that the options name.
func parseNames(o options.Options) (render.Look, upload.Strategy, error) {
	look, err := render.ParseLook(o.Look)
	if err != nil {
		return 0, 0, err
	}
	var strategy upload.Strategy
	err = strategy.UnmarshalText([]byte(o.Upload))
	return look, strategy, err
}
