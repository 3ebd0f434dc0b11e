package wire

import (
	"encoding/binary"
	"fmt"

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
)

// A Packer makes packed messages for one receiver. Not for several goroutines at once.
type Packer struct {
	diff, planes []byte
	zstd         *zstd.Encoder
}

// Append is the function Append for h.Packing. has is what the receiver has, all slots'
// memory as mirror; nil where it has nothing, as in a frame with a Base of 0. It allocates
// nothing once it has seen its largest frame.
func (p *Packer) Append(dst []byte, h Header, ranges []arena.Range, mirror, has []byte) []byte {
	if h.Packing == Raw {
		return Append(dst, h, ranges, mirror)
	}
	start := len(dst)
	dst, slots := appendRanges(dst, h, ranges)
	rangeBytes := len(dst) - start - headerSize
	p.diff = grown(p.diff, slots*h.SlotBytes)
	at := 0
	for _, r := range ranges {
		from, to := r.First*h.SlotBytes, r.End()*h.SlotBytes
		part := p.diff[at : at+to-from]
		if has == nil {
			copy(part, mirror[from:to])
		} else {
			subtract(part, mirror[from:to], has[from:to])
		}
		at += to - from
	}
	p.planes = grown(p.planes, len(p.diff))
	intoPlanes(p.planes, p.diff, h.SlotBytes)
	switch h.Packing {
	case Planes:
		dst = append(dst, p.planes...)
	case S2:
		most := s2.MaxEncodedLen(len(p.planes))
		at := len(dst)
		dst = append(dst, make([]byte, most)...)
		dst = dst[:at+len(s2.Encode(dst[at:], p.planes))]
	case Zstd:
		if p.zstd == nil {
			p.zstd, _ = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(false))
		}
		dst = p.zstd.EncodeAll(p.planes, dst)
	default:
		panic(fmt.Sprintf("wire: packing %d: Raw, Planes, S2 or Zstd", h.Packing))
	}
	h.put(dst[start:], len(ranges), slots, rangeBytes)
	return dst
}

// An Unpacker takes frames apart. Not for several goroutines at once.
type Unpacker struct {
	planes, diff []byte
	zstd         *zstd.Decoder
	most         uint64 // that zstd was made for
}

// CopyTo puts the frame's slots into mirror, all slots' memory, which must hold what the
// sender said that the receiver has: where Base is not 0, slots are differences to it. An
// error wraps ErrFormat, and leaves mirror as it was.
func (u *Unpacker) CopyTo(mirror []byte, f *Frame) error {
	if f.Packing == Raw {
		f.CopyTo(mirror)
		return nil
	}
	size := f.Slots * f.SlotBytes // within Limits, whatever the body says
	if err := u.unpack(f, size); err != nil {
		return err
	}
	u.diff = grown(u.diff, size)
	fromPlanes(u.diff, u.planes, f.SlotBytes)
	at := 0
	for r := range f.Ranges() {
		from, to := r.First*f.SlotBytes, r.End()*f.SlotBytes
		part := u.diff[at : at+to-from]
		if f.Base == 0 {
			copy(mirror[from:to], part)
		} else {
			addTo(mirror[from:to], part)
		}
		at += to - from
	}
	return nil
}

// unpack fills planes with size bytes.
func (u *Unpacker) unpack(f *Frame, size int) (err error) {
	u.planes = grown(u.planes, size)
	switch f.Packing {
	case Planes:
		copy(u.planes, f.body)
	case S2:
		if n, err := s2.DecodedLen(f.body); err != nil || n != size {
			return fmt.Errorf("%w: packed slots of %d bytes, want %d", ErrFormat, n, size)
		}
		if _, err := s2.Decode(u.planes, f.body); err != nil {
			return fmt.Errorf("%w: its slots do not unpack: %w", ErrFormat, err)
		}
	case Zstd:
		if most := uint64(max(size, 1<<16)); u.zstd == nil || most > u.most {
			if u.zstd != nil {
				u.zstd.Close()
			}
			u.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(most))
			if err != nil {
				return fmt.Errorf("wire: make a decoder: %w", err)
			}
			u.most = most
		}
		out, err := u.zstd.DecodeAll(f.body, u.planes[:0])
		if err != nil {
			return fmt.Errorf("%w: its slots do not unpack: %w", ErrFormat, err)
		}
		if len(out) != size {
			return fmt.Errorf("%w: packed slots of %d bytes, want %d", ErrFormat, len(out), size)
		}
		u.planes = out
	}
	return nil
}

// grown is b with n bytes, whose contents are undefined.
func grown(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

// subtract sets dst to a less b, word by word, as zigzag: small differences of either
// sign have zeros in their high bytes.
func subtract(dst, a, b []byte) {
	for i := 0; i+4 <= len(dst); i += 4 {
		d := binary.LittleEndian.Uint32(a[i:]) - binary.LittleEndian.Uint32(b[i:])
		binary.LittleEndian.PutUint32(dst[i:], d<<1^uint32(int32(d)>>31))
	}
}

// addTo is the way back: it adds the differences in z to dst.
func addTo(dst, z []byte) {
	for i := 0; i+4 <= len(dst); i += 4 {
		d := binary.LittleEndian.Uint32(z[i:])
		binary.LittleEndian.PutUint32(dst[i:], binary.LittleEndian.Uint32(dst[i:])+(d>>1^-(d&1)))
	}
}
