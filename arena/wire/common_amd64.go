//go:build !race && !purego

package wire

import "golang.org/x/sys/cpu"

// leavesOut is set where common words are left out at the speed of a copy. Elsewhere
// messages have them, and what comes without them is put together word by word.
var leavesOut = cpu.X86.HasSSSE3

// slack is how many bytes compress may write, and expand read, behind the last one.
const slack = 16

// groups are the words of a slot by fours, as the kernels want them.
type groups struct {
	g    [commonBytes / 16]group
	n    int
	left int // bytes of a slot without its common words
}

type group struct {
	value  [4]uint32 // of the common words; 0 for others
	common [4]uint32 // all ones for common words
	out    [16]byte  // a shuffle: the other words, one after the other
	in     [16]byte  // the way back, with zeros for common words
	step   uint64    // bytes of the other words
}

// of prepares for slots that have the words in mask as slot does.
func (g *groups) of(mask uint64, slot []byte) {
	g.n, g.left = len(slot)/16, len(slot)-bytesOf(mask)
	for i := range g.n {
		p := &g.g[i]
		*p = group{}
		for k := range 4 {
			from := 4 * k
			if mask>>(4*i+k)&1 != 0 {
				p.value[k], p.common[k] = uint32(word(slot, 16*i+from/8*8)>>(8*(from%8))), 1<<32-1
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
func (g *groups) compress(dst, slots []byte) (differ bool) {
	n := len(slots) / (16 * g.n)
	_ = dst[:n*g.left+slack]
	return compressSSSE3(&g.g[0], g.n, &dst[0], &slots[0], n)
}

// expand is the way back. It fills as many slots as it may without reading past src's end,
// and says how many.
func (g *groups) expand(slots, src []byte) int {
	n := len(slots) / (16 * g.n)
	if g.left == 0 || !leavesOut {
		return 0
	}
	if n -= (slack + g.left - 1) / g.left; n <= 0 {
		return 0
	}
	_ = src[:n*g.left+slack]
	expandSSSE3(&g.g[0], g.n, &slots[0], &src[0], n)
	return n
}

//go:noescape
func compressSSSE3(table *group, groups int, dst, src *byte, slots int) (differ bool)

//go:noescape
func expandSSSE3(table *group, groups int, dst, src *byte, slots int)
