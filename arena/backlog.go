package arena

// A Backlog is what one consumer of an arena's Deltas does not have yet: an
// uploader, a recorder, a viewer on another machine. Whoever runs the frame
// descends once and hands the Delta round; each consumer joins it to a Backlog
// of its own, takes the present values of Ranges from the mirror when it can, and
// clears. One that falls behind joins and joins: it never queues values, and its
// next turn brings it to the last state.
//
// Invariant: of the slots below Top, the consumer differs from the mirror at most
// in Ranges; slots from Top on it never had.
//
// The zero Backlog is that of a consumer that has nothing. It belongs to one
// goroutine at a time, and does not allocate once it has seen its fullest.
type Backlog struct {
	seq    uint64  // of the last Delta joined
	top    int     // one past the highest slot that a Delta has spoken of
	ranges []Range // ascending, never touching
	spare  []Range // the next ranges are made here
}

// Join adds what d reports. A Delta that was missed (a gap in Seq) makes every
// slot pending again. A Delta joined twice is a gap, too: hand each out once.
func (b *Backlog) Join(d Delta) {
	if d.Seq != b.seq+1 && b.top > 0 {
		b.ranges = append(b.ranges[:0], Range{Count: b.top}) // it may show more of them than are in use
	}
	b.seq = d.Seq
	b.Add(d.Ranges)
	top := d.HighWater
	if n := len(d.Ranges); n > 0 {
		top = max(top, d.Ranges[n-1].End())
	}
	if top > b.top { // the consumer has none of these, whether they changed or not
		b.Add([]Range{{First: b.top, Count: top - b.top}})
		b.top = top
	}
}

// Add makes ranges pending, ascending and never touching as in a Delta: what was
// sent to the consumer and lost on the way. Join does the rest.
func (b *Backlog) Add(ranges []Range) {
	switch {
	case len(ranges) == 0:
	case len(b.ranges) == 0:
		b.ranges = append(b.ranges, ranges...)
	default:
		b.spare = union(b.spare[:0], b.ranges, ranges)
		b.ranges, b.spare = b.spare, b.ranges
	}
}

// Ranges returns the slots that the consumer does not have: ascending, never
// touching, valid until the next call of Join, Add or Clear.
func (b *Backlog) Ranges() []Range { return b.ranges }

// Top returns one past the highest slot that was ever pending.
func (b *Backlog) Top() int { return b.top }

// Clear forgets the ranges: the consumer has them now.
func (b *Backlog) Clear() { b.ranges = b.ranges[:0] }

// union appends to dst the union of x and y, which are ascending, with no two
// ranges touching.
func union(dst, x, y []Range) []Range {
	for len(x) > 0 || len(y) > 0 {
		from := &x
		if len(x) == 0 || len(y) > 0 && y[0].First < x[0].First {
			from = &y
		}
		r := (*from)[0]
		*from = (*from)[1:]
		if n := len(dst); n > 0 && r.First <= dst[n-1].End() {
			dst[n-1].Count = max(dst[n-1].End(), r.End()) - dst[n-1].First
		} else {
			dst = append(dst, r)
		}
	}
	return dst
}
