package arena

import (
	"slices"
	"sync/atomic"
	"unsafe"
)

// A Group is a set of spans whose changes appear together. The mirror shows them as of
// exactly one Commit: the newest that was complete when Descend began, never a mixture of
// two. Slots that were not set keep their value.
//
// A world of many tanks is one Group. One goroutine for each tank sets in the tank's span,
// the goroutines meet at a barrier, and one of them commits.
//
//	world := a.NewGroup()
//	tank, err := world.AllocSpan(4096, ident)
//
//	tank.StoreAll(mats)                  // in each tank's goroutine, then the barrier
//	world.Commit(arena.Tick{Number: n})  // in one goroutine, then the next tick
//
// Goroutines may set in different spans at once. Commit is for one goroutine and must not
// overlap with a set: it comes after every set that it publishes, and before every set of
// the next tick. Setters, committer and reader never wait for each other, however fast the
// others run. Any goroutine may call AllocSpan and Free at any time.
//
// Copies are the same group. A Group comes from NewGroup; the methods of the zero Group panic.
type Group[T any] struct{ *group }

// group is the state that copies of a Group share, in parts by the side that writes them.
//
// Invariant: of three buffers the committer has back, the reader has front, and
// the third lies in state, the middle. Each side exchanges its buffer for the middle one
// by a single swap, and is alone with the buffer that it has.
type group struct {
	core   *core
	number uint64
	place  groupPlace

	members atomic.Pointer[[]*member] // ascending by first; replaced under core.mu
	freed   bool                      // under core.mu

	_       [64]byte
	back    uint32 // the committer's; setters read it
	last    uint32 // the committer's: the buffer of the last commit; not written until it comes back
	buffers [3]buffer
	busy    atomic.Bool // invariants: a Commit is under way

	_     [64]byte
	state atomic.Uint32 // the index of the middle buffer, and fresh

	_     [64]byte
	front uint32 // the reader's
	shown Tick   // the reader's
}

// fresh in group.state says that the reader has not taken the middle buffer.
const fresh = 4

// A buffer is the part of a commit beside the members' values and news.
type buffer struct {
	tick    Tick
	changed []*member // the members with news in this buffer, ascending
	_       [24]byte  // to a cache line
}

// NewGroup returns a group without spans. Any goroutine may call it.
//
// Prefer one group of many spans to many groups of few spans: Descend spends about a
// hundred nanoseconds on each group that has a new commit.
func (a *Arena[T]) NewGroup() Group[T] {
	g := &group{core: &a.core, back: 0, last: 1, front: 2}
	g.state.Store(1)
	g.members.Store(new([]*member))
	a.groups.enter(g, &a.mu)
	return Group[T]{g}
}

// AllocSpan adds a span to the group: the lowest run of n free indices. The next Descend
// shows initial there. Values that you set later show with a Commit. The errors are those
// of Arena.AllocSpan, and ErrStale if the group has been freed. It panics if n is not
// positive.
func (g Group[T]) AllocSpan(n int, initial T) (GroupSpan[T], error) {
	g.check("AllocSpan")
	if n <= 0 {
		panicNoSlots(n)
	}
	s, err := g.core.allocSpan(n, unsafe.Pointer(&initial))
	if err != nil {
		return GroupSpan[T]{}, err
	}
	m := newMember(g.group, s)
	if !g.join(m) {
		if err := m.free(); err != nil {
			return GroupSpan[T]{}, err
		}
		return GroupSpan[T]{}, ErrStale
	}
	return GroupSpan[T]{m}, nil
}

// Free frees the group and its spans, as GroupSpan.Free does. The error is ErrStale if the
// group was freed before. Later commits show nothing.
func (g Group[T]) Free() error {
	g.check("Free")
	return g.group.free()
}

