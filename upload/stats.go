//go:build cgo

package upload

import "time"

// Stats tells what one Upload or Sync did.
type Stats struct {
	HighWater int // slots to draw: one past the highest live slot
	Updated   int // slots that were pending
	Torn      int // slots that were being written, left for the next Descend; 0 from Upload

	Ranges  int // coalesced ranges that were pending, before any merging
	Writes  int // writes straight to pages that they became
	Calls   int // queue writes in all: Writes and one for every scatter submit
	Submits int // scatter submits
	Bytes   int // bytes written by all calls

	Descend time.Duration // arena.Descend; 0 from Upload
	Plan    time.Duration // choosing the calls
	Write   time.Duration // packing, calls and submits; the GPU may still be copying afterwards

	pages [Full + 1]int
}

// Pages returns how many pages took a strategy, of those that had changes. A page whose Merged plan joined no range
// counts as Ranges, and one whose plan is a single write of several ranges as Full. Pages(Auto) is 0.
func (s Stats) Pages(took Strategy) int {
	if took < 0 || int(took) >= len(s.pages) {
		return 0
	}
	return s.pages[took]
}
