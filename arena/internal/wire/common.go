package wire

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/slotstream/slotstream/arena"
)

const (
	// commonBytes is the size of the largest slots that may have common words: the header
	// has a bit for each word.
	commonBytes = 256

	// fewSlots is how many slots make the search for common words worth its cost.
	fewSlots = 8
)

// appendCommon appends the words that all slots of ranges have in common, and then each slot
// without them. It appends nothing and returns 0 where that does not pay.
func appendCommon(dst []byte, ranges []arena.Range, mirror []byte, slotBytes, slots int) (out []byte, common uint64) {
	if !leavesOut || slotBytes > commonBytes || slotBytes%16 != 0 || slots < fewSlots {
		return dst, 0
	}
	common = likely(ranges, mirror, slotBytes, slots)
	for 8*bytesOf(common) >= slotBytes {
		out, wrong := appendLess(dst, ranges, mirror, slotBytes, slots, common)
		if wrong == 0 {
			return out, common
		}
		common &^= wrong
	}
	return dst, 0
}

// likely returns the words that a few slots of ranges have in common, a bit each.
func likely(ranges []arena.Range, mirror []byte, slotBytes, slots int) uint64 {
	first := mirror[ranges[0].First*slotBytes:][:slotBytes]
	differ, step, next := uint64(0), max(slots/looks, 1), 0
	for _, r := range ranges {
		for ; next < r.Count; next += step {
			differ |= differing(first, mirror[(r.First+next)*slotBytes:][:slotBytes])
		}
		next -= r.Count
	}
	return (1<<(slotBytes/4) - 1) &^ differ
}

// differing returns the words in which two slots differ.
func differing(a, b []byte) (mask uint64) {
	le := binary.LittleEndian
	for i := 0; i < len(a); i += 4 {
		if le.Uint32(a[i:]) != le.Uint32(b[i:]) {
			mask |= 1 << (i / 4)
		}
	}
	return mask
}

// bytesOf returns the size of the words in mask.
func bytesOf(mask uint64) int { return 4 * bits.OnesCount64(mask) }

// appendLess appends the words in mask once, from the first slot, and then each slot without
// them. wrong has the words of mask that some slot does not share: then the result is
// useless.
func appendLess(dst []byte, ranges []arena.Range, mirror []byte, slotBytes, slots int, mask uint64) (out []byte, wrong uint64) {
	first := mirror[ranges[0].First*slotBytes:][:slotBytes]
	for i := 0; i < slotBytes; i += 4 {
		if mask>>(i/4)&1 != 0 {
			dst = append(dst, first[i:i+4]...)
		}
	}
	n, left := len(dst), slotBytes-bytesOf(mask)
	dst = slices.Grow(dst, slots*left+slack)
	var q quads
	q.of(mask, first)
	for _, r := range ranges {
		part := mirror[r.First*slotBytes : r.End()*slotBytes]
		if q.compress(dst[n:cap(dst)], part) {
			for ; len(part) > 0; part = part[slotBytes:] {
				wrong |= mask & differing(first, part[:slotBytes])
			}
		}
		n += r.Count * left
	}
	return dst[:n], wrong
}

// expand is the inverse of appendLess: it fills slots from src and puts the words in mask
// between, which come from values.
func expand(slots, src, values []byte, mask uint64, slotBytes int) {
	if len(slots) >= fewSlots*slotBytes {
		var whole [commonBytes]byte                           // a slot that has the common words in their places
		interleave(whole[:slotBytes], whole[:], values, mask) // the other words do not matter
		var q quads
		q.of(mask, whole[:slotBytes])
		n := q.expand(slots, src)
		slots, src = slots[n*slotBytes:], src[n*(slotBytes-bytesOf(mask)):]
	}
	for ; len(slots) > 0; slots = slots[slotBytes:] {
		src = interleave(slots[:slotBytes], src, values, mask)
	}
}

// interleave fills a slot from src, and from values where mask has the word. It returns the
// rest of src.
func interleave(slot, src, values []byte, mask uint64) []byte {
	le := binary.LittleEndian
	for i := 0; i+4 <= len(slot); i += 4 {
		from := &src
		if mask&1 != 0 {
			from = &values
		}
		le.PutUint32(slot[i:], le.Uint32(*from))
		*from, mask = (*from)[4:], mask>>1
	}
	return src
}
