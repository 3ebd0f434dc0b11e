package upload

import "github.com/slotstream/slotstream/arena"

// pending knows which slots of the mirror the GPU does not have yet.
//
// Invariant: of the slots below top, the GPU differs from the mirror at most in ranges; slots from top on have
// never been uploaded.
type pending struct {
	seq    uint64        // of the last delta joined
	top    int           // one past the highest slot that was ever pending
	ranges []arena.Range // ascending, never touching

	scratch, spare []arena.Range
}

// join adds what d reports. A delta missed (a gap in Seq) makes every slot pending again.
// The result is valid until the next join and, like d.Ranges which it may be, must not be changed.
func (p *pending) join(d arena.Delta) []arena.Range {
	if d.Seq != p.seq+1 {
		p.top, p.ranges = 0, p.ranges[:0]
	}
	p.seq = d.Seq
	all := d.Ranges
	if len(p.ranges) > 0 {
		p.scratch = union(p.scratch[:0], all, p.ranges)
		all = p.scratch
	}
	top := max(p.top, d.HighWater)
	if n := len(d.Ranges); n > 0 {
		top = max(top, end(d.Ranges[n-1]))
	}
	if top > p.top {
		fresh := [1]arena.Range{{First: p.top, Count: top - p.top}}
		p.spare = union(p.spare[:0], all, fresh[:])
		all = p.spare
		p.top = top
	}
	return all
}

// keep remembers ranges, the result of join, because they could not be uploaded.
func (p *pending) keep(ranges []arena.Range) { p.ranges = append(p.ranges[:0], ranges...) }

// clear forgets what was pending: it was uploaded.
func (p *pending) clear() { p.ranges = p.ranges[:0] }

// union appends to dst the union of a and b, which are ascending, with no two ranges touching.
func union(dst, a, b []arena.Range) []arena.Range {
	for len(a) > 0 || len(b) > 0 {
		from := &a
		if len(a) == 0 || len(b) > 0 && b[0].First < a[0].First {
			from = &b
		}
		r := (*from)[0]
		*from = (*from)[1:]
		if n := len(dst); n > 0 && r.First <= end(dst[n-1]) {
			dst[n-1].Count = max(end(dst[n-1]), end(r)) - dst[n-1].First
		} else {
			dst = append(dst, r)
		}
	}
	return dst
}

// end is one past the last slot of r.
func end(r arena.Range) int { return r.First + r.Count }
