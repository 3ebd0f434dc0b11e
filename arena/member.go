package arena

import (
	"sync/atomic"
	"unsafe"
)

// A member is a span of a group: its slots' values in each of the group's three buffers,
// and the bits that tell which values count.
//
// Invariants, of a slot that was committed once: buffer b has the value that was
// committed last unless stale[b] has the slot's bit. Where every buffer is stale, a Discard
// took the last copy, and the mirror has the value: a buffer comes back to the committer
// after the reader has copied its news. Of a slot that was never committed no buffer's
// value means anything; the chunk has its initial value.
type member struct {
	group *group
	first int // index in the arena
	n     int
	gen   uint32         // of the first slot, which stands for all
	now   *atomic.Uint32 // the first slot's generation

	values [3]unsafe.Pointer // n × size bytes; the side that has the buffer has them
	news   [3][]uint64       // goes with the buffer: the slots that the reader takes from it
	has    [3]bool           // the committer's: news is not empty
	stale  [3][]uint64       // the committer's: the buffer does not have the slot's last value
	once   []uint64          // the committer's: the slot was committed once

	closed atomic.Bool // freed: commits of it are shown no more

	_       [64]byte // the fields below are the setter's, and the committer's during a Commit
	set     []uint64 // set since the last commit: the bit comes before the value
	touched bool     // set is not all 0
	_       [64]byte
}

func newMember(g *group, s *span) *member {
	m := &member{group: g, first: s.first, n: s.n, gen: s.gen, now: s.now}
	m.set, m.once = m.bitmap(), m.bitmap()
	for b := range m.values {
		m.values[b] = aligned(uintptr(m.n) * g.core.size)
		m.news[b] = m.bitmap()
		m.stale[b] = m.bitmap()
	}
	return m
}

// bitmap returns a bit a slot, all 0, on cache lines of its own.
func (m *member) bitmap() []uint64 {
	words := (m.n + 63) / 64
	return unsafe.Slice((*uint64)(aligned(uintptr(words)*8)), words)
}

// free closes the member before anything is hidden: see core.applyGroups.
func (m *member) free() error {
	m.closed.Store(true)
	c := m.group.core
	err := c.freeSpan(&span{core: c, first: m.first, n: m.n, gen: m.gen})
	if err == nil {
		m.group.drop(m)
	}
	return err
}

// seal makes the member's part of buffer b complete: its news are what was set,
// and, if carry says that the reader has not taken the last commit, that commit's
// news too, with their values copied from buffer last where b's are stale. It
// reports whether b has news.
func (m *member) seal(b, last uint32, carry bool) bool {
	set, any := m.set, m.touched
	m.touched = false
	carry = carry && m.has[last]
	if !any && !carry {
		if m.has[b] {
			clear(m.news[b])
			m.has[b] = false
		}
		return false
	}
	m.has[b] = true
	news, old := m.news[b][:len(set)], m.news[last][:len(set)]
	once := m.once[:len(set)]
	stale, stale1, stale2 := m.stale[b][:len(set)], m.stale[(b+1)%3][:len(set)], m.stale[(b+2)%3][:len(set)]
	for w, mask := range set {
		var carried uint64
		if carry {
			carried = old[w] &^ mask
		}
		if mask|carried|news[w] == 0 {
			continue
		}
		news[w] = mask | carried // step G2
		stale[w] &^= mask
		if late := carried & stale[w]; late != 0 { // step G3
			m.catchUp(b, last, w, late)
			stale[w] &^= late
		}
		if mask != 0 {
			stale1[w] |= mask
			stale2[w] |= mask
			once[w] |= mask
			set[w] = 0
		}
	}
	return true
}

// catchUp copies the values of a word of slots from the last commit's buffer,
// which the reader may be reading, to buffer b.
func (m *member) catchUp(b, last uint32, w int, mask uint64) {
	size := m.group.core.size
	for mask != 0 {
		lo, n := lowestRun(mask)
		at := uintptr(64*w+lo) * size
		pause()
		copyBytes(unsafe.Add(m.values[b], at), unsafe.Add(m.values[last], at), uintptr(n)*size)
		mask &^= runMask(lo, n)
	}
}

// discard forgets what was set in buffer b: the values there are not the last ones now.
func (m *member) discard(b uint32) {
	if !m.touched {
		return
	}
	m.touched = false
	for w, mask := range m.set {
		m.stale[b][w] |= mask
		m.set[w] = 0
	}
}

// load copies the last value of slot i to *v. No goroutine writes that value meanwhile: a slot's
// values change by this goroutine and by a Descend that takes its news, and the mirror is
// read only where no news of the slot are left to take.
func (m *member) load(i int, v unsafe.Pointer) {
	w, bit, size := i/64, uint64(1)<<(i%64), m.group.core.size
	from := unsafe.Add(m.group.core.image, uintptr(m.first+i)*size)
	switch {
	case m.set[w]&bit != 0:
		from = unsafe.Add(m.values[m.group.back], uintptr(i)*size)
	case m.once[w]&bit == 0:
		c, at := m.group.core.place(m.first + i)
		c.get(at, v)
		return
	default:
		for b := range m.stale {
			if m.stale[b][w]&bit == 0 {
				from = unsafe.Add(m.values[b], uintptr(i)*size)
			}
		}
	}
	copyBytes(v, from, size)
}
