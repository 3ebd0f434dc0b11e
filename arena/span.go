package arena

import (
	"fmt"
	"sync/atomic"
	"unsafe"
)

// A Span is a handle on slots with consecutive indices. It is for one goroutine at a time,
// which makes it fast. To hand it to another goroutine, synchronise as for any variable, by
// a channel or a mutex. Copies are the same span. The zero Span has no slots: Len is 0, Set
// and Load panic, Free returns ErrStale.
//
// Set does not tell the reader: call Flush after the last Set of a batch.
type Span[T any] struct{ *span }

// span is the state that copies of a Span share.
type span struct {
	core  *core
	first int
	n     int
	gen   uint32         // of the first slot, which stands for all
	now   *atomic.Uint32 // the first slot's generation
	at    int            // the first slot's place in its chunk
	shift uint           // core's
	parts []part
	busy  atomic.Bool // with invariants: a call is under way
}

// A part is what a span has in one chunk.
type part struct {
	chunk   *chunk
	touched bool // written to and not marked
}

func newSpan(a *core, first, n int) *span {
	c, at := a.place(first)
	s := &span{
		core: a, first: first, n: n,
		gen: c.gens[at].Load(), now: &c.gens[at],
		at: int(at), shift: a.shift,
		parts: make([]part, (first+n-1)>>a.shift-first>>a.shift+1),
	}
	for i := range s.parts {
		s.parts[i].chunk = a.chunks[first>>a.shift+i].Load()
	}
	return s
}

// Set copies *v to the span's slot i, counted from 0. The first Descend after Flush shows
// it; an earlier one may. Set reports false if the span has been freed, and panics if i
// is out of range. It does not allocate.
func (s Span[T]) Set(i int, v *T) bool {
	if s.span == nil || uint(i) >= uint(s.n) {
		panic("arena: Set: no such slot in the span")
	}
	if kernels && !invariants {
		return setKernel(s.span, i, unsafe.Pointer(v))
	}
	return s.set(i, unsafe.Pointer(v))
}

// StoreRange copies vs to the span's slots, the first value to slot first, and flushes. It
// reports false if the span has been freed, and panics if vs does not fit. It does not
// allocate.
func (s Span[T]) StoreRange(first int, vs []T) bool {
	sp := s.span
	if sp == nil || first < 0 || len(vs) > sp.n-first {
		s.outOfRange(first, len(vs))
		return false
	}
	if invariants {
		sp.begin()
		defer sp.end()
	}
	if sp.now.Load() != sp.gen {
		return false
	}
	for len(vs) > 0 {
		p, at := sp.place(first)
		n := min(len(vs), sp.core.slots-int(at))
		p.chunk.setRange(at, n, unsafe.Pointer(unsafe.SliceData(vs)))
		p.touched = true
		first, vs = first+n, vs[n:]
	}
	sp.flush()
	return true
}

// StoreAll is StoreRange for the whole span. It panics if vs does not have Len values.
func (s Span[T]) StoreAll(vs []T) bool {
	if len(vs) != s.Len() {
		panic(fmt.Sprintf("arena: StoreAll of %d values in a span of %d slots: use StoreRange for a part", len(vs), s.Len()))
	}
	return s.StoreRange(0, vs)
}

// Flush tells the reader of the values that were Set so far: a Descend that starts after
// Flush returned shows all of them.
func (s Span[T]) Flush() {
	sp := s.span
	if sp == nil {
		return
	}
	if invariants {
		sp.begin()
		defer sp.end()
	}
	sp.flush()
}

// Load copies the value of the span's slot i, counted from 0, to *v: the value that was set
// last, flushed or not. It reports false if the span has been freed, and panics if i is out
// of range. It does not allocate.
func (s Span[T]) Load(i int, v *T) bool {
	if s.span == nil || uint(i) >= uint(s.n) {
		s.outOfRange(i, 1)
	}
	if s.now.Load() != s.gen {
		return false
	}
	p, at := s.place(i)
	p.chunk.get(at, unsafe.Pointer(v))
	return true
}

// Free hides the span's slots and gives their indices back. From then on the handle is
// stale. The error is ErrStale if the span was freed before. Any goroutine may call Free
// after the span's writer has stopped.
func (s Span[T]) Free() error {
	if s.span == nil {
		return ErrStale
	}
	return s.core.freeSpan(s.span)
}

// Len returns the number of slots.
func (s Span[T]) Len() int {
	if s.span == nil {
		return 0
	}
	return s.n
}

// Index returns the arena index of the span's slot i: its place in the mirror and in the
// GPU's buffer. It panics if i is out of range.
func (s Span[T]) Index(i int) int {
	if s.span == nil || uint(i) >= uint(s.n) {
		s.outOfRange(i, 1)
	}
	return s.first + i
}

// outOfRange panics. No slots of the zero Span are in range, so they pass.
func (s Span[T]) outOfRange(first, n int) {
	if first == 0 && n == 0 {
		return
	}
	panic(fmt.Sprintf("arena: no slots %d to %d in a span of %d slots, counted from 0", first, first+n-1, s.Len()))
}

// place finds the part of slot i and the slot's place in the chunk.
func (s *span) place(i int) (*part, uint32) {
	i += s.at
	return &s.parts[i>>(s.shift&63)], uint32(i & (s.core.slots - 1))
}

// set is Span.Set in Go.
func (s *span) set(i int, v unsafe.Pointer) bool {
	if invariants {
		s.begin()
		defer s.end()
	}
	if s.now.Load() != s.gen {
		return false
	}
	p, at := s.place(i)
	p.chunk.set(at, v)
	p.touched = true
	return true
}

func (s *span) flush() {
	barrier() // chunk.mark must not look at the bitmap before the versions are out
	for i := range s.parts {
		if p := &s.parts[i]; p.touched {
			p.touched = false
			p.chunk.mark()
		}
	}
}

// begin panics if another call on the span is under way.
func (s *span) begin() {
	if !s.busy.CompareAndSwap(false, true) {
		panic("arena: a Span is for one goroutine at a time: two calls overlap")
	}
}

func (s *span) end() { s.busy.Store(false) }
