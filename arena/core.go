package arena

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"unsafe"
)

// core is an Arena without its type: slots are size bytes each.
//
// Nothing in it moves or shrinks: the chunk table and the bitmap of dirty chunks
// are made for limit slots at birth, and a chunk, once there, stays.
type core struct {
	size   uintptr
	slots  int  // per chunk, 1<<shift
	shift  uint // index>>shift is the chunk
	limit  int
	hidden unsafe.Pointer // a copy of Config.Hidden; never written

	chunks []atomic.Pointer[chunk] // written under mu
	dirty  []atomic.Uint64         // bit i of word w: chunk 64w+i may hold news; set by writers, swapped to 0 by the reader

	live, high atomic.Int64 // written under mu; high only after the slots below it were published

	mu    sync.Mutex
	space space // mu

	reader
	groups groups
}

func (a *core) init(slots, limit int, size uintptr, mirror, hidden unsafe.Pointer) {
	a.size, a.slots, a.limit = size, slots, limit
	a.shift = uint(bits.TrailingZeros(uint(slots)))
	a.hidden = aligned(size)
	copyBytes(a.hidden, hidden, size)
	n := (limit + slots - 1) / slots
	a.chunks = make([]atomic.Pointer[chunk], n)
	a.dirty = unsafe.Slice((*atomic.Uint64)(aligned(uintptr(n+63)/64*8)), (n+63)/64)
	a.space = newSpace(limit)
	a.reader.init(mirror, size, slots, n)
}

// alloc publishes v at the lowest free index. All of it is under the mutex:
// when high shows an index, every index below it has been published.
func (a *core) alloc(v unsafe.Pointer) (*chunk, uint32, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i, ok := a.space.take(1)
	if !ok {
		return nil, 0, ErrFull
	}
	c, at := a.grown(i)
	c.publish(at, v)
	a.live.Add(1)
	a.high.Store(int64(a.space.high))
	return c, at, nil
}

func (a *core) allocSpan(n int, v unsafe.Pointer) (*span, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	first, ok := a.space.take(n)
	if !ok {
		return nil, ErrFull
	}
	for i := first; i < first+n; i++ {
		c, at := a.grown(i)
		c.publish(at, v)
	}
	a.live.Add(int64(n))
	a.high.Store(int64(a.space.high))
	return newSpan(a, first, n), nil
}

// free hides the slot first, without the mutex, since it may have to wait for a
// writer inside the slot; of two calls with one handle the first to go odd wins.
func (a *core) free(c *chunk, at, gen uint32) error {
	usable, ok := c.hide(at, gen)
	if !ok {
		return ErrStale
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if usable {
		a.space.give(c.first+int(at), 1)
	}
	a.live.Add(-1)
	a.high.Store(int64(a.space.high))
	return nil
}

func (a *core) freeSpan(s *span) error {
	if invariants {
		s.begin()
		defer s.end()
	}
	var worn []int // indices to retire
	for i := s.first; i < s.first+s.n; i++ {
		c, at := a.place(i)
		gen := s.gen
		if i > s.first {
			gen = c.gens[at].Load() // the first slot has settled whose span this is
		}
		usable, ok := c.hide(at, gen)
		if !ok {
			return ErrStale
		}
		if !usable {
			worn = append(worn, i)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	from := s.first
	for _, i := range append(worn, s.first+s.n) {
		a.space.give(from, i-from)
		from = i + 1
	}
	a.live.Add(-int64(s.n))
	a.high.Store(int64(a.space.high))
	return nil
}

// place finds the chunk of an index that has been allocated once.
func (a *core) place(i int) (*chunk, uint32) {
	return a.chunks[i>>a.shift].Load(), uint32(i & (a.slots - 1))
}

// grown is place for an index that may lie in a chunk not yet there. Under mu.
func (a *core) grown(i int) (*chunk, uint32) {
	if n := i >> a.shift; a.chunks[n].Load() == nil {
		a.chunks[n].Store(newChunk(a, n))
	}
	return a.place(i)
}

// aligned returns n zero bytes at the start of a cache line, in memory that the
// garbage collector does not look into.
func aligned(n uintptr) unsafe.Pointer {
	const line = 64
	words := (n + 7) / 8
	b := make([]uint64, words) // page-aligned in practice from 32 KiB; no rule says so
	if uintptr(unsafe.Pointer(&b[0]))%line == 0 {
		return unsafe.Pointer(&b[0])
	}
	b = make([]uint64, words+line/8)
	return unsafe.Pointer(&b[(line-uintptr(unsafe.Pointer(&b[0]))%line)%line/8])
}

func copyBytes(dst, src unsafe.Pointer, n uintptr) {
	copy(unsafe.Slice((*byte)(dst), n), unsafe.Slice((*byte)(src), n))
}
