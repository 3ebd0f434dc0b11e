// Package vector holds slots of a group whose number grows: those of a recording or of a
// publisher, which a player or a follower does not know beforehand.
package vector

import (
	"errors"
	"fmt"

	"github.com/slotstream/slotstream/arena"
)

// A Vector holds slots of a Group whose number grows. Slots never move, so a Vector may grow
// while the reader reads. It consists of spans: its slots do not lie side by side in the
// arena.
//
// All methods are for the group's committer, one goroutine at a time. Values show with the
// group's next Commit. Group.Free frees the slots.
//
// Invariant: slot i is slot i%spanSlots of span i/spanSlots; only the last span may be
// shorter than spanSlots.
type Vector[T any] struct {
	arena   *arena.Arena[T]
	group   arena.Group[T]
	initial T
	spans   []arena.GroupSpan[T]
	n       int // slots in spans
}

// spanSlots is the length of the spans: long enough for runs near the cost of copy,
// short enough for a vector of few slots.
const spanSlots = 1024

// New makes a Vector without slots in g, a group of a. New slots have the value initial.
func New[T any](a *arena.Arena[T], g arena.Group[T], initial T) *Vector[T] {
	return &Vector[T]{arena: a, group: g, initial: initial}
}

// Grow makes the vector at least n slots long. It adds whole spans of 1,024 slots, so the
// vector may get longer. If the arena has too little room for one, the last span is
// shorter, and the vector cannot grow any more. The error is arena.ErrFull if the arena
// has no room, arena.ErrStale if the group was freed. The vector keeps the slots that it
// has.
func (v *Vector[T]) Grow(n int) error {
	for v.n < n {
		s, err := v.allocSpan(n - v.n)
		if err != nil {
			return fmt.Errorf("room for %d slots: %w", n, err)
		}
		v.spans, v.n = append(v.spans, s), v.n+s.Len()
	}
	return nil
}

// allocSpan makes the next span: a whole one, or the rest of the arena above the high water,
// or a gap of n slots.
func (v *Vector[T]) allocSpan(n int) (s arena.GroupSpan[T], err error) {
	if v.n%spanSlots != 0 {
		return s, arena.ErrFull
	}
	s, err = v.group.AllocSpan(spanSlots, v.initial)
	for _, rest := range [...]int{v.arena.Cap() - v.arena.HighWater(), n} {
		if errors.Is(err, arena.ErrFull) && n <= rest && rest < spanSlots {
			s, err = v.group.AllocSpan(rest, v.initial)
		}
	}
	return s, err
}

// Len returns the number of slots.
func (v *Vector[T]) Len() int { return v.n }

// Set sets slot i, as GroupSpan.Set does.
func (v *Vector[T]) Set(i int, value *T) bool {
	v.check(i, 1)
	return v.spans[i/spanSlots].Set(i%spanSlots, value)
}

// StoreRange stores values to the slots from first on, as GroupSpan.StoreRange does. Unlike
// there, values must not be slots that Stage returned.
func (v *Vector[T]) StoreRange(first int, values []T) bool {
	v.check(first, len(values))
	open := true
	for len(values) > 0 {
		s, at := v.spans[first/spanSlots], first%spanSlots
		n := min(len(values), spanSlots-at)
		open = s.StoreRange(at, values[:n]) && open
		first, values = first+n, values[n:]
	}
	return open
}

// Stage returns slots to fill, as GroupSpan.Stage does: from first on as many of n as lie
// side by side, at least one unless n is 0. Call it again for the rest.
func (v *Vector[T]) Stage(first, n int) []T {
	v.check(first, n)
	if n == 0 {
		return nil
	}
	at := first % spanSlots
	return v.spans[first/spanSlots].Stage(at, min(n, spanSlots-at))
}

// Index returns the arena index of slot i: its place in the mirror and in the GPU's buffer.
func (v *Vector[T]) Index(i int) int {
	v.check(i, 1)
	return v.spans[i/spanSlots].Index(i % spanSlots)
}

func (v *Vector[T]) check(first, n int) {
	if first < 0 || n < 0 || n > v.Len()-first {
		panic(fmt.Sprintf("vector: slots %d to %d of a vector of %d: call Grow before", first, first+n-1, v.Len()))
	}
}
