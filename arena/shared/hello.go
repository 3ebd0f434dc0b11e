package shared

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"unicode/utf8"
)

// The messages, as the package comment lists them.
type (
	hello struct {
		Magic          [8]byte
		Version, Order uint32
		Slots          uint64
		SlotBytes      uint32
		Flags          uint32
		Metadata       uint32
		_              [28]byte
		Name, Layout   [64]byte
		_              [64]byte
	}
	welcome struct {
		Magic            [8]byte
		Version, Refused uint32
		Bytes            uint64
		_                [40]byte
		Why              [192]byte
	}
	message struct{ What, Word uint32 }
)

const (
	flagFree = 1
	flagSeed = 2

	sayLeave    = 1
	sayExchange = 2

	mostMetadata = 1 << 16
)

// readHello reads what the writer says of itself. The error is for the writer to read.
func readHello(r io.Reader) (w Writer, err error) {
	var h hello
	if err := binary.Read(r, binary.NativeEndian, &h); err != nil {
		return w, fmt.Errorf("no hello: %w", err)
	}
	if string(h.Magic[:]) != magic {
		return w, errors.New("not a hello of slotstream")
	}
	if h.Order != byteOrder {
		return w, fmt.Errorf("byte order %#x: the host has %#x", h.Order, uint32(byteOrder))
	}
	if h.Version != version {
		return w, fmt.Errorf("version %d of the protocol: the host has version %d", h.Version, version)
	}
	w.Name, w.Layout, w.SlotBytes = text(h.Name[:]), text(h.Layout[:]), int(h.SlotBytes)
	w.FreeOnExit, w.Seed = h.Flags&flagFree != 0, h.Flags&flagSeed != 0
	if w.Name == "" || !utf8.ValidString(w.Name) {
		return w, fmt.Errorf("the name %q: want 1 to 63 bytes of UTF-8", w.Name)
	}
	if h.Slots == 0 || h.Slots > math.MaxInt32 {
		return w, fmt.Errorf("%d slots: want 1 to %d", h.Slots, math.MaxInt32)
	}
	w.Slots = int(h.Slots)
	if h.Metadata > mostMetadata {
		return w, fmt.Errorf("%d bytes of metadata: the host takes %d", h.Metadata, mostMetadata)
	}
	w.Metadata = make([]byte, h.Metadata)
	if _, err := io.ReadFull(r, w.Metadata); err != nil {
		return w, fmt.Errorf("hello without its %d bytes of metadata: %w", h.Metadata, err)
	}
	return w, nil
}

// text is what stands before the first zero; all 64 bytes are no text, since C would not find its end.
func text(b []byte) string {
	i := bytes.IndexByte(b, 0)
	return string(b[:max(i, 0)])
}

// answer is the welcome to a block of that many bytes, or says why the writer is refused.
func answer(bytes int, refused error) []byte {
	w := welcome{Version: version, Bytes: uint64(bytes)}
	copy(w.Magic[:], magic)
	if refused != nil {
		w.Refused, w.Bytes = 1, 0
		why := refused.Error()
		for len(why) > len(w.Why)-1 || !utf8.ValidString(why) {
			why = why[:min(len(why), len(w.Why))-1]
		}
		copy(w.Why[:], why)
	}
	b, err := binary.Append(nil, binary.NativeEndian, w)
	if err != nil {
		panic(err)
	}
	return b
}
