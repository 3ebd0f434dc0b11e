//go:build cgo

package render

import (
	"context"
	"runtime/trace"
	"time"
)

// A stopwatch times the phases of a frame, one after the other; to runtime/trace each is a region. It ends them on
// whatever path they are left if leave is deferred: it does nothing between two phases.
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
