//go:build cgo || js

package upload

import "time"

// Stats tells what one Upload or Sync did.
type Stats struct {
	HighWater int // slots to draw: one past the highest index in use
	Updated   int // changed slots
	Ranges    int // ranges of adjacent changed slots, before any were merged

	Calls   int // queue writes, among them one for each scatter submit
	Submits int // scatter submits
	Bytes   int // bytes that all queue writes carried

	Plan  time.Duration // time to choose the calls
	Write time.Duration // time to pack, write and submit; the GPU may still be copying afterwards

	pages [Full + 1]int
}

// Pages returns how many pages were updated by a strategy. A page counts for the strategy that describes its
// writes: Ranges if Merged found nothing to merge, Full if one write carried several ranges. Pages(Auto) is 0.
func (s Stats) Pages(strategy Strategy) int {
	if strategy < 0 || int(strategy) >= len(s.pages) {
		return 0
	}
	return s.pages[strategy]
}
