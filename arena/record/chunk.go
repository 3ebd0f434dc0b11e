package record

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"time"

	"github.com/foxglove/mcap/go/mcap"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"github.com/slotstream/slotstream/arena/internal/wire"
)

// A chunk is a place in the file that has messages.
type chunk struct {
	offset, length int64
	packing        string
	bare           bool     // messages without a chunk record around them
	start, end     uint64   // log times
	channels       []uint16 // that it has messages of; nil if that is not known
	keys           answer   // whether it has key frames
}

type answer uint8

const (
	no answer = iota
	yes
	maybe
)

const (
	chunkHead   = 8 + 8 + 8 + 4 + 4 + 8 // bytes of a chunk record without the name of the packing and the messages
	mostPacking = 32                    // bytes of that name
	messageHead = 2 + 4 + 8 + 8         // bytes of a message record in front of its data
)

// An unpacker decompresses chunks. The zero value is ready for use.
type unpacker struct {
	zstd *zstd.Decoder
	lz4  *lz4.Reader
}

func (u *unpacker) close() {
	if u.zstd != nil {
		u.zstd.Close()
	}
}

// unpack returns the records in chunk i of a recording, in dst if there is room.
func (u *unpacker) unpack(r *Recording, i int, dst []byte) ([]byte, error) {
	c := r.chunks[i]
	damaged := func(why string) ([]byte, error) {
		return nil, fmt.Errorf("%w: the chunk from %v on: %s", ErrDamaged, time.Duration(c.start-r.start), why)
	}
	if c.length > mostChunk+mostChunk/64 { // packing adds less to what may be unpacked
		return damaged("its length is too large")
	}
	if c.bare {
		dst = grown(dst, int(c.length))
		return dst, r.read(dst, c.offset)
	}
	record := make([]byte, c.length)
	if err := r.read(record, c.offset); err != nil {
		return nil, err
	}
	var m *mcap.Chunk
	if err := guarded(func() (err error) { m, err = mcap.ParseChunk(record[recordHead:]); return err }); err != nil {
		return damaged(err.Error())
	}
	if m.UncompressedSize > mostChunk || m.Compression != c.packing {
		return damaged("its head is wrong")
	}
	out, err := u.decompress(m, dst[:0])
	if err != nil {
		return damaged(err.Error())
	}
	if uint64(len(out)) != m.UncompressedSize || m.UncompressedCRC != 0 && crc32.ChecksumIEEE(out) != m.UncompressedCRC { // MCAP: 0 is none
		return damaged("its checksum does not match")
	}
	return out, nil
}

// decompress appends the records of m to dst, at most as many bytes as m names. It
// allocates by what it finds, not by what m says.
func (u *unpacker) decompress(m *mcap.Chunk, dst []byte) ([]byte, error) {
	switch mcap.CompressionFormat(m.Compression) {
	case mcap.CompressionZSTD:
		var head zstd.Header
		if err := head.Decode(m.Records); err != nil {
			return nil, err
		}
		if head.HasFCS && head.FrameContentSize > m.UncompressedSize { // by which the decoder would allocate
			return nil, fmt.Errorf("it unpacks to %d bytes, want %d", head.FrameContentSize, m.UncompressedSize)
		}
		if u.zstd == nil {
			var err error
			if u.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(mostChunk)); err != nil {
				return nil, err
			}
		}
		return u.zstd.DecodeAll(m.Records, dst)
	case mcap.CompressionLZ4:
		if u.lz4 == nil {
			u.lz4 = lz4.NewReader(nil)
		}
		u.lz4.Reset(bytes.NewReader(m.Records))
		out := bytes.NewBuffer(dst)
		_, err := io.Copy(out, io.LimitReader(u.lz4, int64(m.UncompressedSize)+1))
		return out.Bytes(), err
	default:
		return append(dst, m.Records...), nil
	}
}

// checkPacking returns an error if the recording has chunks that cannot be unpacked.
func (r *Recording) checkPacking() error {
	for _, c := range r.chunks {
		switch mcap.CompressionFormat(c.packing) {
		case mcap.CompressionZSTD, mcap.CompressionLZ4, mcap.CompressionNone:
		default:
			return fmt.Errorf("chunks are compressed by %q: compress them by zstd, lz4 or not at all (mcap compress)", c.packing)
		}
	}
	return nil
}

// grown returns b with n bytes, whose contents are undefined.
func grown(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

// A frame is a message of package wire among the records of a chunk.
type frame struct {
	at, next int // its record, and the one behind it
	logTime  uint64
	data     []byte
	key      bool
}

// nextFrame finds the first frame among the records of a chunk, from the record at place at
// on. Tools that rewrite a file put other records there, too.
func nextFrame(records []byte, at int) (f frame, found bool, err error) {
	for at < len(records) {
		left := records[at:]
		var n uint64
		if len(left) >= recordHead {
			n = le.Uint64(left[1:])
		}
		if len(left) < recordHead || n > uint64(len(left)-recordHead) {
			return frame{}, false, fmt.Errorf("%w: a record ends past its chunk", ErrDamaged)
		}
		record, next := left[recordHead:recordHead+n], at+recordHead+int(n)
		if mcap.OpCode(left[0]) == mcap.OpMessage && n >= messageHead {
			data := record[messageHead:]
			if base, ok := wire.Base(data); ok {
				return frame{at: at, next: next, logTime: le.Uint64(record[6:]), data: data, key: base == 0}, true, nil
			}
		}
		at = next
	}
	return frame{}, false, nil
}
