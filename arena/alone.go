package arena

import (
	"runtime"
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
	versions := c.versions[at:][:n]
	for i := range versions {
		v := &versions[i]
		v.Store(v.Load() + 2)
	}
}

// takeAlone takes those slots of word w into the mirror that no goroutine is inside of, and returns the others. The
// slots of mask have new versions.
func (a *core) takeAlone(c *chunk, w int, mask uint64) (left uint64) {
	first := 64 * w
	versions, gens := c.versions[first:][:64], c.gens[first:][:64]
	seen, seenGen := c.seen[first:][:64], c.seenGen[first:][:64]
	for i := range versions {
		v := versions[i].Load()
		switch bit := uint64(1) << i; {
		case mask&bit == 0:
		case v&1 != 0:
			left |= bit
		default:
			seen[i], seenGen[i] = v, gens[i].Load()
		}
	}
	for todo := mask &^ left; todo != 0; {
		lo, n := lowestRun(todo)
		copyBytes(unsafe.Add(a.image, uintptr(c.first+first+lo)*a.size), unsafe.Add(c.values, uintptr(first+lo)*c.size), uintptr(n)*a.size)
		todo &^= runMask(lo, n)
	}
	return left
}
