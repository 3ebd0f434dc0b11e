package wire

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/slotstream/slotstream/arena"
)

const (
	// commonBytes is the size of the largest slots in which common words are looked for:
	// the header has a bit for each word.
	commonBytes = 256

	// fewSlots are not worth it.
	fewSlots = 8
)

// appendCommon appends the words that all slots of ranges have in common, and of each slot
// the others; nothing, and no words, where that is not worth it.
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

// likely are words that some slots of ranges have in common; a bit each.
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

// differing are the words that two slots do not have in common.
func differing(a, b []byte) (mask uint64) {
	le := binary.LittleEndian
	for i := 0; i < len(a); i += 4 {
		if le.Uint32(a[i:]) != le.Uint32(b[i:]) {
			mask |= 1 << (i / 4)
		}
	}
	return mask
}

// bytesOf is the size of the words in mask.
func bytesOf(mask uint64) int { return 4 * bits.OnesCount64(mask) }

// appendLess appends the words in mask of the first slot, and of all slots the others. It
// returns the words that are not common after all: then what it appended is worth nothing.
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

// expand fills slots from src, which has their words but for those in mask, which are in
// values.
func expand(slots, src, values []byte, mask uint64, slotBytes int) {
	var whole [commonBytes]byte // the common words, where they belong
	for i := 0; i < slotBytes; i += 4 {
		if mask>>(i/4)&1 != 0 {
			copy(whole[i:i+4], values)
			values = values[4:]
		}
	}
	if len(slots) >= fewSlots*slotBytes {
		var q quads
		q.of(mask, whole[:slotBytes])
		n := q.expand(slots, src)
		slots, src = slots[n*slotBytes:], src[n*(slotBytes-bytesOf(mask)):]
	}
	for ; len(slots) > 0; slots = slots[slotBytes:] {
		for i := 0; i < slotBytes; i += 4 {
			if mask>>(i/4)&1 != 0 {
				copy(slots[i:i+4], whole[i:])
			} else {
				copy(slots[i:i+4], src)
				src = src[4:]
			}
		}
	}
}
