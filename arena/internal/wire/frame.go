package wire

import (
	"encoding/binary"
	"fmt"
	"iter"
	"math"

	"github.com/slotstream/slotstream/arena"
)

// Append appends to dst the message of h with the ticks, of which To counts, and the slots in
// ranges. Ticks ascend by group; ranges ascend and never touch, as a Delta's. mirror is all slots' memory: slot i is at
// i·h.SlotBytes. It allocates nothing where dst has room, and panics if a range reaches
// past mirror. h.Packing must be Raw or Common; see Packer.
func Append(dst []byte, h Header, ticks []arena.GroupTick, ranges []arena.Range, mirror []byte) []byte {
	checkByteOrder()
	if h.Packing.differs() {
		panic("wire: Append of a packed message: Packer makes those")
	}
	start := len(dst)
	dst, c := appendHead(dst, h, ticks, nil, ranges)
	if h.Packing == Common {
		dst, c.common = appendCommon(dst, ranges, mirror, h.SlotBytes, c.slots)
	}
	if c.common == 0 {
		for _, r := range ranges {
			dst = append(dst, mirror[r.First*h.SlotBytes:r.End()*h.SlotBytes]...)
		}
	}
	h.put(dst[start:], c)
	return dst
}

// appendHead appends room for a header, the ticks, the moves and the ranges.
func appendHead(dst []byte, h Header, ticks []arena.GroupTick, moves []move, ranges []arena.Range) ([]byte, content) {
	h.check()
	start := len(dst)
	dst = append(dst, make([]byte, headerSize)...)
	dst = appendTicks(dst, ticks)
	dst = appendMoves(dst, moves)
	at, slots := 0, 0
	for _, r := range ranges {
		if r.Count < 1 || r.First < at {
			panic(fmt.Sprintf("wire: range %v after slot %d: ranges ascend and have slots", r, at))
		}
		dst = binary.AppendUvarint(dst, uint64(r.First-at))
		dst = binary.AppendUvarint(dst, uint64(r.Count-1))
		at = r.End()
		slots += r.Count
	}
	for (len(dst)-start)%16 != 0 {
		dst = append(dst, 0)
	}
	return dst, content{ticks: len(ticks), moves: len(moves), ranges: len(ranges), slots: slots, headBytes: len(dst) - start - headerSize}
}

// Limits are what a receiver is ready for. The zero value is ready for nothing.
type Limits struct {
	SlotBytes int // exactly these: the size of the receiver's slots
	MaxSlots  int // indices must be below: the length of the receiver's mirror
}

// A Frame is a message that has been looked at: every number in it is in range. It
// refers to the message's bytes, and is used by one goroutine at a time.
type Frame struct {
	Header
	Groups int // in Ticks
	Slots  int // in Ranges

	ticks  []byte // encoded
	moves  []byte // encoded
	moved  int    // how many moves
	common uint64 // words that are in front of body, and not in its slots
	ranges []byte // encoded
	count  int    // of ranges
	body   []byte
}

// Decode looks at a message, and keeps referring to b. It allocates nothing but an error,
// which wraps ErrFormat.
func (f *Frame) Decode(b []byte, l Limits) error {
	checkByteOrder()
	*f = Frame{}
	switch {
	case len(b) < headerSize || string(b[:3]) != magic[:3]:
		return fmt.Errorf("%w: %d bytes that do not begin as one", ErrFormat, len(b))
	case b[3] != magic[3]:
		return fmt.Errorf("%w: of version %q of the format, want %q: sender and receiver need the same release of slotstream",
			ErrFormat, b[3:4], magic[3:])
	}
	le := binary.LittleEndian
	headBytes, bodyBytes := uint64(le.Uint32(b[68:])), uint64(le.Uint32(b[72:]))
	if uint64(len(b)) != headerSize+headBytes+bodyBytes {
		return fmt.Errorf("%w: it has %d bytes, and says %d: cut off", ErrFormat, len(b), headerSize+headBytes+bodyBytes)
	}
	if checksum(b[:headerSize+headBytes]) != le.Uint32(b[76:]) {
		return fmt.Errorf("%w: its checksum does not match: damaged on the way", ErrFormat)
	}
	g := Frame{
		Header: Header{
			Packing: Packing(b[4]), SlotBytes: 4 * int(le.Uint16(b[6:])),
			Epoch: le.Uint64(b[8:]), Seq: le.Uint64(b[16:]), Base: le.Uint64(b[24:]), Time: int64(le.Uint64(b[32:])),
			HighWater: int(le.Uint32(b[48:])), Part: int(le.Uint16(b[52:])), Parts: int(le.Uint16(b[54:])),
		},
		Groups: int(le.Uint32(b[56:])), Slots: int(le.Uint32(b[64:])),
		count: int(le.Uint32(b[60:])), moved: int(b[5]), common: le.Uint64(b[40:]),
		ticks: b[headerSize : headerSize+headBytes], body: b[headerSize+headBytes:],
	}
	switch {
	case g.Packing > Common:
		return fmt.Errorf("%w: packing %d: from a newer program?", ErrFormat, g.Packing)
	case g.SlotBytes != l.SlotBytes:
		return fmt.Errorf("%w: slots of %d bytes, want %d", ErrFormat, g.SlotBytes, l.SlotBytes)
	case le.Uint32(b[48:])|le.Uint32(b[56:])|le.Uint32(b[60:])|le.Uint32(b[64:]) > math.MaxInt32: // an int may not hold them
		return fmt.Errorf("%w: %d slots in %d ranges under %d, %d ticks", ErrFormat, le.Uint32(b[64:]), le.Uint32(b[60:]), le.Uint32(b[48:]), le.Uint32(b[56:]))
	case g.Parts < 1 || g.Part >= g.Parts:
		return fmt.Errorf("%w: part %d of %d", ErrFormat, g.Part, g.Parts)
	case g.HighWater > l.MaxSlots || g.Slots > l.MaxSlots:
		return fmt.Errorf("%w: %d slots under %d, want at most %d", ErrFormat, g.Slots, g.HighWater, l.MaxSlots)
	case g.common != 0 && (g.Packing != Common || g.SlotBytes > commonBytes || g.SlotBytes%16 != 0 || g.common>>(g.SlotBytes/4) != 0):
		return fmt.Errorf("%w: words in common that its slots do not have", ErrFormat)
	case (g.Packing <= Planes || g.Packing == Common) &&
		uint64(g.Slots)*uint64(g.SlotBytes-bytesOf(g.common))+uint64(bytesOf(g.common)) != bodyBytes:
		return fmt.Errorf("%w: %d bytes for %d slots of %d", ErrFormat, bodyBytes, g.Slots, g.SlotBytes)
	}
	if err := g.cutTicks(); err != nil {
		return err
	}
	if err := g.cutMoves(); err != nil {
		return err
	}
	slots, count := 0, 0
	for r := range g.Ranges() {
		if r.End() > l.MaxSlots {
			return fmt.Errorf("%w: slots %d to %d, of at most %d", ErrFormat, r.First, r.End()-1, l.MaxSlots)
		}
		slots += r.Count
		count++
	}
	if slots != g.Slots || count != g.count {
		return fmt.Errorf("%w: %d slots in %d ranges, and it says %d in %d", ErrFormat, slots, count, g.Slots, g.count)
	}
	*f = g
	return nil
}

