//go:build cgo || js

package render

import (
	"context"
	"runtime/trace"
	"time"
)

// A stopwatch times the phases of a frame, one after another, and shows each as a region of runtime/trace. Between two
// phases leave does nothing, so a deferred leave ends the phase in which a function returns early.
type stopwatch struct {
	start  time.Time
	region *trace.Region
}

func (s *stopwatch) enter(name string) {
	s.region, s.start = trace.StartRegion(context.Background(), name), time.Now()
}

func (s *stopwatch) leave() time.Duration {
	if s.region == nil {
		return 0
	}
	d := time.Since(s.start)
	s.region.End()
	s.region = nil
	return d
}
