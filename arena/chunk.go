package arena

import (
	"math"
	"runtime"
	"sync/atomic"
	"unsafe"
)

// A chunk is the unit of growth and of scanning. Once made it never moves.
//
// A slot's version is odd while a goroutine writes the slot, and even otherwise. The
// goroutine that makes it odd owns the slot until the version is even again. Values and
// gens change only in between.
type chunk struct {
	versions []atomic.Uint32 // apart from the values, 16 to a cache line
	gens     []atomic.Uint32 // counts the occupants, from 1; changed by Free only
	values   unsafe.Pointer  // slots × size bytes; written and read word by word

	seen    []uint32 // the reader's: the version that the mirror shows
	seenGen []uint32 // the reader's: the generation that the mirror shows
	torn    []uint64 // the reader's: bit i of word w: look at slot 64w+i again

	// fixed at birth
	size  uintptr
	dirty *atomic.Uint64 // the word and the bit that say: this chunk may hold news
	bit   uint64
	first int // index of slot 0
	core  *core
	fast  bool // the kernels fit
}

// mostFast is the largest slot that the kernels move, in bytes.
const mostFast = 256

// newChunk makes chunk n in a block of zero bytes: values, and four words a slot.
func newChunk(a *core, n int, block unsafe.Pointer) *chunk {
	slots := uintptr(a.slots)
	words := func(i uintptr) unsafe.Pointer { return unsafe.Add(block, slots*(a.size+4*i)) }
	c := &chunk{
		versions: unsafe.Slice((*atomic.Uint32)(words(0)), slots),
		gens:     unsafe.Slice((*atomic.Uint32)(words(1)), slots),
		values:   block,
		seen:     unsafe.Slice((*uint32)(words(2)), slots),
		seenGen:  unsafe.Slice((*uint32)(words(3)), slots),
		torn:     make([]uint64, slots/64),
		size:     a.size,
		dirty:    &a.dirty[n/64],
		bit:      1 << (n % 64),
		first:    n << a.shift,
		core:     a,
		fast:     a.size%16 == 0 && a.size <= mostFast,
	}
	for i := range c.gens {
		c.gens[i].Store(1)
	}
	return c
}

// store is Slot.Store in Go.
func (c *chunk) store(at, gen uint32, v unsafe.Pointer) bool {
	if c == nil {
		return false
	}
	touch(v, c.size)
	version, ok := c.enter(at, gen)
	if !ok {
		return false
	}
	pause()
	c.put(at, v)         // step 4
	c.leave(at, version) // step 5
	return true
}

// load is Slot.Load: the reader's steps 7 to 9, repeated until no writer was inside.
func (c *chunk) load(at, gen uint32, v unsafe.Pointer) bool {
	if c == nil {
		return false
	}
	for spin := 1; ; spin++ {
		version := c.versions[at].Load()
		if c.gens[at].Load() != gen {
			return false
		}
		if version&1 == 0 {
			c.get(at, v)
			pause()
			if c.versions[at].Load() == version {
				return true
			}
		}
		if spin%128 == 0 {
			runtime.Gosched()
		}
	}
}

// enter makes the slot's version odd for an owner of generation gen and marks
// the chunk. It waits while another goroutine is inside, and reports false if the
// generation is over.
//
// The generation is read between the version and the exchange: the exchange
// succeeds only if the version has not moved, and the generation cannot move
// without it. So a stale handle never makes a version odd, not even for a moment;
// a span's plain stores rely on that.
func (c *chunk) enter(at, gen uint32) (version uint32, ok bool) {
	for spin := 1; ; spin++ {
		version = c.versions[at].Load() // step 1
		if c.gens[at].Load() != gen {   // step 2
			return 0, false
		}
		if version&1 == 0 && c.versions[at].CompareAndSwap(version, version+1) { // step 3
			c.mark()
			return version, true
		}
		if spin%128 == 0 { // longer than a write takes: its writer is not running
			runtime.Gosched()
		}
	}
}

// leave makes the version even again, one step on.
func (c *chunk) leave(at, version uint32) {
	v := &c.versions[at]
	pause()
	v.Store(version + 2)
	runtime.KeepAlive(c) // the collector does not see that v needs it
}

// mark tells the reader to scan the chunk. Looking first keeps writers of many
// chunks from fighting over the bitmap's cache line. It is right only behind a
// full barrier: the reader clears the bit and then reads versions, the writer
// must have changed a version before it reads the bit.
func (c *chunk) mark() {
	if c.dirty.Load()&c.bit == 0 {
		c.dirty.Or(c.bit)
	}
}

// publish stores the first value of a new occupant.
func (c *chunk) publish(at uint32, v unsafe.Pointer) {
	if !c.store(at, c.gens[at].Load(), v) {
		panic("arena: a free slot changed hands: this is a bug in arena")
	}
}

