// Package vector holds the slots of a world whose number nobody knows beforehand, as those
// of a recording or of a publisher.
package vector

import (
	"errors"
	"fmt"

	"github.com/slotstream/slotstream/arena"
)

// A Vector is slots of a Group whose number grows. Slots that exist stay where they
// are, so it grows while others read. It is made of spans: its slots do not lie side by
// side in the arena.
//
// It is for the group's committer, one goroutine at a time. What is set shows with the
// group's next Commit. Freeing the group frees the slots.
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

// New makes a vector without slots in g, a group of a. New slots show initial until they
// are set.
func New[T any](a *arena.Arena[T], g arena.Group[T], initial T) *Vector[T] {
	return &Vector[T]{arena: a, group: g, initial: initial}
}

// Grow makes the vector at least n slots long: whole spans of 1,024, so it may be
// longer, but for a last one in what is left of the arena, behind which it grows no
// more. arena.ErrFull if the arena has no room, arena.ErrStale if the group has been freed; it
// keeps what it has got.
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

// allocSpan makes the next span: a whole one, else all that is left above what is in
// use, else a gap, if n slots fit there.
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

// Set is GroupSpan.Set for slot i.
func (v *Vector[T]) Set(i int, value *T) bool {
	v.check(i, 1)
	return v.spans[i/spanSlots].Set(i%spanSlots, value)
}

// StoreRange is GroupSpan.StoreRange for the slots from first on. Unlike there, values must
// not be slots that Stage lent.
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

// Stage is GroupSpan.Stage for as many of the n slots from first on as lie together,
// at least one of them unless n is 0: go on with first plus what it returned.
func (v *Vector[T]) Stage(first, n int) []T {
	v.check(first, n)
	if n == 0 {
		return nil
	}
	at := first % spanSlots
	return v.spans[first/spanSlots].Stage(at, min(n, spanSlots-at))
}

// Index returns the arena index of slot i: the place in the mirror and in the GPU's
// buffer.
func (v *Vector[T]) Index(i int) int {
	v.check(i, 1)
	return v.spans[i/spanSlots].Index(i % spanSlots)
}

func (v *Vector[T]) check(first, n int) {
	if first < 0 || n < 0 || n > v.Len()-first {
		panic(fmt.Sprintf("vector: slots %d to %d of a vector of %d: Grow makes it longer", first, first+n-1, v.Len()))
	}
}
