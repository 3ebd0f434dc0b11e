//go:build cgo

package main

import (
	"errors"
	"fmt"
	"io"
	"runtime/pprof"
	"runtime/trace"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/options"
)

// profiled runs f under the profilers that the options ask for. Their files appear when f ends, also after an error.
func profiled(o options.Options, stdout io.Writer, f func() error) error {
	f = recorded(o.CPUProfile, stdout, pprof.StartCPUProfile, pprof.StopCPUProfile, f)
	return recorded(o.Trace, stdout, trace.Start, trace.Stop, f)()
}

// recorded returns f with a profiler around it that writes to path, or f itself if path is empty.
func recorded(path string, stdout io.Writer, start func(io.Writer) error, stop func(), f func() error) func() error {
	if path == "" {
		return f
	}
	return func() error {
		var ended error
		err := options.WriteOutput(path, stdout, func(w io.Writer) error {
			if err := start(w); err != nil {
				return fmt.Errorf("starting the profiler: %w", err)
			}
			defer stop()
			ended = f()
			return nil
		})
		return errors.Join(ended, err)
	}
}
