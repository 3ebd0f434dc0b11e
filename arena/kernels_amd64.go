//go:build !race && !purego

package arena

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// kernels is set where assembly moves slots of any size that is a multiple of 16, to
// mostFast bytes; 64 bytes have forms of their own where that pays. Each kernel has a twin in
// Go, which -tags purego, race builds and other architectures run.
//
// The kernels use plain stores: amd64 makes them visible in program order (total
// store order: Sewell et al., "x86-TSO", https://doi.org/10.1145/1785414.1785443),
// which is all that odd, payload, even asks for. The Go scheduler does not
// preempt a goroutine inside of a kernel.
const kernels = true

// avx2 chooses between the two forms of a kernel. Written by tests only.
var avx2 = cpu.X86.HasAVX2 && cpu.X86.HasBMI1

func (c *chunk) setRangeFast(at uint32, n int, vs unsafe.Pointer) {
	if avx2 {
		setRangeAVX2(c, at, n, vs)
	} else {
		setRangeSSE2(c, at, n, vs)
	}
}

func (c *chunk) compareFast(out []uint64) {
	if avx2 {
		compareAVX2(c, unsafe.SliceData(out), len(out))
	} else {
		compareSSE2(c, unsafe.SliceData(out), len(out))
	}
}

// takeFast brings those slots of word w into the mirror that are stable and have
// the occupant that the mirror shows, and returns the rest.
func (a *core) takeFast(c *chunk, w int, mask uint64) (left uint64) {
	mirror := unsafe.Add(a.image, uintptr(c.first+64*w)*a.size)
	stream := a.streaming && uintptr(mirror)%32 == 0
	switch {
	case a.size != 64 && !avx2:
		return takeAnySSE2(c, w, mask, mirror, a.scratch)
	case a.size != 64 && stream:
		return takeAnyStream(c, w, mask, mirror, a.scratch)
	case a.size != 64:
		return takeAnyAVX2(c, w, mask, mirror, a.scratch)
	case !avx2:
		return takeSSE2(c, w, mask, mirror)
	case stream:
		return takeStream(c, w, mask, mirror)
	default:
		return takeAVX2(c, w, mask, mirror)
	}
}

// setKernel finds a part by shifting.
var _ [16]byte = [unsafe.Sizeof(part{})]byte{}

// storeKernel is chunk.store. Where kernels do not fit, or another goroutine is
// inside, it goes on in storeGo.
//
//go:noescape
func storeKernel(c *chunk, at, gen uint32, v unsafe.Pointer) bool

//lint:ignore U1000 assembly calls it
func storeGo(c *chunk, at, gen uint32, v unsafe.Pointer) bool { return c.store(at, gen, v) }

// setKernel is span.set. Where kernels do not fit it goes on in setGo.
//
//go:noescape
func setKernel(s *span, i int, v unsafe.Pointer) bool

//lint:ignore U1000 assembly calls it
func setGo(s *span, i int, v unsafe.Pointer) bool { return s.set(i, v) }

// setRangeAVX2 is chunk.setRange; versions change eight at a time, or four.
//
//go:noescape
func setRangeAVX2(c *chunk, at uint32, n int, vs unsafe.Pointer)

//go:noescape
func setRangeSSE2(c *chunk, at uint32, n int, vs unsafe.Pointer)

// compareAVX2 is chunk.compare for slots of any size; out has words words.
//
//go:noescape
func compareAVX2(c *chunk, out *uint64, words int)

//go:noescape
func compareSSE2(c *chunk, out *uint64, words int)

// takeAVX2 is core.look for the slots of 64 bytes 64w+i that have bit i set in mask. It
// leaves what is not simple: torn slots and new occupants.
//
//go:noescape
func takeAVX2(c *chunk, w int, mask uint64, mirror unsafe.Pointer) (left uint64)

// takeStream is takeAVX2 with stores that go past the caches: for more than
// they hold. A barrier must follow.
//
//go:noescape
func takeStream(c *chunk, w int, mask uint64, mirror unsafe.Pointer) (left uint64)

//go:noescape
func takeSSE2(c *chunk, w int, mask uint64, mirror unsafe.Pointer) (left uint64)

// takeAnyAVX2 is takeAVX2 for slots of any size, eight at a time by way of scratch,
// which holds eight.
//
//go:noescape
func takeAnyAVX2(c *chunk, w int, mask uint64, mirror, scratch unsafe.Pointer) (left uint64)

//go:noescape
func takeAnyStream(c *chunk, w int, mask uint64, mirror, scratch unsafe.Pointer) (left uint64)

//go:noescape
func takeAnySSE2(c *chunk, w int, mask uint64, mirror, scratch unsafe.Pointer) (left uint64)

// barrier waits until every store before it is visible.
//
//go:noescape
func barrier()
