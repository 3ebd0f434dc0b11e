package arena

import (
	"errors"
	"math"
	"unsafe"
)

// ErrOutOfMemory is returned by New, Alloc and AllocSpan when the system has no memory for
// the arena's slots.
var ErrOutOfMemory = errors.New("arena: out of memory")

// memory is the address space of an arena: the mirror, limit slots long, and behind it a
// block for each chunk. It is reserved at once and never moves. The system lends memory to
// the parts of the chunks that exist.
//
// On Unix it lies outside of the Go heap (memory_unix.go): the collector does not scan it,
// and GOMEMLIMIT does not count it. It goes back when nothing refers to the arena or to a
// handle any more. Race builds and other systems take it from the Go heap (memory_heap.go),
// which is all that the race detector knows.
type memory struct {
	mirror unsafe.Pointer // limit × size bytes
	blocks unsafe.Pointer // chunks × block bytes; nil where each is allocated apart
	part   uintptr        // bytes of a chunk's part of the mirror
	block  uintptr        // bytes of a chunk's block
	limit  uintptr        // bytes of the mirror
}

// newMemory reserves a mirror of limit slots of size bytes, and blocks for chunks of
// slots each.
func newMemory(slots, limit int, size uintptr) (*memory, error) {
	chunks := (limit + slots - 1) / slots
	if uint64(chunks)*uint64(slots)*(uint64(size)+overhead) > math.MaxInt/2 {
		return nil, ErrOutOfMemory
	}
	m := &memory{
		part:  uintptr(slots) * size,
		block: uintptr(slots) * (size + overhead),
		limit: uintptr(limit) * size,
	}
	if err := m.reserve(uintptr(chunks)); err != nil {
		return nil, err
	}
	return m, nil
}

// overhead is what a chunk's block holds of a slot beside its value: version,
// generation, and what the reader has seen of both.
const overhead = 16

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
