package wire

import (
	"encoding/binary"
	"fmt"
	"iter"
	"math"

	"github.com/slotstream/slotstream/arena"
)

// Append appends to dst the message of h with ticks, of which only To is sent, and with the
// slots in ranges. Ticks ascend by group. Ranges ascend and never touch. Both are so in a
// Backlog. mirror is the memory of all slots: slot i begins at i·h.SlotBytes. Append
// allocates nothing where dst has room. It panics if a range reaches past mirror.
func Append(dst []byte, h Header, ticks []arena.GroupTick, ranges []arena.Range, mirror []byte) []byte {
	checkByteOrder()
	start := len(dst)
	dst, c := appendHead(dst, h, ticks, nil, ranges)
	dst, c.common = appendCommon(dst, ranges, mirror, h.SlotBytes, c.slots)
	if c.common == 0 {
		for _, r := range ranges {
			dst = append(dst, mirror[r.First*h.SlotBytes:r.End()*h.SlotBytes]...)
		}
	}
	h.put(dst[start:], c)
	return dst
}

// appendHead appends room for a header, then ticks, moves and ranges.
func appendHead(dst []byte, h Header, ticks []arena.GroupTick, moves []move, ranges []arena.Range) ([]byte, content) {
	h.check()
	start := len(dst)
	dst = append(dst, make([]byte, headerSize)...)
	dst = appendTicks(dst, ticks)
	dst = appendMoves(dst, moves)
	at, slots := 0, 0
	for _, r := range ranges {
		if r.Count < 1 || r.First < at {
			panic(fmt.Sprintf("wire: range %v after slot %d: want ranges that ascend and have slots", r, at))
		}
		dst = binary.AppendUvarint(dst, uint64(r.First-at))
		dst = binary.AppendUvarint(dst, uint64(r.Count-1))
		at = r.End()
		slots += r.Count
	}
	for (len(dst)-start)%16 != 0 {
		dst = append(dst, 0)
	}
	return dst, content{ticks: len(ticks), moves: len(moves), ranges: len(ranges), slots: slots, size: len(dst) - start - headerSize}
}

// Limits are the largest message that a receiver takes. The zero value takes none.
type Limits struct {
	SlotBytes int // the size of the receiver's slots: a message must have the same
	MaxSlots  int // the length of the receiver's mirror: every index must be below
}

// A Frame is a decoded message. All its numbers are within Limits. It refers to the
// message's bytes. One goroutine at a time may use it.
type Frame struct {
	Header
	Differences bool // to the frame before: an Unpacker applies them
	Groups      int  // in Ticks
	Slots       int  // in Ranges

	ticks  []byte // encoded
	moves  []byte // encoded
	moved  int    // how many moves
	common uint64 // words that are in front of the body, and not in its slots
	ranges []byte // encoded
	count  int    // of ranges
	body   []byte
}

