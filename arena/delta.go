package arena

import "time"

// A Range is a run of slots with consecutive indices.
type Range struct{ First, Count int }

// End returns one past the last slot.
func (r Range) End() int { return r.First + r.Count }

// A Delta tells what one Descend changed in the mirror. Ranges and Ticks are valid until the
// next Descend.
type Delta struct {
	HighWater int         // slots to draw: one past the highest index in use, with the freed slots below it
	Ranges    []Range     // the dirty ranges, in ascending order, with a gap between any two
	Ticks     []GroupTick // groups of which the mirror shows a later commit now, ascending by group
	Updated   int         // number of slots in Ranges
	Torn      int         // slots that were being written: the mirror keeps their last value, the next Descend looks again
	Chunks    int         // chunks scanned
}

// A Tick names a commit of a Group. The arena hands it to the reader and does not
// look at it.
type Tick struct {
	// Number counts the simulation's steps, usually upwards.
	Number uint64

	// Time is the moment that the commit shows: how long after the start of the
	// simulation's clock. The Start of a render.Motion is on the same clock.
	Time time.Duration
}

// A GroupTick tells that a Descend brought a group from one commit to a later one. There may
// have been commits between the two: the reader did not look in time to see them.
type GroupTick struct {
	Group    uint64 // the group's number, which no other group of the arena has ever had
	From, To Tick   // From is the zero Tick if To is the first commit
}
