//go:build cgo

package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/slotstream/slotstream/render/wholefile"
)

// interruptible is a context that Ctrl-C, SIGTERM and SIGHUP cancel, so that the program ends in order; a second Ctrl-C
// or SIGTERM ends it at once. A signal that the program was started to ignore, as nohup has it, stays ignored. A broken
// pipe is no signal here but the error of the write: what else was asked for is still done.
func interruptible() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signal.Ignore(syscall.SIGPIPE)
	var heard []os.Signal
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if signal.Ignored(s) || s == syscall.SIGTERM && termIgnored() {
			signal.Ignore(s)
			continue
		}
		heard = append(heard, s)
	}
	if len(heard) == 0 { // of which Notify would make all
		return ctx, cancel
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, heard...)
	go func() {
		asked := 0
		for s := range signals {
			cancel()
			if s == syscall.SIGHUP { // comes beside others, and twice where a terminal closes: from it and from its shell
				continue
			}
			if asked++; asked == 2 {
				wholefile.Abandon()
				os.Exit(128 + int(s.(syscall.Signal)))
			}
		}
	}()
	return ctx, func() { signal.Stop(signals); cancel() }
}
