//go:build !race && !purego

package wire

import (
	"encoding/binary"

	"golang.org/x/sys/cpu"
)

// leavesOut is set where common words are left out at the speed of a copy. Elsewhere
// messages have them, and what comes without them is put together word by word.
var leavesOut = cpu.X86.HasSSSE3

// slack is how many bytes compress may write, and expand read, behind the last one.
const slack = 16

// quads are the words of a slot by fours, as the kernels want them.
type quads struct {
	each [commonBytes / 16]quad
	n    int
	left int // bytes of a slot without its common words
}

type quad struct {
	value  [4]uint32 // of the common words; 0 for others
	common [4]uint32 // all ones for common words
	out    [16]byte  // a shuffle: the other words, one after the other
	in     [16]byte  // the way back, with zeros for common words
	step   uint64    // bytes of the other words
}

// of prepares for slots that have the words in mask as slot does.
func (q *quads) of(mask uint64, slot []byte) {
	q.n, q.left = len(slot)/16, len(slot)-bytesOf(mask)
	for i := range q.n {
		p := &q.each[i]
		*p = quad{}
		for k := range 4 {
			from := 4 * k
			if mask>>(4*i+k)&1 != 0 {
				p.value[k], p.common[k] = binary.LittleEndian.Uint32(slot[16*i+from:]), 1<<32-1
				for b := range 4 {
					p.in[from+b] = 0x80
				}
				continue
			}
			for b := range 4 {
				p.out[int(p.step)+b], p.in[from+b] = byte(from+b), byte(p.step)+byte(b)
			}
			p.step += 4
		}
	}
}

// compress puts slots into dst without their common words, and reports whether some slot
// has others.
func (q *quads) compress(dst, slots []byte) (differ bool) {
	n := len(slots) / (16 * q.n)
	_ = dst[:n*q.left+slack]
	return compressSSSE3(&q.each[0], q.n, &dst[0], &slots[0], n)
}

// expand is the way back. It fills as many slots as it may without reading past src's end,
// and says how many.
func (q *quads) expand(slots, src []byte) int {
	n := len(slots) / (16 * q.n)
	if q.left == 0 || !leavesOut {
		return 0
	}
	if n -= (slack + q.left - 1) / q.left; n <= 0 {
		return 0
	}
	_ = src[:n*q.left+slack]
	expandSSSE3(&q.each[0], q.n, &slots[0], &src[0], n)
	return n
}

//go:noescape
func compressSSSE3(table *quad, quads int, dst, src *byte, slots int) (differ bool)

//go:noescape
func expandSSSE3(table *quad, quads int, dst, src *byte, slots int)
