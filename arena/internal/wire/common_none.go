//go:build !amd64 || race || purego

package wire

import "encoding/binary"

// leavesOut is false: in Go it would be slower than a copy, and the race detector does not
// see into assembly.
const leavesOut = false

const slack = 0

// quads describe a slot to expand.
type quads struct {
	slot   []byte // has the common words in their places
	others []int  // where in the slot the other words are, in bytes
	places [commonBytes / 4]int
}

func (q *quads) of(mask uint64, slot []byte) {
	q.slot, q.others = slot, q.places[:0]
	for at := 0; at < len(slot); at, mask = at+4, mask>>1 {
		if mask&1 == 0 {
			q.others = append(q.others, at)
		}
	}
}

func (*quads) compress(_, _ []byte) bool { panic("no kernel") }

// expand fills slots with the common words, many at once, and then puts the others between,
// word by word through all slots. It returns how many slots that were.
func (q *quads) expand(slots, src []byte) int {
	for n := copy(slots, q.slot); n < len(slots); n *= 2 {
		copy(slots[n:], slots[:n])
	}
	le, left := binary.LittleEndian, 4*len(q.others) // bytes of a slot without its common words
	for i, at := range q.others {
		for from := 4 * i; at < len(slots); at, from = at+len(q.slot), from+left {
			le.PutUint32(slots[at:], le.Uint32(src[from:]))
		}
	}
	return len(slots) / len(q.slot)
}
