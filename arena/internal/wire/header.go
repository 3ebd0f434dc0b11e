package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// ErrFormat is wrapped by every error about a message that is not what this package
// writes, was damaged on the way, or is larger than the receiver is ready for.
var ErrFormat = errors.New("wire: not a message to be used")

// A Header is what a message says of itself.
type Header struct {
	Packing     Packing // zero: Raw
	SlotBytes   int     // a multiple of 4, to 262,140
	Epoch       uint64  // which publisher this is: another after a restart
	Seq         uint64  // counts its frames
	Base        uint64  // the Seq that this frame builds on; 0: all slots are in it
	Time        int64   // nanoseconds, on a clock that sender and receiver agree on
	HighWater   int     // slots to draw, as arena.Delta's
	Part, Parts int     // of a frame that is cut: 0 of 1 for one that is not; 0 of 0 is misuse
}

// What a message has room to count.
const (
	MostSlotBytes = 4 * (1<<16 - 1)
	MostParts     = 1<<16 - 1
)

const (
	headerSize = 80
	magic      = "SLT2" // with the version of the format; SLT1 had one tick for all groups
)

// The checks that a Header must pass to be written are the programmer's to keep.
func (h *Header) check() {
	if h.SlotBytes <= 0 || h.SlotBytes%4 != 0 || h.SlotBytes > MostSlotBytes {
		panic(fmt.Sprintf("wire: slots of %d bytes: want a multiple of 4 to %d", h.SlotBytes, MostSlotBytes))
	}
	if h.Parts < 1 || h.Parts > MostParts || h.Part < 0 || h.Part >= h.Parts {
		panic(fmt.Sprintf("wire: part %d of %d: want 0 to 65534 of 1 to 65535", h.Part, h.Parts))
	}
}

// content says what lies behind a header.
type content struct {
	ticks, moves, ranges int // how many
	slots                int // in the ranges
	headBytes            int // of ticks, moves and ranges
	common               uint64
}

// put writes the header of a message whose other parts are in place.
func (h *Header) put(b []byte, c content) {
	le := binary.LittleEndian
	head := b[:headerSize]
	copy(head, magic)
	head[4] = byte(h.Packing)
	head[5] = byte(c.moves)
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
	le.PutUint32(head[68:], uint32(c.headBytes))
	le.PutUint32(head[72:], uint32(len(b)-headerSize-c.headBytes))
	le.PutUint32(head[76:], checksum(b[:headerSize+c.headBytes]))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum is that of header, ticks, moves and ranges, without its own four bytes.
func checksum(b []byte) uint32 {
	return crc32.Update(crc32.Checksum(b[:76], castagnoli), castagnoli, b[80:])
}
