package wire

import (
	"encoding/binary"

	"github.com/slotstream/slotstream/arena"
)

// blockSlots is how many slots go into planes and back at a time. A block stays in the
// first-level cache, and each of its planes is a whole cache line.
const blockSlots = 64

// intoPlanes fills dst with slots in planes. The slots are those of ranges, one after the
// other. If has is not nil, dst gets the differences to it, after its words have moved.
// block is scratch for blockSlots slots.
func intoPlanes(dst []byte, ranges []arena.Range, slots, has []byte, moves []move, slotBytes int, block []byte) {
	n := len(dst) / slotBytes
	at, filled := 0, 0 // slots in dst, in block
	for _, r := range ranges {
		for r.Count > 0 {
			k := min(r.Count, blockSlots-filled)
			part := block[filled*slotBytes : (filled+k)*slotBytes]
			now := slots[:len(part)]
			slots = slots[len(part):]
			if has == nil {
				copy(part, now)
			} else {
				before := has[r.First*slotBytes:][:len(part)]
				if len(moves) > 0 {
					copy(part, before)
					moveWords(part, moves, slotBytes)
					before = part
				}
				subtract(part, now, before)
			}
			filled += k
			r = arena.Range{First: r.First + k, Count: r.Count - k}
			if filled == blockSlots {
				blockIntoPlanes(dst, n, at, block, slotBytes)
				at, filled = at+filled, 0
			}
		}
	}
	blockIntoPlanes(dst, n, at, block[:filled*slotBytes], slotBytes)
}

// fromPlanes applies the slots of f, which lie in planes, to mirror.
func fromPlanes(mirror []byte, f *Frame, moves []move, planes, block []byte) {
	n := f.Slots
	at, left := 0, 0 // slots taken out of planes, and those of them that are still in block
	for r := range f.Ranges() {
		for r.Count > 0 {
			if left == 0 {
				left = min(blockSlots, n-at)
				block = block[:left*f.SlotBytes]
				blockFromPlanes(block, planes, n, at, f.SlotBytes)
				at += left
			}
			k := min(r.Count, left)
			to := mirror[r.First*f.SlotBytes : (r.First+k)*f.SlotBytes]
			part := block[len(block)-left*f.SlotBytes:][:len(to)]
			if f.Base == 0 {
				copy(to, part)
			} else {
				moveWords(to, moves, f.SlotBytes)
				addTo(to, part)
			}
			left -= k
			r = arena.Range{First: r.First + k, Count: r.Count - k}
		}
	}
}

// plane returns the number of the plane for byte b of a slot: the lowest bytes of all words
// come first, then the next bytes of all words.
func plane(b, slotBytes int) int { return b%4*(slotBytes/4) + b/4 }

// blockIntoPlanes writes the slots of block into the planes of dst, which have n places
// each, from place at on.
func blockIntoPlanes(dst []byte, n, at int, block []byte, slotBytes int) {
	slots := len(block) / slotBytes
	eights := slots &^ 7
	higher := slotBytes / 4 * n // from a plane to the plane of the next byte of the word
	b := 0
	for ; b+8 <= slotBytes; b += 8 {
		for i := 0; i < eights; i += 8 {
			rows := block[i*slotBytes+b:]
			c0, c1, c2, c3, c4, c5, c6, c7 := transpose(
				word(rows, 0), word(rows, slotBytes), word(rows, 2*slotBytes), word(rows, 3*slotBytes),
				word(rows, 4*slotBytes), word(rows, 5*slotBytes), word(rows, 6*slotBytes), word(rows, 7*slotBytes))
			planes := dst[b/4*n+at+i:]
			putWord(planes, 0, c0)
			putWord(planes, higher, c1)
			putWord(planes, 2*higher, c2)
			putWord(planes, 3*higher, c3)
			putWord(planes, n, c4)
			putWord(planes, n+higher, c5)
			putWord(planes, n+2*higher, c6)
			putWord(planes, n+3*higher, c7)
		}
	}
	for ; b < slotBytes; b++ { // the last four bytes of slots that are no multiple of eight
		places := dst[plane(b, slotBytes)*n+at:]
		for i := range eights {
			places[i] = block[i*slotBytes+b]
		}
	}
	for i := eights; i < slots; i++ {
		for b := range slotBytes {
			dst[plane(b, slotBytes)*n+at+i] = block[i*slotBytes+b]
		}
	}
}

