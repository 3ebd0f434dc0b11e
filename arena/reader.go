package arena

import (
	"math/bits"
	"sync/atomic"
	"unsafe"
)

// A reader is what Descend keeps from one call to the next. Only the reader's
// goroutine touches it.
type reader struct {
	image   unsafe.Pointer // the Arena's mirror
	covered int            // mirror slots that a Delta has spoken of
	again   []uint64       // bit i of word w: chunk 64w+i has torn slots to look at again
	scratch unsafe.Pointer // eight values on their way into the mirror
	news    []uint64       // bit i of word w: slot 64w+i of the chunk being scanned has a new version
	delta   Delta
	reading atomic.Bool // a second reader panics

	streaming bool // the chunk's slots go past the caches
	streamed  bool // those of a chunk of this Descend did: a barrier must follow
}

func (r *reader) init(mirror unsafe.Pointer, size uintptr, slots, chunks int) {
	r.image = mirror
	r.news = make([]uint64, slots/64)
	r.scratch = aligned(size * 8)
	r.again = make([]uint64, (chunks+63)/64)
}

// decideStreaming decides how the changed slots of a dirty chunk move, before the
// first of them does. A Descend that will move more than the caches keep for the
// upload goes past them from its start. left counts the dirty chunks from this one
// on: each is expected to have as many changed slots as this one, whose bits are in news.
func (a *core) decideStreaming(news []uint64, left int) {
	changed := 0
	for _, mask := range news {
		changed += bits.OnesCount64(mask)
	}
	a.streaming = uintptr(a.delta.Updated+changed*left)*a.size >= 4<<20
	a.streamed = a.streamed || a.streaming
}

// dirtyFrom counts the dirty chunks from word w of the bitmap on. The bits of that
// word were swapped out: they are in first.
func (a *core) dirtyFrom(w int, first uint64) int {
	n := bits.OnesCount64(first)
	for i := w + 1; i < len(a.dirty); i++ {
		n += bits.OnesCount64(a.dirty[i].Load())
	}
	return n
}

func (a *core) descend() Delta {
	a.begin()
	a.takeGroups()
	a.takeForeign()
	a.scanChunks()
	a.applyGroups()
	if len(a.foreigns.moves) > 0 && a.moveBlocks() { // show what was committed to the new blocks already
		a.takeForeign()
		a.applyGroups()
		a.moveBlocks()
	}
	a.end()
	return a.delta
}

func (a *core) begin() {
	if !a.reading.CompareAndSwap(false, true) {
		panic("arena: Descend while another Descend is under way: an arena has one reader")
	}
	d := &a.delta
	// HighWater before the bitmap: all slots below it have been marked by now.
	d.HighWater = int(a.high.Load())
	d.Ranges, d.Ticks = d.Ranges[:0], d.Ticks[:0]
	d.Updated, d.Torn, d.Chunks = 0, 0, 0
	a.streaming, a.streamed = false, false
}

func (a *core) scanChunks() {
	left := -1 // dirty chunks, counted at the first
	for w := range a.dirty {
		var dirty uint64
		if a.dirty[w].Load() != 0 {
			dirty = a.dirty[w].Swap(0) // step 6; first the swap, then the versions: see chunk.mark
		}
		for todo := dirty | a.again[w]; todo != 0; todo &= todo - 1 {
			i := bits.TrailingZeros64(todo)
			c, bit := a.chunks[64*w+i].Load(), todo&-todo
			slots := c.torn
			if dirty&bit != 0 {
				a.delta.Chunks++
				slots = a.news
				c.compare(slots)
				if left < 0 {
					left = a.dirtyFrom(w, dirty&-bit)
				}
				a.decideStreaming(slots, left)
				left--
			}
			if a.visit(c, slots) {
				a.again[w] |= bit
			} else {
				a.again[w] &^= bit
			}
		}
	}
}

func (a *core) end() {
	d := &a.delta
	before := a.covered
	a.covered = max(a.covered, d.HighWater)
	if n := len(d.Ranges); n > 0 {
		a.covered = max(a.covered, d.Ranges[n-1].End())
	}
	a.followers.tell(d, a.covered, a.covered > before)
	if a.streamed {
		barrier()
	}
	a.reading.Store(false)
}

// visit looks at the given slots of a chunk and reports whether any was torn.
func (a *core) visit(c *chunk, slots []uint64) (again bool) {
	if alone() && a.visitAlone(c, slots) {
		return false
	}
	for w, mask := range slots {
		var torn uint64
		if mask != 0 {
			left := mask
			if kernels && c.fast {
				left = a.takeFast(c, w, mask)
			}
			changed := mask &^ left
			for ; left != 0; left &= left - 1 {
				switch bit := left & -left; a.look(c, 64*w+bits.TrailingZeros64(left)) {
				case taken:
					changed |= bit
				case tornHidden:
					changed |= bit
					fallthrough
				case tornKept:
					torn |= bit
				}
			}
			a.delta.Torn += bits.OnesCount64(torn)
			a.delta.Updated += bits.OnesCount64(changed)
			a.delta.Ranges = addRuns(a.delta.Ranges, c.first+64*w, changed)
			again = again || torn != 0
		}
		c.torn[w] = torn
	}
	return again
}

type outcome int

const (
	unchanged  outcome = iota
	taken              // the mirror has the slot's value
	tornKept           // the mirror keeps its value
	tornHidden         // the mirror held an earlier occupant's value and shows the hidden one now
)

// look brings one slot into the mirror by the seqlock rule: the version is even,
// and the same after the copy as before.
func (a *core) look(c *chunk, at int) outcome {
	version := c.versions[at].Load() // step 7
	if version == c.seen[at] {
		return unchanged
	}
	mirror := unsafe.Add(a.image, uintptr(c.first+at)*a.size)
	if version&1 == 0 {
		c.get(uint32(at), a.scratch) // step 8
		gen := c.gens[at].Load()
		pause()
		if c.versions[at].Load() == version { // step 9
			copyBytes(mirror, a.scratch, a.size)
			c.seen[at], c.seenGen[at] = version, gen
			return taken
		}
	}
	if gen := c.gens[at].Load(); gen != c.seenGen[at] {
		copyBytes(mirror, a.hidden, a.size)
		c.seenGen[at] = gen
		return tornHidden
	}
	return tornKept
}

// addRuns appends the runs of a mask of 64 slots from first on, joining what touches.
func addRuns(dst []Range, first int, mask uint64) []Range {
	for mask != 0 {
		lo, n := lowestRun(mask)
		if last := len(dst) - 1; last >= 0 && dst[last].End() == first+lo {
			dst[last].Count += n
		} else {
			dst = append(dst, Range{first + lo, n})
		}
		mask &^= runMask(lo, n)
	}
	return dst
}

// lowestRun finds the lowest run of ones in a mask that is not 0.
func lowestRun(mask uint64) (lo, n int) {
	lo = bits.TrailingZeros64(mask)
	return lo, bits.TrailingZeros64(^(mask >> lo))
}

// runMask has n ones, 1 to 64, from bit lo on.
func runMask(lo, n int) uint64 { return ^uint64(0) >> (64 - n) << lo }
