package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// ErrFormat is wrapped by every error about a message that this package did not write, that
// was damaged on the way, or that is larger than the receiver's Limits. Callers put their
// own package in front.
var ErrFormat = errors.New("corrupt message")

// A Header tells a receiver where a message belongs.
type Header struct {
	SlotBytes   int    // a multiple of 4, at most MostSlotBytes
	Epoch       uint64 // tells one publisher from the next of its name
	Seq         uint64 // counts the frames of an Epoch
	Base        uint64 // the Seq that this frame builds on; 0: the frame has all slots
	Time        int64  // nanoseconds, on a clock that sender and receiver agree on
	HighWater   int    // slots to draw, as arena.Delta's
	Part, Parts int    // of the frame: 0 of 1 for a frame in one message
}

// The header has no room for more.
const (
	MostSlotBytes = 4 * (1<<16 - 1)
	MostParts     = 1<<16 - 1
)

// check panics for a header that cannot be written.
func (h *Header) check() {
	if h.SlotBytes <= 0 || h.SlotBytes%4 != 0 || h.SlotBytes > MostSlotBytes {
		panic(fmt.Sprintf("wire: slots of %d bytes: want a multiple of 4, at most %d", h.SlotBytes, MostSlotBytes))
	}
	if h.Parts < 1 || h.Parts > MostParts || h.Part < 0 || h.Part >= h.Parts {
		panic(fmt.Sprintf("wire: part %d of %d: want 0 to 65534 of 1 to 65535", h.Part, h.Parts))
	}
}

// content says what lies behind a header.
type content struct {
	body                 byte // wholeSlots or differences
	ticks, moves, ranges int  // how many
	slots                int  // in the ranges
	size                 int  // of ticks, moves and ranges, in bytes
	common               uint64
}

// put writes the header of a message whose other parts are in place.
func (h *Header) put(b []byte, c content) {
	le := binary.LittleEndian
	head := b[:headerSize]
	copy(head, magic)
	head[4], head[5] = c.body, byte(c.moves)
	le.PutUint16(head[6:], uint16(h.SlotBytes/4))
	le.PutUint64(head[8:], h.Epoch)
	le.PutUint64(head[16:], h.Seq)
	le.PutUint64(head[24:], h.Base)
	le.PutUint64(head[32:], uint64(h.Time))
	le.PutUint64(head[40:], c.common)
	le.PutUint32(head[48:], uint32(h.HighWater))
	le.PutUint16(head[52:], uint16(h.Part))
	le.PutUint16(head[54:], uint16(h.Parts))
	le.PutUint32(head[56:], uint32(c.ticks))
	le.PutUint32(head[60:], uint32(c.ranges))
	le.PutUint32(head[64:], uint32(c.slots))
	le.PutUint32(head[68:], uint32(c.size))
	le.PutUint32(head[72:], uint32(len(b)-headerSize-c.size))
	le.PutUint32(head[76:], checksum(b[:headerSize+c.size]))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum returns the checksum of everything before the body, without its own four bytes.
func checksum(b []byte) uint32 {
	return crc32.Update(crc32.Checksum(b[:76], castagnoli), castagnoli, b[80:])
}
