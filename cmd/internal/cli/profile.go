package cli

import (
	"errors"
	"fmt"
	"io"
	"runtime/pprof"
	"runtime/trace"
)

// Profiled runs f under the profilers that the options ask for. Their files appear when f ends, also after an error.
func (p Program) Profiled(stdout io.Writer, f func() error) error {
	f = recorded(p.CPUProfile, stdout, pprof.StartCPUProfile, pprof.StopCPUProfile, f)
	return recorded(p.Trace, stdout, trace.Start, trace.Stop, f)()
}

// recorded returns f with a profiler around it that writes to path, or f itself if path is empty.
func recorded(path string, stdout io.Writer, start func(io.Writer) error, stop func(), f func() error) func() error {
	if path == "" {
		return f
	}
	return func() error {
		var ended error
		err := WriteOutput(path, stdout, func(w io.Writer) error {
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
