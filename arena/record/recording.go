package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/foxglove/mcap/go/mcap"
	"github.com/klauspost/compress/zstd"
)

// ErrDamaged is wrapped by errors about parts of a recording whose bytes are not those
// that were written.
var ErrDamaged = errors.New("record: damaged")

// ErrNoRecording is wrapped by Open's error about a file that is none.
var ErrNoRecording = errors.New("record: not a recording")

// A Recording is a file that was opened for playing. Several Players, in several
// goroutines, may use one.
type Recording struct {
	r    io.ReaderAt
	size int64

	chunks    []chunkRef
	meta      map[string]string // the user's
	slotBytes int
	layout    string
	version   string // of the format; empty if no metadata tells
	cut       bool
}

// A chunkRef is where a chunk lies.
type chunkRef struct {
	offset, length int64
	start, end     time.Duration
	key            bool // it begins with a key frame
}

// Open finds the chunks of a recording of size bytes: in the index that a file ends with that was closed, and where
// that is missing or damaged, by walking the records from one to the next.
func Open(r io.ReaderAt, size int64) (*Recording, error) {
	rec := &Recording{r: r, size: size, cut: true}
	if err := rec.walk(); err != nil {
		return nil, err
	}
	if err := rec.ending(); err != nil {
		return nil, err
	}
	if rec.version != "" && rec.version != version {
		return nil, fmt.Errorf("record: open: the recording has version %q of the format, and this release of slotstream reads %q: play it with the release that wrote it, or record it again",
			rec.version, version)
	}
	if rec.slotBytes == 0 {
		return nil, fmt.Errorf("%w of slots: it has no metadata of package record's, or damaged ones", ErrNoRecording)
	}
	if len(rec.chunks) == 0 {
		return nil, fmt.Errorf("%w that was begun: there is no whole chunk in it", ErrNoRecording)
	}
	rec.chunks[0].key = true // whatever the index says
	return rec, nil
}

func (r *Recording) walk() error {
	var head [9 + 16]byte
	if r.size < 8 {
		return fmt.Errorf("%w: %d bytes", ErrNoRecording, r.size)
	}
	if err := r.read(head[:8], 0); err != nil {
		return err
	}
	if string(head[:8]) != string(mcap.Magic) {
		return fmt.Errorf("%w: it does not begin as an MCAP file", ErrNoRecording)
	}
	le := binary.LittleEndian
	for at := int64(8); at+9 <= r.size; {
		n := min(int64(len(head)), r.size-at)
		if err := r.read(head[:n], at); err != nil {
			return err
		}
		length := le.Uint64(head[1:])
		if length > uint64(r.size-at-9) {
			return nil // cut here
		}
		next := at + 9 + int64(length)
		switch op := mcap.OpCode(head[0]); {
		case op == mcap.OpChunk && length >= 40:
			r.chunks = append(r.chunks, chunkRef{
				offset: at, length: int64(length) + 9, start: time.Duration(le.Uint64(head[9:])), end: time.Duration(le.Uint64(head[17:])),
			})
		case op == mcap.OpMessageIndex && length >= 6 && len(r.chunks) > 0:
			if le.Uint16(head[9:]) == keyChannel && le.Uint32(head[11:]) > 0 {
				r.chunks[len(r.chunks)-1].key = true
			}
		case op == mcap.OpMetadata && length < mostMeta && r.slotBytes == 0:
			record := make([]byte, length)
			if err := r.read(record, at+9); err != nil {
				return err
			}
			r.metadata(record)
		case op == mcap.OpDataEnd:
			r.cut = false
			return nil
		}
		at = next
	}
	return nil
}

const (
	footerBytes = 9 + 20
	mostIndex   = 64 << 20 // of two days, at two chunks a second
)

// ending looks whether the file ends as one that was closed: by an index, a footer and the magic. The index is taken if
// its checksum is right: nothing else vouches for when a chunk begins and ends, and that none is missing.
func (r *Recording) ending() error {
	var end [footerBytes + 8]byte
	at := r.size - int64(len(end))
	if at < 0 {
		return nil
	}
	if err := r.read(end[:], at); err != nil {
		return err
	}
	le := binary.LittleEndian
	if mcap.OpCode(end[0]) != mcap.OpFooter || le.Uint64(end[1:]) != 20 || string(end[footerBytes:]) != string(mcap.Magic) {
		r.cut = true
		return nil
	}
	length := uint64(at) - le.Uint64(end[9:])
	if length > mostIndex {
		return nil
	}
	const summed = footerBytes - 4 // of the footer, up to the checksum
	index := make([]byte, length+summed)
	if err := r.read(index, at-int64(length)); err != nil {
		return err
	}
	chunks := r.indexed(index[:length])
	if r.cut = len(chunks) == 0 || crc32.ChecksumIEEE(index) != le.Uint32(end[summed:]); !r.cut {
		r.chunks = chunks
	}
	return nil
}

