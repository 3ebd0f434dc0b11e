package arena

import (
	"fmt"
	"unsafe"
)

// A GroupSpan is a handle on a span of a Group, for one goroutine at a time.
// Copies are the same handle; Fork gives another. What is set through it shows
// with the group's next Commit. The zero GroupSpan is stale and empty.
//
// Set copies one value, StoreRange many, Stage lends the slots to be filled in
// place: each costs what writing the bytes costs. None allocates, none waits, and
// they may be mixed; of several for one slot the last counts.
type GroupSpan[T any] struct{ *lane }

// A lane is what one handle has set since the last commit. It belongs to the
// goroutine of the handle, and to the committer while nobody sets: plain memory,
// on cache lines of its own. A slot's bit comes before its value: one that could not
// be read, and left a part of it, is a slot for Discard.
type lane struct {
	*member
	set     []uint64 // bit i of word w: slot 64w+i
	touched bool     // set is not all 0
	_       [31]byte // to a cache line
}

// Fork returns another handle on the same span, for another goroutine. Both may
// set at once, in different slots. A handle lives as long as its span: fork once a
// goroutine, not once a tick.
func (s GroupSpan[T]) Fork() GroupSpan[T] {
	if s.lane == nil {
		return s
	}
	return GroupSpan[T]{s.fork()}
}

// Set stages *v for the span's slot i, counted from 0. It reports false if the
// span has been freed, and panics if i is out of range. It does not allocate.
func (s GroupSpan[T]) Set(i int, v *T) bool {
	l := s.lane
	if l == nil || uint(i) >= uint(l.n) {
		s.outOfRange(i, 1)
	}
	if !l.open() {
		return false
	}
	_ = *v // a nil v changes nothing
	l.set[uint(i)/64] |= 1 << (uint(i) % 64)
	l.touched = true
	*(*T)(unsafe.Add(l.values[l.group.back], uintptr(i)*unsafe.Sizeof(*v))) = *v
	return true
}

// StoreRange stages vs for the span's slots from first on. It reports false if the
// span has been freed, and panics if vs does not fit. It does not allocate. As with
// copy, vs may overlap the slots: Stage lends them.
func (s GroupSpan[T]) StoreRange(first int, vs []T) bool {
	l := s.lane
	if l == nil || first < 0 || len(vs) > l.n-first {
		s.outOfRange(first, len(vs))
		return false
	}
	if !l.open() {
		return false
	}
	if len(vs) > 0 {
		size := unsafe.Sizeof(vs[0])
		l.setRange(first, len(vs))
		moveBytes(unsafe.Add(l.values[l.group.back], uintptr(first)*size), unsafe.Pointer(&vs[0]), uintptr(len(vs))*size)
	}
	return true
}

// StoreAll is StoreRange for the whole span: vs must have Len values.
func (s GroupSpan[T]) StoreAll(vs []T) bool {
	if len(vs) != s.Len() {
		panic(fmt.Sprintf("arena: StoreAll of %d values in a span of %d", len(vs), s.Len()))
	}
	return s.StoreRange(0, vs)
}

// Stage returns n of the span's slots from first on for the caller to fill, all of
// them, before the next Commit or Discard; they are not the caller's after it. What
// they hold before is undefined. Of a freed span it returns slots that nobody will
// see. It panics if the slots are out of range.
func (s GroupSpan[T]) Stage(first, n int) []T {
	l := s.lane
	if l == nil || first < 0 || n < 0 || n > l.n-first {
		s.outOfRange(first, n)
		return nil
	}
	l.open()
	if n > 0 {
		l.setRange(first, n)
	}
	return unsafe.Slice((*T)(l.values[l.group.back]), l.n)[first : first+n : first+n]
}

// lends reports whether Stage has lent vs.
func (s GroupSpan[T]) lends(vs []T) bool {
	from := uintptr(unsafe.Pointer(unsafe.SliceData(vs)))
	return from-uintptr(s.values[s.group.back]) < uintptr(s.n)*unsafe.Sizeof(vs[0])
}

// Len returns the number of slots.
func (s GroupSpan[T]) Len() int {
	if s.lane == nil {
		return 0
	}
	return s.n
}

// Index returns the arena index of the span's slot i: the place in the mirror and
// in the GPU's buffer.
func (s GroupSpan[T]) Index(i int) int {
	if s.lane == nil || uint(i) >= uint(s.n) {
		s.outOfRange(i, 1)
	}
	return s.first + i
}

// outOfRange panics, but for nothing of the zero GroupSpan, which fits.
func (s GroupSpan[T]) outOfRange(first, n int) {
	if first == 0 && n == 0 {
		return
	}
	panic(fmt.Sprintf("arena: slots %d to %d of a group's span of %d", first, first+n-1, s.Len()))
}

// open reports whether the span has not been freed. With invariants it panics
// while the group is being committed.
func (l *lane) open() bool {
	if invariants && l.group.busy.Load() {
		panic("arena: set in a group's span while the group is being committed: all sets of a tick come before its Commit")
	}
	return l.now.Load() == l.gen
}

func (l *lane) setRange(first, n int) {
	for end := first + n; first < end; {
		w, lo := first/64, first%64
		k := min(64-lo, end-first)
		l.set[w] |= runMask(lo, k)
		first += k
	}
	l.touched = true
}
