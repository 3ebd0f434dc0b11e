package wire

import (
	"fmt"
	"slices"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"

	"github.com/slotstream/slotstream/arena"
)

// Packing is how the slots of a message are packed.
type Packing uint8

const (
	Raw    Packing = iota // as they are
	Planes                // differences, in planes: for what is packed as a whole, a file's chunk
	S2                    // the same, by S2: fast
	Zstd                  // the same, by Zstandard: small
	Common                // as they are, but words that all have in common come once: for networks
)

// differs reports whether p packs differences to what the receiver has, as a Packer makes
// them.
func (p Packing) differs() bool { return p != Raw && p != Common }

// A Packer makes packed messages for one receiver. Not for several goroutines at once.
type Packer struct {
	planes []byte
	block  []byte // of blockSlots slots, on its way into planes
	moves  []move
	votes  []uint8 // for moves
	zstd   *zstd.Encoder
}

// Append is the function Append for h.Packing. has is what the receiver has, all slots'
// memory as mirror; nil where it has nothing, as in a frame with a Base of 0. It allocates
// nothing once it has seen its largest frame.
func (p *Packer) Append(dst []byte, h Header, ticks []arena.GroupTick, ranges []arena.Range, mirror, has []byte) []byte {
	checkByteOrder()
	if !h.Packing.differs() {
		return Append(dst, h, ticks, ranges, mirror)
	}
	start := len(dst)
	p.findMoves(ranges, mirror, has, h.SlotBytes)
	dst, c := appendHead(dst, h, ticks, p.moves, ranges)
	size := c.slots * h.SlotBytes
	p.block = grown(p.block, blockSlots*h.SlotBytes)
	at := len(dst)
	if h.Packing == Planes {
		dst = slices.Grow(dst, size)[:at+size]
		intoPlanes(dst[at:], ranges, mirror, has, p.moves, h.SlotBytes, p.block)
		h.put(dst[start:], c)
		return dst
	}
	p.planes = grown(p.planes, size)
	intoPlanes(p.planes, ranges, mirror, has, p.moves, h.SlotBytes, p.block)
	switch h.Packing {
	case S2:
		most := s2.MaxEncodedLen(size)
		dst = slices.Grow(dst, most)
		dst = dst[:at+len(s2.Encode(dst[at:at+most], p.planes))]
	case Zstd:
		if p.zstd == nil {
			p.zstd, _ = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(false))
		}
		dst = p.zstd.EncodeAll(p.planes, dst)
	default:
		panic(fmt.Sprintf("wire: packing %d: Raw, Planes, S2, Zstd or Common", h.Packing))
	}
	h.put(dst[start:], c)
	return dst
}

// An Unpacker takes frames apart. Not for several goroutines at once.
type Unpacker struct {
	planes []byte
	block  []byte // of blockSlots slots, on its way out of planes
	moves  []move
	zstd   *zstd.Decoder
	most   uint64 // that zstd was made for
}

// CopyTo puts the frame's slots into mirror, all slots' memory, which must hold what the
// sender said that the receiver has: where Base is not 0, slots are differences to it. An
// error wraps ErrFormat, and leaves mirror as it was.
func (u *Unpacker) CopyTo(mirror []byte, f *Frame) error {
	if !f.Packing.differs() {
		f.CopyTo(mirror)
		return nil
	}
	size := f.Slots * f.SlotBytes // within Limits, whatever the body says
	planes, err := u.unpack(f, size)
	if err != nil {
		return err
	}
	u.block = grown(u.block, blockSlots*f.SlotBytes)
	u.moves = f.movesTo(u.moves[:0])
	fromPlanes(mirror, f, u.moves, planes, u.block)
	return nil
}

// unpack is the frame's planes, of size bytes: valid until the next call, and as long as
// the message is.
func (u *Unpacker) unpack(f *Frame, size int) ([]byte, error) {
	if f.Packing == Planes {
		return f.body, nil // Decode has looked at its length
	}
	u.planes = grown(u.planes, size)
	switch f.Packing {
	case S2:
		if n, err := s2.DecodedLen(f.body); err != nil || n != size {
			return nil, fmt.Errorf("%w: packed slots of %d bytes, want %d", ErrFormat, n, size)
		}
		if _, err := s2.Decode(u.planes, f.body); err != nil {
			return nil, fmt.Errorf("%w: its slots do not unpack: %w", ErrFormat, err)
		}
	case Zstd:
		if most := uint64(max(size, 1<<16)); u.zstd == nil || most > u.most {
			if u.zstd != nil {
				u.zstd.Close()
			}
			var err error
			u.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(most))
			if err != nil {
				return nil, fmt.Errorf("wire: make a decoder: %w", err)
			}
			u.most = most
		}
		out, err := u.zstd.DecodeAll(f.body, u.planes[:0])
		if err != nil {
			return nil, fmt.Errorf("%w: its slots do not unpack: %w", ErrFormat, err)
		}
		if len(out) != size {
			return nil, fmt.Errorf("%w: packed slots of %d bytes, want %d", ErrFormat, len(out), size)
		}
		u.planes = out
	}
	return u.planes, nil
}

// grown is b with n bytes, whose contents are undefined.
func grown(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}
