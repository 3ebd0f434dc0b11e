package arena

import (
	"errors"
	"fmt"
)

// A GroupVector is slots of a Group whose number grows: for a world that does not
// know how many it will be. Slots that are there stay where they are, which is what
// lets them grow while others read. It is made of spans, and stands where those do:
// its slots do not lie side by side in the arena.
//
// It is for the group's committer, one goroutine at a time; many goroutines set in
// spans. What is set shows with the group's next Commit.
//
// Invariant: slot i is slot i%vectorSpan of span i/vectorSpan; only the last span may
// be shorter than vectorSpan.
type GroupVector[T any] struct {
	group   Group[T]
	initial T
	spans   []GroupSpan[T]
	n       int // slots in spans
}

// vectorSpan is the length of a GroupVector's spans: long enough for runs near the
// cost of copy, short enough for one of few slots.
const vectorSpan = 1024

// NewVector makes a vector without slots. Those that it will have show initial until
// they are set. Freeing the group frees them.
func (g Group[T]) NewVector(initial T) *GroupVector[T] {
	g.check("NewVector")
	return &GroupVector[T]{group: g, initial: initial}
}

// Grow makes the vector at least n slots long: whole spans of 1,024, so it may be
// longer, but for a last one in what is left of the arena, behind which it grows no
// more. ErrFull if the arena has no room, ErrStale if the group has been freed; it
// keeps what it has got.
func (v *GroupVector[T]) Grow(n int) error {
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
func (v *GroupVector[T]) allocSpan(n int) (s GroupSpan[T], err error) {
	if v.n%vectorSpan != 0 {
		return s, ErrFull
	}
	core := v.group.core
	s, err = v.group.AllocSpan(vectorSpan, v.initial)
	for _, rest := range [...]int{core.limit - int(core.high.Load()), n} {
		if errors.Is(err, ErrFull) && n <= rest && rest < vectorSpan {
			s, err = v.group.AllocSpan(rest, v.initial)
		}
	}
	return s, err
}

// Len returns the number of slots.
func (v *GroupVector[T]) Len() int { return v.n }

// Set is GroupSpan.Set for slot i.
func (v *GroupVector[T]) Set(i int, value *T) bool {
	v.check(i, 1)
	return v.spans[i/vectorSpan].Set(i%vectorSpan, value)
}

// StoreRange is GroupSpan.StoreRange for the slots from first on.
func (v *GroupVector[T]) StoreRange(first int, values []T) bool {
	v.check(first, len(values))
	open := true
	for len(values) > 0 {
		s, at := v.spans[first/vectorSpan], first%vectorSpan
		n := min(len(values), vectorSpan-at)
		if n < len(values) && s.lends(values) { // what s gets would overwrite what the next span is to have
			open = v.StoreRange(first+n, values[n:]) && open
			values = values[:n]
		}
		open = s.StoreRange(at, values[:n]) && open
		first, values = first+n, values[n:]
	}
	return open
}

// Stage is GroupSpan.Stage for as many of the n slots from first on as lie together,
// at least one of them unless n is 0: go on with first plus what it returned.
func (v *GroupVector[T]) Stage(first, n int) []T {
	v.check(first, n)
	if n == 0 {
		return nil
	}
	at := first % vectorSpan
	return v.spans[first/vectorSpan].Stage(at, min(n, vectorSpan-at))
}

// Index returns the arena index of slot i: the place in the mirror and in the GPU's
// buffer.
func (v *GroupVector[T]) Index(i int) int {
	v.check(i, 1)
	return v.spans[i/vectorSpan].Index(i % vectorSpan)
}

func (v *GroupVector[T]) check(first, n int) {
	if first < 0 || n < 0 || n > v.Len()-first {
		panic(fmt.Sprintf("arena: slots %d to %d of a group's vector of %d: Grow makes it longer", first, first+n-1, v.Len()))
	}
}
