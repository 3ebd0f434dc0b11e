package arena

import (
	"slices"
	"sync/atomic"
	"unsafe"
)

// A member is a span of a group: its slots' values in each of the group's three
// buffers, and bits that say which of them mean something.
//
// Invariants, for a slot that was set at least once: its value in the buffer of
// the last commit is the last one committed; in buffer b it is so unless stale[b]
// has its bit. Of a slot that was never set, no buffer's value is ever looked at.
type member struct {
	group *group
	first int // index in the arena
	n     int
	gen   uint32         // of the first slot, which stands for all
	now   *atomic.Uint32 // the first slot's generation

	values [3]unsafe.Pointer // n × size bytes; whoever has the buffer has them
	news   [3][]uint64       // goes with the buffer: the slots that the reader takes from it
	has    [3]bool           // the committer's: news is not empty
	stale  [3][]uint64       // the committer's

	lanes  atomic.Pointer[[]*lane] // a handle's each; replaced under core.mu
	closed atomic.Bool             // freed: commits of it are shown no more
}

func newMember(g *group, s *span) *member {
	m := &member{group: g, first: s.first, n: s.n, gen: s.gen, now: s.now}
	m.lanes.Store(new([]*lane))
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

func (m *member) fork() *lane {
	l := &lane{member: m, set: m.bitmap()}
	m.group.core.mu.Lock()
	defer m.group.core.mu.Unlock()
	lanes := append(slices.Clip(*m.lanes.Load()), l)
	m.lanes.Store(&lanes)
	return l
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

// gather moves what all lanes have set to the first one's bits. It reports whether
// there is any.
func (m *member) gather() (set []uint64, any bool) {
	lanes := *m.lanes.Load()
	first := lanes[0]
	any, first.touched = first.touched, false
	for _, l := range lanes[1:] {
		if !l.touched {
			continue
		}
		any, l.touched = true, false
		for w, mask := range l.set {
			if mask != 0 {
				first.set[w] |= mask
				l.set[w] = 0
			}
		}
	}
	return first.set, any
}

// seal makes the member's part of buffer b complete: its news are what was set,
// and, if carry says that the reader has not taken the last commit, that commit's
// news too, with their values copied from buffer last where b's are stale. It
// reports whether b has news.
func (m *member) seal(b, last uint32, carry bool) bool {
	set, any := m.gather()
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

// discard makes what was set in buffer b stale instead of news.
func (m *member) discard(b uint32) {
	set, any := m.gather()
	if !any {
		return
	}
	for w, mask := range set {
		m.stale[b][w] |= mask
		set[w] = 0
	}
}
