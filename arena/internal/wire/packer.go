package wire

import "github.com/slotstream/slotstream/arena"

// A Packer makes messages of differences, for one receiver that takes all of them in order.
// One goroutine at a time may use it.
type Packer struct {
	block []byte // blockSlots slots on the way into planes
	moves []move
	votes []uint8 // for moves
}

// Append appends to dst the message of h with ticks, as the function Append does, and with
// the slots in ranges, which lie one after the other in slots. has is what the receiver
// has: the memory of all its slots, or nil where h.Base is 0. It allocates nothing once it
// has seen its largest frame. The cost is that of the slots in ranges.
func (p *Packer) Append(dst []byte, h Header, ticks []arena.GroupTick, ranges []arena.Range, slots, has []byte) []byte {
	checkByteOrder()
	start := len(dst)
	p.findMoves(ranges, slots, has, h.SlotBytes)
	dst, c := appendHead(dst, h, ticks, p.moves, ranges)
	c.body = differences
	size, at := c.slots*h.SlotBytes, len(dst)
	dst = grown(dst, at+size)
	p.block = grown(p.block[:0], blockSlots*h.SlotBytes)
	intoPlanes(dst[at:], ranges, slots, has, p.moves, h.SlotBytes, p.block)
	h.put(dst[start:], c)
	return dst
}

// An Unpacker applies the frames of a Packer. One goroutine at a time may use it.
type Unpacker struct {
	block []byte // blockSlots slots on the way out of planes
	moves []move
}

// CopyTo brings mirror, the memory of all slots, from the frame f.Base to f. It takes every
// frame, also one without differences.
func (u *Unpacker) CopyTo(mirror []byte, f *Frame) {
	if !f.Differences {
		f.CopyTo(mirror)
		return
	}
	u.block = grown(u.block[:0], blockSlots*f.SlotBytes)
	u.moves = f.movesTo(u.moves[:0])
	fromPlanes(mirror, f, u.moves, f.body, u.block)
}

// grown returns b with n bytes, of which those behind b's end are undefined.
func grown(b []byte, n int) []byte {
	if cap(b) < n {
		return append(make([]byte, 0, n), b...)[:n]
	}
	return b[:n]
}
