// Command bouncingcubes streams the transforms of simulated cubes from W goroutines to the GPU and draws them
// instanced: in a window where there is a display, else offscreen to a picture. With -bench it times the frames.
//
// Exit status: 0 done, 1 a failure at run time, 2 a fault of the command line (one sentence on stderr),
// 3 a regression found by -compare. Ctrl-C ends a run in order.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/slotstream/slotstream/render/window"
)

func main() {
	quietDriver()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
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
		err = profiled(o, func() error { return start(ctx, o, stdout, stderr) })
	}
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	fmt.Fprintln(stderr, "bouncingcubes:", err)
	switch {
	case errors.As(err, new(usageError)):
		return 2
	case errors.Is(err, errRegression):
		return 3
	}
	return 1
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
	err := showWindow(ctx, o)
	switch {
	case errors.Is(err, window.ErrNoDisplay) && o.window:
		return usageError{err}
	case errors.Is(err, window.ErrNoDisplay):
		fmt.Fprintln(stdout, "no display here: drawing offscreen")
		return drawOffscreen(ctx, o, stdout)
	}
	return err
}
