package arena

import (
	"fmt"
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
	memory *memory

	chunks []atomic.Pointer[chunk] // written under mu
	dirty  []atomic.Uint64         // bit i of word w: chunk 64w+i may hold news; set by writers, swapped to 0 by the reader

	live, high atomic.Int64 // written under mu; high only after the slots below it were published

	mu    sync.Mutex
	space space // mu

	reader
	groups    groups
	foreigns  foreigns
	followers followers
}

func (a *core) init(slots, limit int, size uintptr, hidden unsafe.Pointer) error {
	var err error
	if a.memory, err = newMemory(slots, limit, size); err != nil {
		return err
	}
	a.size, a.slots, a.limit = size, slots, limit
	a.shift = uint(bits.TrailingZeros(uint(slots)))
	a.hidden = aligned(size)
	copyBytes(a.hidden, hidden, size)
	n := (limit + slots - 1) / slots
	a.chunks = make([]atomic.Pointer[chunk], n)
	a.dirty = unsafe.Slice((*atomic.Uint64)(aligned(uintptr(n+63)/64*8)), (n+63)/64)
	a.space = newSpace(limit)
	a.reader.init(a.memory.mirror, size, slots, n)
	return nil
}

// alloc publishes v at the lowest free index.
func (a *core) alloc(v unsafe.Pointer) (*chunk, uint32, error) {
	i, err := a.occupy(1, v)
	if err != nil {
		return nil, 0, err
	}
	c, at := a.place(i)
	return c, at, nil
}

func (a *core) allocSpan(n int, v unsafe.Pointer) (*span, error) {
	first, err := a.occupy(n, v)
	if err != nil {
		return nil, err
	}
	return newSpan(a, first, n), nil
}

// occupy publishes v in the lowest run of n free indices. All of it is under the
// mutex: when high shows an index, every index below it has been published.
func (a *core) occupy(n int, v unsafe.Pointer) (first int, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	first, ok := a.space.take(n)
	if !ok {
		return 0, ErrFull
	}
	if err := a.grow(first, n); err != nil {
		a.space.give(first, n)
		return 0, err
	}
	for i := first; i < first+n; i++ {
		c, at := a.place(i)
		c.publish(at, v)
	}
	a.live.Add(int64(n))
	a.high.Store(int64(a.space.high))
	return first, nil
}

// grow makes the chunks of n slots from first on. Under mu.
func (a *core) grow(first, n int) error {
	for k := first >> a.shift; k <= (first+n-1)>>a.shift; k++ {
		if a.chunks[k].Load() != nil {
			continue
		}
		block, err := a.memory.lend(k)
		if err != nil {
			return fmt.Errorf("arena: making chunk %d of %d slots: %w", k, a.slots, err)
		}
		a.chunks[k].Store(newChunk(a, k, block))
	}
	return nil
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
			gen = c.gens[at].Load() // the first slot's generation was that of this span
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

func copyBytes(dst, src unsafe.Pointer, n uintptr) {
	copy(unsafe.Slice((*byte)(dst), n), unsafe.Slice((*byte)(src), n))
}
