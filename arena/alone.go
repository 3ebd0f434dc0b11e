package arena

import (
	"math"
	"math/bits"
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
	for ; len(versions) >= 8; versions = versions[8:] {
		v := (*[8]uint32)(versions)
		v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7] = v[0]+2, v[1]+2, v[2]+2, v[3]+2, v[4]+2, v[5]+2, v[6]+2, v[7]+2
	}
	for i := range versions {
		versions[i] += 2
	}
}

// plain returns atomic words for reading and writing without atomic operations: in WebAssembly each of these is a call
// of a function, which takes longer than the copy of a slot.
func plain(words []atomic.Uint32) []uint32 {
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(words))), len(words))
}

// compareAlone is chunk.compare.
//
// In WebAssembly that Go makes, a jump back costs as much as two slots. So the loops over versions take eight at once,
// and this one has no branch.
func (c *chunk) compareAlone(out []uint64) {
	for w := range out {
		versions, seen := (*[64]uint32)(plain(c.versions[64*w:])), (*[64]uint32)(c.seen[64*w:])
		var mask uint64
		for i := 0; i < 64; i += 8 {
			v, s := (*[8]uint32)(versions[i:]), (*[8]uint32)(seen[i:])
			mask |= (differ(v[0], s[0]) | differ(v[1], s[1])<<1 | differ(v[2], s[2])<<2 | differ(v[3], s[3])<<3 |
				differ(v[4], s[4])<<4 | differ(v[5], s[5])<<5 | differ(v[6], s[6])<<6 | differ(v[7], s[7])<<7) << i
		}
		out[w] = mask
	}
}

// differ is 1 if a and b differ, and 0 otherwise.
func differ(a, b uint32) uint64 { return (uint64(a^b) + math.MaxUint32) >> 32 }

// visitAlone is core.visit. If a goroutine may be inside of one of the slots it does nothing, and reports false.
func (a *core) visitAlone(c *chunk, slots []uint64) bool {
	versions, gens := plain(c.versions), plain(c.gens)
	var or uint32
	for w, mask := range slots {
		for i := 64 * w; mask != 0 && i < 64*w+64; i += 8 {
			v := (*[8]uint32)(versions[i:])
			or |= v[0] | v[1] | v[2] | v[3] | v[4] | v[5] | v[6] | v[7]
		}
	}
	if or&1 != 0 {
		return false
	}
	d := &a.delta
	before := len(d.Ranges)
	for w, mask := range slots {
		d.Updated += bits.OnesCount64(mask)
		d.Ranges = addRuns(d.Ranges, c.first+64*w, mask)
		c.torn[w] = 0
	}
	for _, r := range d.Ranges[max(before-1, 0):] { // the last one before may have grown
		from, to := max(r.First-c.first, 0), r.End()-c.first
		if from >= to {
			continue
		}
		copy(c.seen[from:to], versions[from:])
		copy(c.seenGen[from:to], gens[from:])
		copyBytes(unsafe.Add(a.image, uintptr(c.first+from)*a.size), unsafe.Add(c.values, uintptr(from)*c.size), uintptr(to-from)*a.size)
	}
	return true
}
