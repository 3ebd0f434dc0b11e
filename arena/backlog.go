package arena

import (
	"slices"
	"sync/atomic"
)

// A Backlog lists what is pending for one consumer of an arena: the slots whose value the
// consumer still has to fetch from the mirror, and the groups that committed.
//
// [Arena.Follow] subscribes. From then on every Descend adds what it found, no
// matter which part of the program called it. The consumer, an uploader or a recorder
// for example, reads Ranges and Ticks when it has time, takes the present values from
// the mirror, and calls Clear. A backlog holds no values: if the consumer falls behind, its
// ranges grow and merge, and its next turn brings it to the newest state.
//
// Invariant: below Top, the consumer differs from the mirror at most in Ranges. The zero
// Backlog follows no arena: it lists what you Add, and no more.
//
// All methods except Stop are for the reader's goroutine. They do not allocate
// once the backlog has seen its longest list.
type Backlog struct {
	core   *core       // nil: follows no arena
	begun  bool        // everything of the arena has been added once
	top    int         // one past the highest slot that was ever pending
	ranges []Range     // ascending, never touching
	ticks  []GroupTick // ascending by group
	enough int         // with more ticks than this, forgetEnded looks

	spareRanges []Range // the next ranges are made here
	spareTicks  []GroupTick
}

// Follow subscribes a consumer to the arena. Its Backlog begins with every slot and
// every group's last commit; each later Descend adds to it. Call Stop when the consumer
// ends. Any goroutine may call Follow.
func (a *Arena[T]) Follow() *Backlog {
	b := &Backlog{core: &a.core}
	a.followers.change(func(all []*Backlog) []*Backlog { return append(all, b) }, &a.core)
	return b
}

// Stop ends the subscription: no Descend adds anything after it. What is pending
// stays readable. A second Stop does nothing. Any goroutine may call Stop.
func (b *Backlog) Stop() {
	if b.core == nil {
		return
	}
	b.core.followers.change(func(all []*Backlog) []*Backlog {
		return slices.DeleteFunc(all, func(other *Backlog) bool { return other == b })
	}, b.core)
}

// Ranges returns the pending slots: in ascending order, with a gap between any two ranges.
// The slice is valid until the next Descend, Add or Clear.
func (b *Backlog) Ranges() []Range {
	b.begin()
	return b.ranges
}

// Ticks returns the groups that committed since the consumer last cleared, ascending
// by group: From is the tick that the consumer has, To the one that the mirror shows.
// A long list leaves out groups that have been freed meanwhile. The slice is valid until
// the next Descend, Add or Clear.
func (b *Backlog) Ticks() []GroupTick {
	b.begin()
	return b.ticks
}

// Top returns one past the highest slot that was ever pending: the number of slots that
// the consumer needs room for. It never falls.
func (b *Backlog) Top() int {
	b.begin()
	return b.top
}

// HighWater returns the HighWater of the last Descend: one past the highest index in use,
// in the mirror as it is now. It may be less than Top.
func (b *Backlog) HighWater() int {
	if b.core == nil {
		return 0
	}
	return b.core.delta.HighWater
}

// Clear empties the backlog: the consumer has everything now.
func (b *Backlog) Clear() {
	b.begin()
	b.ranges, b.ticks = b.ranges[:0], b.ticks[:0]
}

// Add makes ranges and ticks pending again that were cleared before: the consumer lost
// them on the way. Both must be in order, as Ranges and Ticks returned them. Where the same
// group is pending already, From becomes the older tick and To stays.
func (b *Backlog) Add(ranges []Range, ticks []GroupTick) {
	b.begin()
	b.addRanges(ranges)
	b.spareTicks = mergeTicks(b.spareTicks[:0], ticks, b.ticks)
	b.ticks, b.spareTicks = b.spareTicks, b.ticks
}

// begin adds everything that the arena shows, at the consumer's first use.
func (b *Backlog) begin() {
	if b.begun || b.core == nil {
		return
	}
	b.begun = true
	b.reach(b.core.covered)
	b.ticks = b.core.groups.appendShown(b.ticks)
}

// join adds what the Descend under way has found.
func (b *Backlog) join(d *Delta, covered int) {
	if !b.begun {
		b.begin()
		return
	}
	b.addRanges(d.Ranges)
	b.reach(covered)
	if len(d.Ticks) > 0 {
		b.spareTicks = mergeTicks(b.spareTicks[:0], b.ticks, d.Ticks)
		b.ticks, b.spareTicks = b.spareTicks, b.ticks
		b.forgetEnded()
	}
}

// forgetEnded bounds the ticks of a consumer that has stalled while groups come and go: it
// keeps those of groups that are still there. A list must double before it looks again, so
// that it costs little for each tick.
func (b *Backlog) forgetEnded() {
	if len(b.ticks) <= max(b.enough, 256) {
		return
	}
	shown := b.core.groups.appendShown(nil)
	b.ticks = slices.DeleteFunc(b.ticks, func(t GroupTick) bool {
		_, there := slices.BinarySearchFunc(shown, t, byGroup)
		return !there
	})
	b.enough = 2 * len(b.ticks)
}

// reach makes the slots below top pending that the consumer never had, whether they
// changed or not.
func (b *Backlog) reach(top int) {
	if top > b.top {
		b.addRanges([]Range{{First: b.top, Count: top - b.top}})
	}
}

func (b *Backlog) addRanges(ranges []Range) {
	switch {
	case len(ranges) == 0:
		return
	case len(b.ranges) == 0:
		b.ranges = append(b.ranges, ranges...)
	default:
		b.spareRanges = union(b.spareRanges[:0], b.ranges, ranges)
		b.ranges, b.spareRanges = b.spareRanges, b.ranges
	}
	b.top = max(b.top, b.ranges[len(b.ranges)-1].End())
}

// followers are the subscribed backlogs. An idle Descend spends one load on them all.
type followers struct {
	list atomic.Pointer[[]*Backlog] // replaced under core.mu

	told *[]*Backlog // the reader's: the list that the last Descend found
}

// change replaces the list by a changed copy.
func (f *followers) change(do func([]*Backlog) []*Backlog, a *core) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []*Backlog
	if p := f.list.Load(); p != nil {
		all = slices.Clone(*p)
	}
	all = do(all)
	f.list.Store(&all)
}

// tell adds what the Descend under way has found to every backlog. grown says that the
// mirror covers more slots than before. A list that is new has backlogs to begin.
func (f *followers) tell(d *Delta, covered int, grown bool) {
	list := f.list.Load()
	if list == nil || list == f.told && !grown && len(d.Ranges) == 0 && len(d.Ticks) == 0 {
		return
	}
	f.told = list
	for _, b := range *list {
		b.join(d, covered)
	}
}

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

// mergeTicks appends to dst the groups of both lists, ascending: a group that is in both
// goes from where the older list begins to where the newer one ends.
func mergeTicks(dst, older, newer []GroupTick) []GroupTick {
	for len(older) > 0 || len(newer) > 0 {
		switch {
		case len(older) == 0 || len(newer) > 0 && newer[0].Group < older[0].Group:
			dst, newer = append(dst, newer[0]), newer[1:]
		case len(newer) == 0 || older[0].Group < newer[0].Group:
			dst, older = append(dst, older[0]), older[1:]
		default:
			dst = append(dst, GroupTick{Group: older[0].Group, From: older[0].From, To: newer[0].To})
			older, newer = older[1:], newer[1:]
		}
	}
	return dst
}
