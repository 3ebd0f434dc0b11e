package arena

// A Range is a run of slots with consecutive indices.
type Range struct{ First, Count int }

// End returns one past the last slot.
func (r Range) End() int { return r.First + r.Count }

// A Delta is what one Descend changed in the mirror.
type Delta struct {
	Seq       uint64      // counts Descends, from 1: a gap means that another call took a Delta
	HighWater int         // slots to draw of this mirror: one past the highest index in use, freed ones below it included
	Ranges    []Range     // slots whose mirror changed: ascending, never touching or overlapping; valid until the next Descend
	Ticks     []GroupTick // groups of which the mirror shows a later commit now; valid until the next Descend
	Updated   int         // slots in Ranges
	Torn      int         // slots that a writer was inside of: the mirror keeps their last value, the next Descend looks again
	Chunks    int         // chunks scanned
}

// A Tick says which commit of a Group it is and when it was. The arena hands both
// to the reader and looks at neither.
type Tick struct {
	Number uint64 // the caller's count, ascending as a rule
	Time   int64  // on the caller's clock, nanoseconds as a rule
}

// A GroupTick tells that a Descend brought a group from one commit to a later one,
// perhaps past others that nobody saw.
type GroupTick struct {
	Group    uint64 // the group's number, which no other group of the arena has ever had
	From, To Tick   // From is the zero Tick before the first commit
}
