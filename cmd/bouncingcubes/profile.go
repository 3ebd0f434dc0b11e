package main

import (
	"fmt"
	"io"
	"runtime/pprof"
	"runtime/trace"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/report"
)

// profiled runs f under the profilers that the options ask for. Their files appear whole when f ends, also by an error.
func profiled(o options, f func() error) error {
	f = recorded(o.cpuProfile, pprof.StartCPUProfile, pprof.StopCPUProfile, f)
	return recorded(o.trace, trace.Start, trace.Stop, f)()
}

// recorded is f with a recording made meanwhile to path, or just f if path is empty.
func recorded(path string, start func(io.Writer) error, stop func(), f func() error) func() error {
	if path == "" {
		return f
	}
	return func() error {
		var ended error
		err := report.WriteFile(path, func(w io.Writer) error {
			if err := start(w); err != nil {
				return fmt.Errorf("starting the recording: %w", err)
			}
			defer stop()
			ended = f()
			return nil
		})
		if ended != nil {
			return ended
		}
		return err
	}
}
