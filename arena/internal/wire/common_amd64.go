//go:build !race && !purego

package wire

import (
	"encoding/binary"

	"golang.org/x/sys/cpu"
)

// leavesOut says that this machine leaves out common words at the speed of a copy. Other
// machines send them, and put together word by word the slots that they receive.
var leavesOut = cpu.X86.HasSSSE3

// slack is how many bytes behind the end compress may write and expand may read.
const slack = 16

// quads describe a slot to the kernels, four words at a time.
type quads struct {
	each [commonBytes / 16]quad
	n    int
	left int // bytes of a slot without its common words
}

type quad struct {
	value  [4]uint32 // the common words; 0 for the others
	common [4]uint32 // all ones for common words
	out    [16]byte  // the shuffle that puts the other words side by side
	in     [16]byte  // its inverse, with zeros for the common words
	step   uint64    // bytes of the other words
}

// of fills q for slots that share the words in mask with slot.
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

// compress copies slots to dst without the common words. It reports whether a slot differs
// in one of them.
func (q *quads) compress(dst, slots []byte) (differ bool) {
	n := len(slots) / (16 * q.n)
	_ = dst[:n*q.left+slack]
	return compressSSSE3(&q.each[0], q.n, &dst[0], &slots[0], n)
}

// expand is the inverse of compress. It fills as many slots as it can without a read past
// the end of src, and returns their number.
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
