//go:build cgo

// Command slotview shows slots: those that processes of this machine write into shared memory, recordings, and what
// other processes publish. It draws them in a window, or in a picture where there is no display.
//
// Exit status: 0 success, 1 failure, 2 wrong command line (one line on stderr). Ctrl-C completes the files and ends the
// program, a second Ctrl-C ends it at once.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/slotstream/slotstream/cmd/internal/cli"
	"github.com/slotstream/slotstream/cmd/internal/network"
	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/cmd/slotview/internal/convert"
	"github.com/slotstream/slotstream/cmd/slotview/internal/info"
	"github.com/slotstream/slotstream/cmd/slotview/internal/options"
	"github.com/slotstream/slotstream/cmd/slotview/internal/view"
)

func main() {
	cli.QuietDriver()
	ctx, stop := cli.Interruptible()
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

const name = "slotview"

// subcommands take the arguments behind their name. An error of theirs is about a file that the command line names.
var subcommands = map[string]func(ctx context.Context, args []string, stdout io.Writer) error{"convert": convert.Run, "info": info.Run}

// run is the program. It returns the exit status. If ctx is cancelled, the program ends early and in order.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && subcommands[args[0]] != nil {
		err := subcommands[args[0]](ctx, args[1:], stdout)
		if err != nil {
			err = cli.UsageError{Err: err}
		}
		return cli.Report(name, err, stderr)
	}
	o, err := options.Parse(args, stdout)
	if err == nil {
		err = o.Program.Profiled(stdout, func() error { return start(ctx, o, stdout, stderr) })
	}
	return cli.Report(name, err, stderr)
}

// start runs the mode that the options ask for.
func start(ctx context.Context, o options.Options, stdout, stderr io.Writer) error {
	switch {
	case o.Program.Version:
		return cli.PrintVersion(name, stdout)
	case o.GPU.ListAdapters:
		return stage.ListAdapters(stdout)
	}
	texts := stdout
	if o.ToStdout() {
		texts = stderr
	}
	out := stage.Outputs{
		Record: o.Record, Stdout: stdout, Publish: o.Network.Publish,
		Say:  func(text string) { fmt.Fprintln(texts, text) },
		Warn: func(err error) { fmt.Fprintf(stderr, "%s: %v\n", name, err) },
	}
	sources, end, err := open(ctx, o.Sources, out)
	if err != nil {
		return err
	}
	defer end()
	c, err := stage.ConfigOf(o.Picture, o.GPU)
	if err != nil {
		return err
	}
	if c.Outputs = out; o.Video != "" {
		return badAddress(film(ctx, o, sources, c, texts))
	}
	n, err := network.Open(o.Network, name, out.Say)
	if err != nil {
		return err
	}
	defer n.Close()
	out.NATS, out.Counters = n.NATS, n.Counters
	c.Open, c.Outputs, c.Lockstep = sources.Open, out, cmp.Or(c.Frames, 1)
	return badAddress(stage.Run(ctx, stage.ScreenOf(name, o.Picture, o.GPU), o.Picture.Offscreen, "slots.png", c, texts))
}

// badAddress turns the error that writers cannot be let in at an address into a UsageError.
func badAddress(err error) error {
	if errors.As(err, new(view.BadAddress)) {
		return cli.UsageError{Err: err}
	}
	return err
}
