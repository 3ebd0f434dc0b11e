package arena

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

// alone reports whether no other goroutine can run until this one waits for something. That is so in WebAssembly, which
// has one thread and a scheduler that interrupts nobody. There bulk copies take the place of copies word by word.
// Versions change as on other platforms: a Span.Set may still wait for its Flush, and a writer may have panicked inside
// of a Store. A hook of a test may give way anywhere, so with a hook the general path runs.
func alone() bool { return onWasm && hook == nil }

const onWasm = runtime.GOARCH == "wasm"

// setRangeAlone is chunk.setRange.
func (c *chunk) setRangeAlone(at uint32, n int, vs unsafe.Pointer) {
	touch(vs, c.size) // a nil pointer faults here, with no version changed
	copyBytes(unsafe.Add(c.values, uintptr(at)*c.size), vs, uintptr(n)*c.size)
	versions := plain(c.versions[at:][:n])
	for i := range versions {
		versions[i] += 2
	}
}

// plain returns atomic words for reading and writing without atomic operations: in WebAssembly each of these is a call
// of a function, which takes longer than the copy of a slot.
func plain(words []atomic.Uint32) []uint32 {
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(words))), len(words))
}

// takeAlone takes those slots of word w into the mirror that no goroutine is inside of, and returns the others. The
// slots of mask have new versions.
func (a *core) takeAlone(c *chunk, w int, mask uint64) (left uint64) {
	first := 64 * w
	versions, gens := plain(c.versions[first:][:64]), plain(c.gens[first:][:64])
	seen, seenGen := c.seen[first:][:64], c.seenGen[first:][:64]
	for i := range versions {
		v := versions[i]
		switch bit := uint64(1) << i; {
		case mask&bit == 0:
		case v&1 != 0:
			left |= bit
		default:
			seen[i], seenGen[i] = v, gens[i]
		}
	}
	for todo := mask &^ left; todo != 0; {
		lo, n := lowestRun(todo)
		copyBytes(unsafe.Add(a.image, uintptr(c.first+first+lo)*a.size), unsafe.Add(c.values, uintptr(first+lo)*c.size), uintptr(n)*a.size)
		todo &^= runMask(lo, n)
	}
	return left
}