// Commit publishes all values that were set in the group's spans since the last Commit, as
// the tick t. A Descend that starts after Commit returned shows all of them, or a later
// commit. Commit never waits, and does not allocate once warm.
//
// If no Descend takes a commit before the next one, nothing is lost: the next one shows
// the values of both.
func (g Group[T]) Commit(t Tick) {
	g.check("Commit")
	g.enter()
	g.seal(t, g.untaken())
	g.publish()
	g.leave()
}

// Discard forgets all values that were set since the last Commit. Call it instead of Commit
// when a tick failed half-way: by the same goroutine, and never while another one sets.
func (g Group[T]) Discard() {
	g.check("Discard")
	g.enter()
	for _, m := range *g.members.Load() {
		m.discard(g.back)
	}
	g.leave()
}

// Shown returns the tick of the commit that the mirror shows, or the zero Tick if the mirror
// shows none yet. Only the reader's goroutine may call it.
func (g Group[T]) Shown() Tick {
	g.check("Shown")
	return g.shown
}

// Number returns the group's number, by which Delta.Ticks names it. No other group of the
// arena has ever had it. Any goroutine may call Number.
func (g Group[T]) Number() uint64 {
	g.check("Number")
	return g.number
}

func (g Group[T]) check(what string) {
	if g.group == nil {
		panic("arena: " + what + " of the zero Group: get one from Arena.NewGroup")
	}
}

// enter and leave detect calls that overlap, in builds with invariants.
func (g *group) enter() {
	if invariants && !g.busy.CompareAndSwap(false, true) {
		panic("arena: a Group has one committer: two calls of Commit or Discard overlap")
	}
}

func (g *group) leave() {
	if invariants {
		g.busy.Store(false)
	}
}

// untaken reports whether the reader has yet to take the last commit (step G1).
//
// A buffer that was taken never comes back as fresh. So false stays true: the last commit
// is not needed any more. If the reader takes the buffer just after this look, the next
// commit carries more news than it must, which is harmless.
func (g *group) untaken() bool { return g.state.Load()&fresh != 0 }

// seal makes the back buffer complete (steps G2 and G3).
func (g *group) seal(t Tick, carry bool) {
	b := &g.buffers[g.back]
	b.tick = t
	clear(b.changed)
	b.changed = b.changed[:0]
	pause()
	for _, m := range *g.members.Load() {
		if m.seal(g.back, g.last, carry) {
			b.changed = append(b.changed, m)
		}
	}
}

// publish exchanges the back buffer for the middle one (step G4) and tells the
// reader (step G5).
func (g *group) publish() {
	pause()
	old := g.state.Swap(g.back | fresh)
	pause()
	g.last, g.back = g.back, old&^fresh
	g.place.mark() // behind the swap, a full barrier: see chunk.mark
}

// take exchanges the reader's buffer for the middle one if that is newer (step G7).
func (g *group) take() bool {
	if g.state.Load()&fresh == 0 {
		return false
	}
	pause()
	g.front = g.state.Swap(g.front) &^ fresh
	return true
}

// join puts m among the members. It reports false if the group has been freed.
func (g *group) join(m *member) bool {
	g.core.mu.Lock()
	defer g.core.mu.Unlock()
	if g.freed {
		return false
	}
	members := *g.members.Load()
	at, _ := slices.BinarySearchFunc(members, m.first, func(m *member, first int) int { return m.first - first })
	members = slices.Insert(slices.Clip(members), at, m)
	g.members.Store(&members)
	return true
}

func (g *group) drop(m *member) {
	g.core.mu.Lock()
	defer g.core.mu.Unlock()
	members := slices.Clone(*g.members.Load())
	members = slices.DeleteFunc(members, func(x *member) bool { return x == m })
	g.members.Store(&members)
}

func (g *group) free() error {
	g.core.mu.Lock()
	stale := g.freed
	g.freed = true
	g.core.mu.Unlock()
	if stale {
		return ErrStale
	}
	for _, m := range *g.members.Load() {
		m.free() // stale where GroupSpan.Free came first
	}
	g.place.clear()
	return nil
}
