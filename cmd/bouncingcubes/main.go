// Command bouncingcubes streams the transforms of simulated cubes from W goroutines to the GPU and draws them
// instanced: in a window where there is a display, else offscreen to a picture. With -bench it times the frames.
//
// Exit status: 0 done, 1 a failure at run time, 2 a fault of the command line (one sentence on stderr),
// 3 a regression found by -compare, 4 too few frames for -compare to tell. Ctrl-C ends a run in order, a second one at once.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/slotstream/slotstream/render/window"
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
	o, err := parse(args, stdout)
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
	case errors.As(err, new(usageError)):
		return 2
	case errors.Is(err, errRegression):
		return 3
	case errors.Is(err, errTooFew):
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
func start(ctx context.Context, o options, stdout, stderr io.Writer) error {
	switch {
	case o.version:
		return printVersion(stdout)
	case o.listAdapters:
		return listAdapters(stdout)
	case o.bench.compare[0] != "":
		return compare(o, stdout)
	case o.bench.on:
		return bench(ctx, o, stdout, stderr)
	case o.offscreen:
		return drawOffscreen(ctx, o, stdout)
	}
	opened, err := showWindow(ctx, o)
	switch {
	case errors.Is(err, window.ErrNoDisplay) && o.window:
		return usageError{err}
	case err != nil && !opened && !o.window:
		fmt.Fprintf(stdout, "%s: drawing offscreen\n", noWindow(err))
		return drawOffscreen(ctx, o, stdout)
	}
	return err
}

// noWindow says why there is no window.
func noWindow(err error) string {
	if errors.Is(err, window.ErrNoDisplay) {
		return "no display here"
	}
	return fmt.Sprintf("no window here (%v)", err)
}