// blockFromPlanes is the inverse of blockIntoPlanes.
func blockFromPlanes(block, src []byte, n, at, slotBytes int) {
	slots := len(block) / slotBytes
	eights := slots &^ 7
	higher := slotBytes / 4 * n
	b := 0
	for ; b+8 <= slotBytes; b += 8 {
		for i := 0; i < eights; i += 8 {
			planes := src[b/4*n+at+i:]
			r0, r1, r2, r3, r4, r5, r6, r7 := transpose(
				word(planes, 0), word(planes, higher), word(planes, 2*higher), word(planes, 3*higher),
				word(planes, n), word(planes, n+higher), word(planes, n+2*higher), word(planes, n+3*higher))
			rows := block[i*slotBytes+b:]
			putWord(rows, 0, r0)
			putWord(rows, slotBytes, r1)
			putWord(rows, 2*slotBytes, r2)
			putWord(rows, 3*slotBytes, r3)
			putWord(rows, 4*slotBytes, r4)
			putWord(rows, 5*slotBytes, r5)
			putWord(rows, 6*slotBytes, r6)
			putWord(rows, 7*slotBytes, r7)
		}
	}
	for ; b < slotBytes; b++ {
		places := src[plane(b, slotBytes)*n+at:]
		for i := range eights {
			block[i*slotBytes+b] = places[i]
		}
	}
	for i := eights; i < slots; i++ {
		for b := range slotBytes {
			block[i*slotBytes+b] = src[plane(b, slotBytes)*n+at+i]
		}
	}
}

func word(b []byte, at int) uint64       { return binary.LittleEndian.Uint64(b[at:]) }
func putWord(b []byte, at int, v uint64) { binary.LittleEndian.PutUint64(b[at:], v) }

// transpose turns eight rows of eight bytes into columns. It exchanges larger and larger
// blocks across the diagonal (Warren, "Hacker's Delight", 2nd edition, 7-3). Rows and
// columns stay in registers.
func transpose(a, b, c, d, e, f, g, h uint64) (_, _, _, _, _, _, _, _ uint64) {
	const by8, by16, by32 = 0x00ff00ff00ff00ff, 0x0000ffff0000ffff, 0x00000000ffffffff
	a, b = exchange(a, b, by8, 8)
	c, d = exchange(c, d, by8, 8)
	e, f = exchange(e, f, by8, 8)
	g, h = exchange(g, h, by8, 8)

	a, c = exchange(a, c, by16, 16)
	b, d = exchange(b, d, by16, 16)
	e, g = exchange(e, g, by16, 16)
	f, h = exchange(f, h, by16, 16)

	a, e = exchange(a, e, by32, 32)
	b, f = exchange(b, f, by32, 32)
	c, g = exchange(c, g, by32, 32)
	d, h = exchange(d, h, by32, 32)
	return a, b, c, d, e, f, g, h
}

func exchange(a, b, mask uint64, by uint) (uint64, uint64) {
	x := (a>>by ^ b) & mask
	return a ^ x<<by, b ^ x
}

// subtract sets each word of 32 bits in dst to that of a minus that of b, as zigzag, so that
// small differences of either sign have zeros in their high bytes. It takes two words at a
// time, and neither carries into the other. dst may be b.
func subtract(dst, a, b []byte) {
	const ones = 1<<32 | 1 // a bit for each word
	a, b = a[:len(dst)], b[:len(dst)]
	i := 0
	for ; i+8 <= len(dst); i += 8 {
		x, y := word(a, i), word(b, i)
		d := uint64(uint32(x)-uint32(y)) | (x>>32-y>>32)<<32
		negative := d >> 31 & ones
		putWord(dst, i, d<<1&^ones^(negative<<32-negative))
	}
	for ; i+4 <= len(dst); i += 4 {
		d := binary.LittleEndian.Uint32(a[i:]) - binary.LittleEndian.Uint32(b[i:])
		binary.LittleEndian.PutUint32(dst[i:], d<<1^uint32(int32(d)>>31))
	}
}

// addTo adds the differences in z, as subtract makes them, to dst.
func addTo(dst, z []byte) {
	const ones = 1<<32 | 1
	z = z[:len(dst)]
	i := 0
	for ; i+8 <= len(dst); i += 8 {
		d := word(z, i)
		negative := d & ones
		d = d>>1&^(ones<<31) ^ (negative<<32 - negative)
		x := word(dst, i)
		putWord(dst, i, uint64(uint32(x)+uint32(d))|(x>>32+d>>32)<<32)
	}
	for ; i+4 <= len(dst); i += 4 {
		d := binary.LittleEndian.Uint32(z[i:])
		binary.LittleEndian.PutUint32(dst[i:], binary.LittleEndian.Uint32(dst[i:])+(d>>1^-(d&1)))
	}
}
