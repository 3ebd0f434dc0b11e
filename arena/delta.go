package arena

// A Range is a run of slots with consecutive indices.
type Range struct{ First, Count int }

// A Delta is what one Descend changed in the mirror.
type Delta struct {
	Seq       uint64  // counts Descends, from 1: a gap means that another call took a Delta
	HighWater int     // the instance count to draw with this mirror
	Ranges    []Range // slots whose mirror changed: ascending, never touching or overlapping; valid until the next Descend
	Updated   int     // slots in Ranges
	Torn      int     // slots that a writer was inside of: the mirror keeps their last value, the next Descend looks again
	Chunks    int     // chunks scanned
}