// Decode checks a message and makes f refer to it. It allocates nothing but an error, which
// wraps ErrFormat. After an error f is empty.
func (f *Frame) Decode(b []byte, l Limits) error {
	checkByteOrder()
	*f = Frame{}
	switch {
	case len(b) < headerSize || string(b[:3]) != magic[:3]:
		return fmt.Errorf("%w: %d bytes without a header", ErrFormat, len(b))
	case b[3] != magic[3]:
		return fmt.Errorf("%w: version %q of the format, want %q: use the same release of slotstream on both sides",
			ErrFormat, b[3:4], magic[3:])
	}
	le := binary.LittleEndian
	size, bodySize := uint64(le.Uint32(b[68:])), uint64(le.Uint32(b[72:]))
	if want := headerSize + size + bodySize; uint64(len(b)) != want {
		return fmt.Errorf("%w: %d bytes of a message of %d", ErrFormat, len(b), want)
	}
	if checksum(b[:headerSize+size]) != le.Uint32(b[76:]) {
		return fmt.Errorf("%w: its checksum does not match", ErrFormat)
	}
	g := Frame{
		Header: Header{
			SlotBytes: 4 * int(le.Uint16(b[6:])),
			Epoch:     le.Uint64(b[8:]), Seq: le.Uint64(b[16:]), Base: le.Uint64(b[24:]), Time: int64(le.Uint64(b[32:])),
			HighWater: int(le.Uint32(b[48:])), Part: int(le.Uint16(b[52:])), Parts: int(le.Uint16(b[54:])),
		},
		Differences: b[4] == differences, Groups: int(le.Uint32(b[56:])), Slots: int(le.Uint32(b[64:])),
		count: int(le.Uint32(b[60:])), moved: int(b[5]), common: le.Uint64(b[40:]),
		ticks: b[headerSize : headerSize+size], body: b[headerSize+size:],
	}
	switch {
	case b[4] > differences:
		return fmt.Errorf("%w: a body of unknown kind %d", ErrFormat, b[4])
	case g.SlotBytes != l.SlotBytes:
		return fmt.Errorf("%w: slots of %d bytes, want %d", ErrFormat, g.SlotBytes, l.SlotBytes)
	case le.Uint32(b[48:])|le.Uint32(b[56:])|le.Uint32(b[60:])|le.Uint32(b[64:]) > math.MaxInt32: // more than an int of 32 bits holds
		return fmt.Errorf("%w: %d slots in %d ranges below %d, %d ticks",
			ErrFormat, le.Uint32(b[64:]), le.Uint32(b[60:]), le.Uint32(b[48:]), le.Uint32(b[56:]))
	case g.Parts < 1 || g.Part >= g.Parts:
		return fmt.Errorf("%w: part %d of %d", ErrFormat, g.Part, g.Parts)
	case g.HighWater > l.MaxSlots || g.Slots > l.MaxSlots:
		return fmt.Errorf("%w: %d slots below %d, want at most %d", ErrFormat, g.Slots, g.HighWater, l.MaxSlots)
	case g.common != 0 && (g.Differences || g.SlotBytes > commonBytes || g.SlotBytes%16 != 0 || g.common>>(g.SlotBytes/4) != 0):
		return fmt.Errorf("%w: common words %x in slots of %d bytes", ErrFormat, g.common, g.SlotBytes)
	case uint64(g.Slots)*uint64(g.SlotBytes-bytesOf(g.common))+uint64(bytesOf(g.common)) != bodySize:
		return fmt.Errorf("%w: a body of %d bytes for %d slots of %d", ErrFormat, bodySize, g.Slots, g.SlotBytes)
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
			return fmt.Errorf("%w: slots %d to %d of at most %d", ErrFormat, r.First, r.End()-1, l.MaxSlots)
		}
		slots += r.Count
		count++
	}
	if slots != g.Slots || count != g.count {
		return fmt.Errorf("%w: %d slots in %d ranges, want %d in %d", ErrFormat, slots, count, g.Slots, g.count)
	}
	*f = g
	return nil
}

// Base returns the Header.Base of a message without decoding it. It reports whether b begins
// as a message does, and checks nothing more.
func Base(b []byte) (base uint64, ok bool) {
	if len(b) < headerSize || string(b[:len(magic)]) != magic {
		return 0, false
	}
	return binary.LittleEndian.Uint64(b[24:]), true
}

// Ranges yields the ranges of the slots that the frame has, ascending.
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

// CopySlots fills dst with the frame's slots from the n-th on, counted in the order of
// Ranges. It is for receivers whose slots do not lie side by side. It panics if the frame
// holds differences or has too few slots.
func (f *Frame) CopySlots(dst []byte, n int) {
	if f.Differences {
		panic("wire: CopySlots of a frame of differences: use an Unpacker")
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

// CopyTo copies the frame's slots into mirror, the memory of all slots. It panics if the
// frame holds differences, or if a slot lies past mirror, which Limits exclude.
func (f *Frame) CopyTo(mirror []byte) {
	n := 0
	for r := range f.Ranges() {
		f.CopySlots(mirror[r.First*f.SlotBytes:r.End()*f.SlotBytes], n)
		n += r.Count
	}
}
