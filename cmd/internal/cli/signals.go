//go:build cgo

package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/slotstream/slotstream/render/wholefile"
)

// Interruptible returns a context that Ctrl-C, SIGTERM and SIGHUP cancel, so that the program ends in order. A second
// Ctrl-C or SIGTERM ends the program at once. A signal that was ignored when the program started, because of nohup for
// example, stays ignored. A broken pipe is an error of the write and not a signal: the program still writes its files.
func Interruptible() (ctx context.Context, stop func()) {
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
	if len(heard) == 0 { // Notify would take that as all signals
		return ctx, cancel
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, heard...)
	go func() {
		asked := 0
		for s := range signals {
			cancel()
			if s == syscall.SIGHUP { // a terminal that closes sends it twice, by itself and through its shell
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
