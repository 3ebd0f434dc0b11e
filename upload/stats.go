//go:build cgo

package upload

import "time"

// Stats tells what one Upload or Sync did.
type Stats struct {
	HighWater int // slots to draw: one past the highest slot in use
	Updated   int // slots that had changed
	Ranges    int // ranges of adjacent changed slots, before any were merged

	Calls   int // queue writes, with one for each scatter submit
	Submits int // scatter submits
	Bytes   int // bytes that all queue writes carried

	Plan  time.Duration // time to choose the calls
	Write time.Duration // time to pack, write and submit; the GPU may still be copying afterwards

	pages [Full + 1]int
}

// Pages returns how many of the pages with changes were uploaded by a strategy. A page whose Merged plan merged no
// ranges counts as Ranges; a page whose plan is one write of several ranges counts as Full. So Pages(Auto) is 0.
func (s Stats) Pages(strategy Strategy) int {
	if strategy < 0 || int(strategy) >= len(s.pages) {
		return 0
	}
	return s.pages[strategy]
}
