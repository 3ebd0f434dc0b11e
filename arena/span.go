package arena

import (
	"fmt"
	"math/bits"
	"sync/atomic"
	"unsafe"
)

// A Span is a handle on slots with consecutive indices, for one goroutine at a
// time: that is what makes it fast. Copies are the same span. Handing it to
// another goroutine takes what handing over any variable takes, a channel or a
// mutex. The zero Span is stale and empty.
//
// Set defers the mark that tells the reader: call Flush after the last Set of a
// batch. Calls through a freed span report false.
type Span[T any] struct{ *span }

// span is the state that copies of a Span share.
type span struct {
	core     *core
	first, n int
	gen      uint32         // of the first slot, which stands for all
	now      *atomic.Uint32 // the first slot's generation
	touched  []uint64       // bit i of word w: chunk 64w+i, from the span's first on, was set and not marked
	busy     atomic.Bool    // invariants: a call is under way
}

func newSpan(a *core, first, n int) *span {
	c, at := a.place(first)
	chunks := (first+n-1)>>a.shift - first>>a.shift + 1
	return &span{
		core: a, first: first, n: n,
		gen: c.gens[at].Load(), now: &c.gens[at],
		touched: make([]uint64, (chunks+63)/64),
	}
}

// Set stores *v in the span's slot i, counted from 0. The reader sees it no
// later than in the first Descend after Flush. It reports false if the span has
// been freed, and panics if i is out of range. It does not allocate.
func (s Span[T]) Set(i int, v *T) bool {
	sp := s.span
	if sp == nil || uint(i) >= uint(sp.n) {
		s.outOfRange(i, 1)
	}
	if invariants {
		sp.begin()
		defer sp.end()
	}
	if sp.now.Load() != sp.gen {
		return false
	}
	c, at := sp.core.place(sp.first + i)
	if kernels && c.fast {
		c.setFast(at, unsafe.Pointer(v))
	} else {
		x := *v
		c.set(at, unsafe.Pointer(&x))
	}
	sp.touch(i)
	return true
}

// StoreRange stores vs in the span's slots from first on, and flushes. It
// reports false if the span has been freed, and panics if vs does not fit. It
// does not allocate.
func (s Span[T]) StoreRange(first int, vs []T) bool {
	sp := s.span
	if sp == nil || first < 0 || len(vs) > sp.n-first {
		s.outOfRange(first, len(vs))
	}
	if invariants {
		sp.begin()
		defer sp.end()
	}
	if sp.now.Load() != sp.gen {
		return false
	}
	for len(vs) > 0 {
		c, at := sp.core.place(sp.first + first)
		n := min(len(vs), sp.core.slots-int(at))
		if kernels && c.fast {
			c.setRangeFast(at, n, unsafe.Pointer(unsafe.SliceData(vs)))
		} else {
			for i := range vs[:n] {
				x := vs[i]
				c.set(at+uint32(i), unsafe.Pointer(&x))
			}
		}
		sp.touch(first)
		first, vs = first+n, vs[n:]
	}
	sp.flush()
	return true
}

// StoreAll is StoreRange for the whole span: vs must have Len values.
func (s Span[T]) StoreAll(vs []T) bool {
	if len(vs) != s.Len() {
		panic(fmt.Sprintf("arena: StoreAll of %d values in a span of %d", len(vs), s.Len()))
	}
	return s.StoreRange(0, vs)
}

// Flush makes every Set so far visible to the next Descend.
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

// Len returns the number of slots.
func (s Span[T]) Len() int {
	if s.span == nil {
		return 0
	}
	return s.n
}

// Index returns the arena index of the span's slot i: the place in the mirror
// and in the GPU's buffer.
func (s Span[T]) Index(i int) int {
	if s.span == nil || uint(i) >= uint(s.n) {
		s.outOfRange(i, 1)
	}
	return s.first + i
}

func (s Span[T]) outOfRange(first, n int) {
	panic(fmt.Sprintf("arena: slots %d to %d of a span of %d", first, first+n-1, s.Len()))
}

// touch notes that slot i's chunk is to be marked.
func (s *span) touch(i int) {
	n := (s.first+i)>>s.core.shift - s.first>>s.core.shift
	if bit := uint64(1) << (n % 64); s.touched[n/64]&bit == 0 {
		s.touched[n/64] |= bit
	}
}

func (s *span) flush() {
	if kernels {
		barrier() // mark must not look at the bitmap before the versions are out
	}
	from := s.first >> s.core.shift
	for w := range s.touched {
		for t := s.touched[w]; t != 0; t &= t - 1 {
			s.core.chunks[from+64*w+bits.TrailingZeros64(t)].Load().mark()
		}
		s.touched[w] = 0
	}
}

func (s *span) begin() {
	if !s.busy.CompareAndSwap(false, true) {
		panic("arena: a Span is for one goroutine at a time: two calls overlap")
	}
}

func (s *span) end() { s.busy.Store(false) }
