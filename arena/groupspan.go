package arena

import (
	"fmt"
	"unsafe"
)

// A GroupSpan is a handle on a span of a Group, for one goroutine at a time. Copies
// are the same handle. The values that you set through it show with the group's next Commit.
// The zero GroupSpan has no slots: Len is 0, Set and Load panic, Free returns ErrStale.
//
// Set copies one value and StoreRange copies many; Stage lends the slots, and you fill
// them in place. Each costs as much as writing the bytes. None allocates and none waits.
// You may mix them: if one slot gets several values, the last one counts.
//
// To fill one span from several goroutines, Stage it once and give each goroutine a part
// of the slice; or allocate a span for each.
type GroupSpan[T any] struct{ *member }

// Set copies *v to the span's slot i, counted from 0. The value shows with the next Commit.
// Set reports false if the span has been freed, and panics if i is out of range. It does
// not allocate.
func (s GroupSpan[T]) Set(i int, v *T) bool {
	m := s.member
	if m == nil || uint(i) >= uint(m.n) {
		s.outOfRange(i, 1)
	}
	if !m.open() {
		return false
	}
	_ = *v // a nil v changes nothing
	m.set[uint(i)/64] |= 1 << (uint(i) % 64)
	m.touched = true
	*(*T)(unsafe.Add(m.values[m.group.back], uintptr(i)*unsafe.Sizeof(*v))) = *v
	return true
}

// StoreRange copies vs to the span's slots, the first value to slot first. The values show
// with the next Commit. It reports false if the span has been freed, and panics if vs does
// not fit. It does not allocate. vs may overlap slots that Stage lent, as with copy.
func (s GroupSpan[T]) StoreRange(first int, vs []T) bool {
	m := s.member
	if m == nil || first < 0 || len(vs) > m.n-first {
		s.outOfRange(first, len(vs))
		return false
	}
	if !m.open() {
		return false
	}
	if len(vs) > 0 {
		size := unsafe.Sizeof(vs[0])
		m.setRange(first, len(vs))
		moveBytes(unsafe.Add(m.values[m.group.back], uintptr(first)*size), unsafe.Pointer(&vs[0]), uintptr(len(vs))*size)
	}
	return true
}

// StoreAll is StoreRange for the whole span. It panics if vs does not have Len values.
func (s GroupSpan[T]) StoreAll(vs []T) bool {
	if len(vs) != s.Len() {
		panic(fmt.Sprintf("arena: StoreAll of %d values in a span of %d slots: use StoreRange for a part", len(vs), s.Len()))
	}
	return s.StoreRange(0, vs)
}

// Stage lends you n of the span's slots, from slot first on. Fill every one of them before
// the next Commit or Discard, and do not touch them after it. Their contents are undefined
// until you fill them. If the span has been freed, the slots are never shown. Stage panics
// if the slots are out of range.
func (s GroupSpan[T]) Stage(first, n int) []T {
	m := s.member
	if m == nil || first < 0 || n < 0 || n > m.n-first {
		s.outOfRange(first, n)
		return nil
	}
	m.open()
	if n > 0 {
		m.setRange(first, n)
	}
	return unsafe.Slice((*T)(m.values[m.group.back]), m.n)[first : first+n : first+n]
}

// Load copies the value of the span's slot i, counted from 0, to *v: the value that was set
// last, committed or not, or the initial one. Load reports false if the span has been
// freed, and panics if i is out of range. It does not allocate. It must not overlap with a
// Commit.
func (s GroupSpan[T]) Load(i int, v *T) bool {
	m := s.member
	if m == nil || uint(i) >= uint(m.n) {
		s.outOfRange(i, 1)
	}
	if !m.open() {
		return false
	}
	m.load(i, unsafe.Pointer(v))
	return true
}

// Free hides the span's slots and gives their indices back, at once and not with a Commit.
// From then on the span's handles are stale: values that you set through them are never
// shown. The error is ErrStale if the span was freed before. Any goroutine may call Free,
// even while others set.
func (s GroupSpan[T]) Free() error {
	if s.member == nil {
		return ErrStale
	}
	return s.free()
}

// Len returns the number of slots.
func (s GroupSpan[T]) Len() int {
	if s.member == nil {
		return 0
	}
	return s.n
}

// Index returns the arena index of the span's slot i: its place in the mirror and in the
// GPU's buffer. It panics if i is out of range.
func (s GroupSpan[T]) Index(i int) int {
	if s.member == nil || uint(i) >= uint(s.n) {
		s.outOfRange(i, 1)
	}
	return s.first + i
}

// outOfRange panics. No slots of the zero GroupSpan are in range, so they pass.
func (s GroupSpan[T]) outOfRange(first, n int) {
	if first == 0 && n == 0 {
		return
	}
	panic(fmt.Sprintf("arena: no slots %d to %d in a group's span of %d slots, counted from 0", first, first+n-1, s.Len()))
}

// open reports whether the span has not been freed. With invariants it panics
// while the group is being committed.
func (m *member) open() bool {
	if invariants && m.group.busy.Load() {
		panic("arena: set in a group's span while the group is being committed: finish all sets of a tick before its Commit")
	}
	return m.now.Load() == m.gen
}

func (m *member) setRange(first, n int) {
	for end := first + n; first < end; {
		w, lo := first/64, first%64
		k := min(64-lo, end-first)
		m.set[w] |= runMask(lo, k)
		first += k
	}
	m.touched = true
}
