//go:build cgo

package upload

import "time"

// Stats tells what one Sync, Apply or Upload did.
type Stats struct {
	HighWater int // slots to draw: one past the highest live slot
	Updated   int // slots whose new value a Descend accepted, summed over those since the last upload
	Torn      int // slots that were being written, left for the next Descend

	Ranges  int // coalesced ranges that were pending, before any merging
	Writes  int // writes straight to pages that they became
	Calls   int // queue writes in all: Writes and one for every scatter submit
	Submits int // scatter submits
	Bytes   int // bytes written by all calls

	Descend time.Duration // arena.Descend; 0 from Apply and Upload
	Plan    time.Duration // choosing the calls
	Write   time.Duration // packing, calls and submits; the GPU may still be copying afterwards

	// Took counts the pages that had changes by what each took: Took[Scatter] went by a scatter. A page whose Merged plan
	// joined no range counts as Ranges, one whose plan is a single write of several as Full; Took[Auto] is 0.
	Took [Full + 1]int
}
