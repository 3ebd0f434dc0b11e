package arena

import (
	"cmp"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"
)

// groups is the core's part of the groups: where the reader finds groups with a new commit,
// and the reader's working memory.
type groups struct {
	blocks  atomic.Pointer[[]*groupBlock] // replaced under core.mu
	entered uint64                        // groups so far; under core.mu

	// the reader's
	taken  []*group
	work   []groupWork
	runs   []Range // of one member, counted from its first slot
	ranges []Range // of all of them
	spare  []Range
	ticks  []GroupTick // of the groups taken
	older  []GroupTick
	touch  uint32 // what was loaded ahead: see core.apply
}

// A groupBlock has a bit each for 64 groups.
type groupBlock struct {
	news   atomic.Uint64 // bit i: groups[i] may have a fresh commit; set by committers, swapped to 0 by the reader
	_      [56]byte      // apart from groups, which does not change while committers run
	groups [64]atomic.Pointer[group]
}

// A groupPlace is a group's bit.
type groupPlace struct {
	block *groupBlock
	i     int
}

type groupWork struct {
	m *member
	b uint32 // the buffer to take it from
}

// enter gives g a number and a place of its own.
func (s *groups) enter(g *group, mu *sync.Mutex) {
	mu.Lock()
	defer mu.Unlock()
	s.entered++
	g.number = s.entered
	var blocks []*groupBlock
	if p := s.blocks.Load(); p != nil {
		blocks = *p
	}
	for _, block := range blocks {
		for i := range block.groups {
			if block.groups[i].CompareAndSwap(nil, g) {
				g.place = groupPlace{block, i}
				return
			}
		}
	}
	block := new(groupBlock)
	block.groups[0].Store(g)
	g.place = groupPlace{block, 0}
	blocks = append(slices.Clip(blocks), block)
	s.blocks.Store(&blocks)
}

func (p groupPlace) mark() {
	if bit := uint64(1) << p.i; p.block.news.Load()&bit == 0 {
		p.block.news.Or(bit)
	}
}

func (p groupPlace) clear() { p.block.groups[p.i].Store(nil) }

// appendShown appends the last tick of every group that has committed, ascending by
// group. It is the reader's.
func (s *groups) appendShown(dst []GroupTick) []GroupTick {
	p := s.blocks.Load()
	if p == nil {
		return dst
	}
	for _, block := range *p {
		for i := range block.groups {
			if g := block.groups[i].Load(); g != nil && g.shown != (Tick{}) {
				dst = append(dst, GroupTick{Group: g.number, To: g.shown})
			}
		}
	}
	slices.SortFunc(dst, byGroup)
	return dst
}

func byGroup(x, y GroupTick) int { return cmp.Compare(x.Group, y.Group) }

// takeGroups takes fresh commits (steps G6 and G7). It comes before the chunks are
// looked at: the initial values of a span are in the chunks before the first
// commit that has it.
func (a *core) takeGroups() {
	p := a.groups.blocks.Load()
	if p == nil {
		return
	}
	for _, block := range *p {
		if block.news.Load() == 0 {
			continue
		}
		for todo := block.news.Swap(0); todo != 0; todo &= todo - 1 {
			if g := block.groups[bits.TrailingZeros64(todo)].Load(); g != nil && g.take() {
				a.groups.taken = append(a.groups.taken, g)
			}
		}
	}
}

// applyGroups brings what was taken into the mirror, after the chunks (step G8).
func (a *core) applyGroups() {
	if len(a.groups.taken) == 0 {
		return
	}
	d := &a.delta
	for _, g := range a.groups.taken {
		b := &g.buffers[g.front]
		a.groups.ticks = append(a.groups.ticks, GroupTick{Group: g.number, From: g.shown, To: b.tick})
		g.shown = b.tick
		for _, m := range b.changed {
			// Freed after this look: the hidden values come after it too, so after
			// the chunks were scanned, and show with the next Descend. Freed before:
			// the slots may have other owners by now.
			if !m.closed.Load() {
				a.groups.work = append(a.groups.work, groupWork{m, g.front})
			}
		}
	}
	if len(a.groups.taken) > 1 { // of one group they are ascending
		slices.SortFunc(a.groups.ticks, byGroup)
		slices.SortFunc(a.groups.work, func(x, y groupWork) int { return cmp.Compare(x.m.first, y.m.first) })
	}
	for _, w := range a.groups.work {
		a.apply(w.m, w.b)
	}
	d.Ticks, a.groups.older = mergeTicks(a.groups.older[:0], d.Ticks, a.groups.ticks), d.Ticks
	d.Ranges, a.groups.spare = union(a.groups.spare[:0], d.Ranges, a.groups.ranges), d.Ranges
	d.Updated = 0
	for _, r := range d.Ranges {
		d.Updated += r.Count
	}
	clear(a.groups.taken) // keep nothing of freed groups alive
	clear(a.groups.work)
	a.groups.taken, a.groups.work = a.groups.taken[:0], a.groups.work[:0]
	a.groups.ranges, a.groups.ticks = a.groups.ranges[:0], a.groups.ticks[:0]
}

// apply copies the news of m's buffer b into the mirror.
func (a *core) apply(m *member, b uint32) {
	a.groups.runs = a.groups.runs[:0]
	news := m.news[b]
	for w := range news {
		mask := atomic.LoadUint64(&news[w]) // once: another process may change the word behind the look
		if w == len(news)-1 {
			mask &= ^uint64(0) >> (uint(-m.n) % 64) // and may set bits that are no slots
		}
		a.groups.runs = addRuns(a.groups.runs, 64*w, mask)
	}
	values, mirror := m.values[b], unsafe.Add(a.image, uintptr(m.first)*a.size)
	for i, r := range a.groups.runs {
		// A short run comes from another core's cache. One after the other, the loop
		// would wait most of the time: load some ahead.
		const ahead = 16
		if i+ahead < len(a.groups.runs) {
			a.groups.touch += *(*uint32)(unsafe.Add(values, uintptr(a.groups.runs[i+ahead].First)*a.size))
		}
		pause()
		at := uintptr(r.First) * a.size
		moveBytes(unsafe.Add(mirror, at), unsafe.Add(values, at), uintptr(r.Count)*a.size)
		a.groups.ranges = append(a.groups.ranges, Range{m.first + r.First, r.Count})
	}
}

// moveBytes is copyBytes through the caches. memmove goes past the caches for more than a
// megabyte, but the mirror and the buffers are read again soon.
func moveBytes(dst, src unsafe.Pointer, n uintptr) {
	const most = 512 << 10
	if uintptr(dst)-uintptr(src) < n { // dst begins in src: the last piece first
		for n > most {
			n -= most
			copyBytes(unsafe.Add(dst, n), unsafe.Add(src, n), most)
		}
	}
	for at := uintptr(0); at < n; at += most {
		copyBytes(unsafe.Add(dst, at), unsafe.Add(src, at), min(most, n-at))
	}
}