// hide ends generation gen: it publishes the hidden value. usable is false if
// that was the last generation of the index.
func (c *chunk) hide(at, gen uint32) (usable, ok bool) {
	version, ok := c.enter(at, gen)
	if !ok {
		return false, false
	}
	c.gens[at].Store(gen + 1)
	c.put(at, c.core.hidden)
	c.leave(at, version)
	return gen+1 != math.MaxUint32, true
}

// set stores v for the only writer of the slot, without a mark.
func (c *chunk) set(at uint32, v unsafe.Pointer) {
	touch(v, c.size)
	version := c.versions[at].Load()
	c.versions[at].Store(version + 1)
	pause()
	c.put(at, v)
	c.leave(at, version)
}

// compare sets bit i of out[w] where slot 64w+i has a version that the mirror
// does not show, and clears it elsewhere.
func (c *chunk) compare(out []uint64) {
	if kernels && len(out) > 0 {
		c.compareFast(out)
		return
	}
	if alone() {
		c.compareAlone(out)
		return
	}
	for w := range out {
		var mask uint64
		versions, seen := c.versions[64*w:][:64], c.seen[64*w:][:64]
		for i := range versions {
			if versions[i].Load() != seen[i] {
				mask |= 1 << i
			}
		}
		out[w] = mask
	}
}

// setRange is set for n slots from at on.
func (c *chunk) setRange(at uint32, n int, vs unsafe.Pointer) {
	if kernels && c.fast {
		c.setRangeFast(at, n, vs)
		return
	}
	if alone() {
		c.setRangeAlone(at, n, vs)
		return
	}
	for i := range n {
		c.set(at+uint32(i), unsafe.Add(vs, uintptr(i)*c.size))
	}
}

// put and get move one value, every word atomically: a torn value is caught by
// its version, and the race detector sees no race.
func (c *chunk) put(at uint32, v unsafe.Pointer) {
	slot := unsafe.Add(c.values, uintptr(at)*c.size)
	if onWasm {
		copyBytes(slot, v, c.size)
		return
	}
	if wide && c.size%8 == 0 {
		for i := uintptr(0); i < c.size; i += 8 {
			atomic.StoreUint64((*uint64)(unsafe.Add(slot, i)), load64(unsafe.Add(v, i)))
		}
		return
	}
	for i := uintptr(0); i < c.size; i += 4 {
		atomic.StoreUint32((*uint32)(unsafe.Add(slot, i)), *(*uint32)(unsafe.Add(v, i)))
	}
}

func (c *chunk) get(at uint32, v unsafe.Pointer) {
	slot := unsafe.Add(c.values, uintptr(at)*c.size)
	if onWasm {
		copyBytes(v, slot, c.size)
		return
	}
	if wide && c.size%8 == 0 {
		for i := uintptr(0); i < c.size; i += 8 {
			store64(unsafe.Add(v, i), atomic.LoadUint64((*uint64)(unsafe.Add(slot, i))))
		}
		return
	}
	for i := uintptr(0); i < c.size; i += 4 {
		*(*uint32)(unsafe.Add(v, i)) = atomic.LoadUint32((*uint32)(unsafe.Add(slot, i)))
	}
}

// touch reads one byte of every page that the value at v lies in. If v is nil, or its
// memory cannot be read, the fault comes here: in the middle of a write it would leave the
// version odd for ever.
//
// A T of bytes may lie at any address, so touch reads bytes. The sum is not needed, but a
// compiler would leave the reads out without it.
//
//go:noinline
func touch(v unsafe.Pointer, size uintptr) (sum byte) {
	const page = 4096 // or a multiple
	sum = *(*byte)(v) // of WebAssembly every address can be read, also nil: here the compiler checks
	for at := uintptr(page); at < size; at += page {
		sum += *(*byte)(unsafe.Add(v, at))
	}
	return sum + *(*byte)(unsafe.Add(v, size-1))
}

// pause is called in the critical windows of the Go path: while a version is
// odd, and between the reader's copy and its second look at the version. Tests
// set hook, and set it to nil again after all other goroutines have ended.
func pause() {
	if hook != nil {
		hook()
	}
}

var hook func()

// wide is set where 64-bit atomics are one instruction.
const wide = math.MaxUint>>32 != 0

// A T may be aligned to 4 bytes only. The compiler makes one access of these
// where the machine allows it.
func load64(p unsafe.Pointer) uint64 {
	h := (*[2]uint32)(p)
	return uint64(h[0]) | uint64(h[1])<<32
}

func store64(p unsafe.Pointer, w uint64) {
	h := (*[2]uint32)(p)
	h[0], h[1] = uint32(w), uint32(w>>32)
}