// indexed are the chunks that an index tells of; none if it tells of what is not in the file.
func (r *Recording) indexed(index []byte) (chunks []chunkRef) {
	for len(index) >= 9 {
		op, length := mcap.OpCode(index[0]), binary.LittleEndian.Uint64(index[1:])
		if index = index[9:]; length > uint64(len(index)) {
			return nil
		}
		if op == mcap.OpChunkIndex {
			var c *mcap.ChunkIndex
			err := guarded(func() (err error) { c, err = mcap.ParseChunkIndex(index[:length]); return err })
			if size := uint64(r.size); err != nil || c.ChunkStartOffset > size || c.ChunkLength > size-c.ChunkStartOffset || c.ChunkLength < 9+40 {
				return nil
			}
			_, key := c.MessageIndexOffsets[keyChannel]
			chunks = append(chunks, chunkRef{
				offset: int64(c.ChunkStartOffset), length: int64(c.ChunkLength),
				start: time.Duration(c.MessageStartTime), end: time.Duration(c.MessageEndTime), key: key,
			})
		}
		index = index[length:]
	}
	return chunks
}

// read fills b from the file. A reader may say that the file ends where b does.
func (r *Recording) read(b []byte, at int64) error {
	if n, err := r.r.ReadAt(b, at); n < len(b) {
		return fmt.Errorf("record: read %d bytes at %d: %w", len(b), at, err)
	}
	return nil
}

// metadata takes what newFile has written, if this is it.
func (r *Recording) metadata(record []byte) {
	var m *mcap.Metadata
	if guarded(func() (err error) { m, err = mcap.ParseMetadata(record); return err }) != nil || m.Name != encoding || m.Metadata[sumKey] != sumOf(m.Metadata) {
		return
	}
	n, err := strconv.Atoi(m.Metadata["slot_bytes"])
	if r.version = m.Metadata["version"]; err != nil || n <= 0 || r.version != version {
		return
	}
	r.slotBytes, r.layout, r.meta = n, m.Metadata["layout"], map[string]string{}
	for k, v := range m.Metadata {
		if key, ok := strings.CutPrefix(k, userKey); ok {
			r.meta[key] = v
		}
	}
}

// guarded turns a panic of the library, on bytes that nobody has checked, into an error.
func guarded(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return f()
}

// Metadata is what was given to the recorder.
func (r *Recording) Metadata() map[string]string { return r.meta }

// Layout is the slots', as arena.Layout names it.
func (r *Recording) Layout() string { return r.layout }

// Duration is the time from the first frame to the last.
func (r *Recording) Duration() time.Duration {
	return r.chunks[len(r.chunks)-1].end - r.chunks[0].start
}

// Start is the time of the first frame, on the clock that it was recorded by.
func (r *Recording) Start() time.Duration { return r.chunks[0].start }

// Cut reports whether the file does not end as one that was closed, be it by a byte: the
// process was killed, the disk full, a copy of the file not finished, or its end damaged.
func (r *Recording) Cut() bool { return r.cut }

// unpack appends the messages of chunk i to dst.
func (r *Recording) unpack(i int, d *zstd.Decoder, dst []byte) ([]byte, error) {
	c := r.chunks[i]
	damaged := func(why string) ([]byte, error) {
		return nil, fmt.Errorf("%w: the chunk from %v on: %s", ErrDamaged, c.start-r.chunks[0].start, why)
	}
	if c.length > mostChunk+mostChunk/64 { // which packing makes no chunk of ours
		return damaged("its length")
	}
	record := make([]byte, c.length)
	if err := r.read(record, c.offset); err != nil {
		return nil, err
	}
	var chunk *mcap.Chunk
	if err := guarded(func() (err error) { chunk, err = mcap.ParseChunk(record[9:]); return err }); err != nil {
		return damaged(err.Error())
	}
	var head zstd.Header
	switch err := head.Decode(chunk.Records); {
	case chunk.Compression != string(mcap.CompressionZSTD):
		return damaged(fmt.Sprintf("packed by %q, where a recorder packs by zstd", chunk.Compression))
	case chunk.UncompressedSize > mostChunk || err != nil || head.HasFCS && head.FrameContentSize != chunk.UncompressedSize:
		return damaged("its head") // by which the decoder would allocate
	}
	out, err := d.DecodeAll(chunk.Records, dst)
	if err != nil {
		return damaged(err.Error())
	}
	if raw := out[len(dst):]; uint64(len(raw)) != chunk.UncompressedSize || crc32.ChecksumIEEE(raw) != chunk.UncompressedCRC {
		return damaged("its checksum does not match")
	}
	return out, nil
}