// Ranges are the slots that the frame brings, ascending.
func (f *Frame) Ranges() iter.Seq[arena.Range] {
	return func(yield func(arena.Range) bool) {
		b, at := f.ranges, uint64(0)
		for range f.count {
			gap, n := binary.Uvarint(b)
			if n <= 0 || gap > math.MaxInt32 {
				return
			}
			count, m := binary.Uvarint(b[n:])
			if m <= 0 || count > math.MaxInt32 {
				return
			}
			b = b[n+m:]
			first := at + gap
			if at = first + count + 1; at > math.MaxInt32 {
				return
			}
			if !yield(arena.Range{First: int(first), Count: int(count) + 1}) {
				return
			}
		}
	}
}

// CopySlots fills dst with the slots of a Raw or Common frame from the n-th on, in the order
// of Ranges: for a receiver whose memory is not all in one place. It panics if the frame
// is packed otherwise, or has not as many.
func (f *Frame) CopySlots(dst []byte, n int) {
	if f.Packing.differs() {
		panic("wire: CopySlots of a packed frame: Unpacker takes those apart")
	}
	if len(dst)%f.SlotBytes != 0 || n < 0 || n+len(dst)/f.SlotBytes > f.Slots {
		panic(fmt.Sprintf("wire: CopySlots of %d bytes from slot %d on, of %d slots of %d", len(dst), n, f.Slots, f.SlotBytes))
	}
	if f.common == 0 {
		copy(dst, f.body[n*f.SlotBytes:])
		return
	}
	values := bytesOf(f.common)
	expand(dst, f.body[values+n*(f.SlotBytes-values):], f.body[:values], f.common, f.SlotBytes)
}

// CopyTo puts the slots of a Raw or Common frame into mirror, all slots' memory. It panics
// if the frame is packed otherwise, or reaches past mirror: Limits keep it from that.
func (f *Frame) CopyTo(mirror []byte) {
	n := 0
	for r := range f.Ranges() {
		f.CopySlots(mirror[r.First*f.SlotBytes:r.End()*f.SlotBytes], n)
		n += r.Count
	}
}

// Split cuts a frame into parts whose messages have at most partBytes bytes each, one tick or slot
// at least: first the ticks, then the ranges. It yields one part if there is nothing. The
// slices that it yields are valid until the next.
func Split(ticks []arena.GroupTick, ranges []arena.Range, slotBytes, partBytes int) iter.Seq2[[]arena.GroupTick, []arena.Range] {
	const perRange = 10 // bytes at most
	room := partBytes - headerSize - 16
	return func(yield func([]arena.GroupTick, []arena.Range) bool) {
		for most := max(room/tickBytes, 1); len(ticks) > most; ticks = ticks[most:] {
			if !yield(ticks[:most], nil) {
				return
			}
		}
		var part []arena.Range
		left, yielded := room-len(ticks)*tickBytes, false
		for _, r := range ranges {
			for r.Count > 0 {
				n := min(r.Count, (left-perRange)/slotBytes)
				if n < 1 && len(ticks)+len(part) > 0 {
					if !yield(ticks, part) {
						return
					}
					ticks, part, left, yielded = nil, part[:0], room, true
					continue
				}
				n = max(n, 1)
				part = append(part, arena.Range{First: r.First, Count: n})
				left -= perRange + n*slotBytes
				r = arena.Range{First: r.First + n, Count: r.Count - n}
			}
		}
		if len(ticks)+len(part) > 0 || !yielded {
			yield(ticks, part)
		}
	}
}
