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
	cut       bool
}

// A chunkRef is where a chunk lies.
type chunkRef struct {
	offset, length int64
	start, end     time.Duration
	key            bool // it begins with a key frame
}

// Open finds the chunks of a recording of size bytes. It walks the records from one to the
// next, so that a file that was cut off opens as one that was closed.
func Open(r io.ReaderAt, size int64) (*Recording, error) {
	rec := &Recording{r: r, size: size}
	if err := rec.walk(); err != nil {
		return nil, err
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
	if _, err := r.r.ReadAt(head[:8], 0); err != nil {
		return fmt.Errorf("record: open: %w", err)
	}
	if string(head[:8]) != string(mcap.Magic) {
		return fmt.Errorf("%w: it does not begin as an MCAP file", ErrNoRecording)
	}
	le := binary.LittleEndian
	r.cut = true
	for at := int64(8); at+9 <= r.size; {
		n := min(int64(len(head)), r.size-at)
		if _, err := r.r.ReadAt(head[:n], at); err != nil {
			return fmt.Errorf("record: open: %w", err)
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
		case op == mcap.OpMetadata && length < 1<<20 && r.slotBytes == 0:
			record := make([]byte, length)
			if _, err := r.r.ReadAt(record, at+9); err != nil {
				return fmt.Errorf("record: open: %w", err)
			}
			r.metadata(record)
		case op == mcap.OpDataEnd:
			return r.ending()
		}
		at = next
	}
	return nil
}

// ending looks whether the file ends as one that was closed: by a footer and the magic. What
// lies before those is an index for other tools, which Open has no need of.
func (r *Recording) ending() error {
	var end [9 + 20 + 8]byte // the footer's head and body; the magic
	if r.size < int64(len(end)) {
		return nil
	}
	if _, err := r.r.ReadAt(end[:], r.size-int64(len(end))); err != nil {
		return fmt.Errorf("record: open: %w", err)
	}
	r.cut = mcap.OpCode(end[0]) != mcap.OpFooter || binary.LittleEndian.Uint64(end[1:]) != 20 || string(end[29:]) != string(mcap.Magic)
	return nil
}

// metadata takes what newFile has written, if this is it.
func (r *Recording) metadata(record []byte) {
	var m *mcap.Metadata
	if guarded(func() (err error) { m, err = mcap.ParseMetadata(record); return err }) != nil || m.Name != encoding || m.Metadata[sumKey] != sumOf(m.Metadata) {
		return
	}
	n, err := strconv.Atoi(m.Metadata["slot_bytes"])
	if err != nil || n <= 0 || m.Metadata["version"] != "2" {
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

// Layout is the slots', as wire.Layout names it.
func (r *Recording) Layout() string { return r.layout }

// Duration is the time from the first frame to the last.
func (r *Recording) Duration() time.Duration {
	return r.chunks[len(r.chunks)-1].end - r.chunks[0].start
}

// Start is the time of the first frame, on the clock that it was recorded by.
func (r *Recording) Start() time.Duration { return r.chunks[0].start }

// Cut reports whether the file does not end as one that was closed, be it by a byte: the
// process was killed, the disk full, or a copy of the file not finished.
func (r *Recording) Cut() bool { return r.cut }

// unpack appends the messages of chunk i to dst.
func (r *Recording) unpack(i int, d *zstd.Decoder, dst []byte) ([]byte, error) {
	c := r.chunks[i]
	damaged := func(why string) ([]byte, error) {
		return nil, fmt.Errorf("%w: the chunk from %v on: %s", ErrDamaged, c.start-r.chunks[0].start, why)
	}
	record := make([]byte, c.length) // no longer than the file
	if _, err := r.r.ReadAt(record, c.offset); err != nil {
		return nil, fmt.Errorf("record: read the chunk at byte %d: %w", c.offset, err)
	}
	var chunk *mcap.Chunk
	if err := guarded(func() (err error) { chunk, err = mcap.ParseChunk(record[9:]); return err }); err != nil {
		return damaged(err.Error())
	}
	if chunk.UncompressedSize > mostChunk || chunk.Compression != string(mcap.CompressionZSTD) {
		return damaged("its head")
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
