package record

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/foxglove/mcap/go/mcap"
	"github.com/klauspost/compress/zstd"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

const (
	encoding = "slotstream" // the name of schema, messages and metadata
	version  = "3"          // of the messages: see package wire

	keyTopic, deltaTopic     = "/slots/key", "/slots/delta"
	keyChannel, deltaChannel = 1, 2 // in files of a Recorder; a tool may number them anew

	chunkBytes = 4 << 20                  // end a chunk
	mostChunk  = 1 << 30                  // bytes of a chunk that a Player unpacks
	mostSlots  = mostChunk - 2*chunkBytes // bytes of a frame, which may follow chunkBytes in its chunk
	mostMeta   = 1 << 20                  // bytes of a metadata record
	mostMetas  = 16 << 20                 // bytes of all metadata records that Open takes
)

// The keys of the metadata record.
const (
	sizeKey    = "slot_bytes"
	layoutKey  = "layout"
	typeKey    = "type"
	versionKey = "version"
	clockKey   = "clock"    // the recorder's time at log time 0, in nanoseconds
	sumKey     = "checksum" // of all other entries, since MCAP has none for metadata
	fromKey    = "from"     // the recorder's time from which the record holds, in nanoseconds; missing in the first
	userKey    = "user."    // in front of the keys of Config.Metadata
)

// A file is an MCAP file that is being written: a header, schema and channels, then the
// metadata, then chunks of frames. If the metadata changes, the new metadata stands before
// the chunk that has its first frame. A file belongs to the writing goroutine.
type file struct {
	slotBytes int
	chunkTime time.Duration
	own       map[string]string // entries of each metadata record
	meta      map[string]string // the user's, until the next frame, which writes it; nil: it is written
	begun     bool              // there is a metadata record

	out   *mcap.Writer
	inner *mcap.Writer // writes to chunk
	zstd  *zstd.Encoder
	index [3]*mcap.MessageIndex // of the chunk, by channel

	chunk      bytes.Buffer // the messages of the chunk under way
	packed     []byte
	clock      time.Duration // the recorder's time at log time 0
	first      time.Duration // of the first frame
	start, end time.Duration // of the chunk's frames

	packer  wire.Packer
	message []byte
	seq     uint64
	has     []byte // all slots, as of the last frame
}

func newFile(w io.Writer, slotBytes int, layout, typ string, cfg Config) (f *file, err error) {
	if slotBytes > wire.MostSlotBytes {
		return nil, fmt.Errorf("slots of %d bytes: use at most %d", slotBytes, wire.MostSlotBytes)
	}
	f = &file{slotBytes: slotBytes, chunkTime: cfg.Chunk, own: map[string]string{
		sizeKey: strconv.Itoa(slotBytes), layoutKey: layout, typeKey: typ, versionKey: version,
	}, meta: map[string]string{}}
	maps.Copy(f.meta, cfg.Metadata)
	ownBytes := metadataBytes(f.own, "")
	if err := checkMetadata("cfg.Metadata", ownBytes, cfg.Metadata); err != nil {
		return nil, err
	}
	if f.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false)); err != nil {
		return nil, err
	}
	if f.out, err = mcap.NewWriter(w, &mcap.WriterOptions{IncludeCRC: true}); err != nil {
		return nil, err
	}
	if f.inner, err = mcap.NewWriter(&f.chunk, &mcap.WriterOptions{SkipMagic: true}); err != nil {
		return nil, err
	}
	if err = f.out.WriteHeader(&mcap.Header{Profile: encoding, Library: encoding}); err != nil {
		return nil, err
	}
	schema := &mcap.Schema{ID: 1, Name: "slotstream.Frame", Encoding: encoding, Data: []byte("see package arena/internal/wire; slots are " + layout)}
	if err = f.out.WriteSchema(schema); err != nil {
		return nil, err
	}
	for _, c := range []*mcap.Channel{{ID: keyChannel, Topic: keyTopic}, {ID: deltaChannel, Topic: deltaTopic}} {
		c.SchemaID, c.MessageEncoding = schema.ID, encoding
		if err = f.out.WriteChannel(c); err != nil {
			return nil, err
		}
		f.inner.AddChannel(c)
		f.index[c.ID] = &mcap.MessageIndex{ChannelID: c.ID}
	}
	return f, nil
}

// metadataBytes returns what the entries of a metadata record take, if each key has prefix
// in front.
func metadataBytes(meta map[string]string, prefix string) (size int) {
	for k, v := range meta {
		size += 4 + len(prefix+k) + 4 + len(v)
	}
	return size
}

// checkMetadata returns an error if a metadata record cannot have these entries beside the
// file's own.
func checkMetadata(what string, ownBytes int, meta map[string]string) error {
	for k, v := range meta {
		if !utf8.ValidString(k) || !utf8.ValidString(v) {
			return fmt.Errorf("%s %q: %.40q is not UTF-8", what, k, v)
		}
	}
	const others = 250 // bytes: the record's name and lengths, and the entries that describe adds
	if size := others + ownBytes + metadataBytes(meta, userKey); size > mostMeta {
		return fmt.Errorf("%s has %d bytes with its lengths: use at most a mebibyte", what, size)
	}
	return nil
}

// describe writes the metadata. t is the time of the frame from which it holds. MCAP has no
// times below 0, so if the clock begins there, log times count from the first frame.
func (f *file) describe(t time.Duration) error {
	entries := maps.Clone(f.own)
	for k, v := range f.meta {
		entries[userKey+k] = v
	}
	if f.begun {
		entries[fromKey] = strconv.FormatInt(int64(t), 10)
	} else {
		f.clock, f.first, f.begun = min(t, 0), t, true
	}
	entries[clockKey] = strconv.FormatInt(int64(f.clock), 10)
	entries[sumKey] = sumOf(entries)
	f.meta = nil
	if err := f.out.WriteMetadata(&mcap.Metadata{Name: encoding, Metadata: entries}); err != nil {
		return fmt.Errorf("write the metadata: %w", err)
	}
	return nil
}

// logTime returns MCAP's time for t.
func (f *file) logTime(t time.Duration) uint64 { return uint64(t) - uint64(f.clock) }

// sumOf returns the checksum of metadata.
func sumOf(meta map[string]string) string {
	sum := crc32.NewIEEE()
	for _, k := range slices.Sorted(maps.Keys(meta)) {
		if k != sumKey {
			fmt.Fprintf(sum, "%q=%q\n", k, meta[k])
		}
	}
	return strconv.FormatUint(uint64(sum.Sum32()), 16)
}

// frame writes a frame to the chunk under way, and ends the chunk if it is due. A key frame
// begins a chunk.
func (f *file) frame(j *job) error {
	top := j.highWater
	if n := len(j.ranges); n > 0 {
		top = max(top, j.ranges[n-1].End())
	}
	if top > mostSlots/f.slotBytes {
		return fmt.Errorf("write a frame: the arena has %d slots of %d bytes: record at most %d", top, f.slotBytes, mostSlots/f.slotBytes)
	}
	if j.meta != nil {
		f.meta = j.meta
	}
	if f.meta != nil {
		if err := f.describe(j.time); err != nil {
			return err
		}
	}
	if more := top*f.slotBytes - len(f.has); more > 0 {
		f.has = append(f.has, make([]byte, more)...)
	}
	f.seq++
	h := wire.Header{SlotBytes: f.slotBytes, Seq: f.seq, Base: f.seq - 1, Time: int64(j.time), HighWater: j.highWater, Parts: 1}
	channel := uint16(deltaChannel)
	if j.key {
		if err := f.endChunk(); err != nil {
			return err
		}
		f.take(j)
		var all []arena.Range
		if n := len(f.has) / f.slotBytes; n > 0 {
			all = []arena.Range{{First: 0, Count: n}}
		}
		channel, h.Base = keyChannel, 0
		f.message = f.packer.Append(f.message[:0], h, j.ticks, all, f.has, nil)
	} else {
		f.message = f.packer.Append(f.message[:0], h, j.ticks, j.ranges, j.slots, f.has)
		f.take(j)
	}
	if f.chunk.Len() == 0 {
		f.start = j.time
	}
	f.end = j.time
	at := f.logTime(j.time)
	f.index[channel].Add(at, uint64(f.chunk.Len()))
	f.out.Statistics.MessageCount++
	f.out.Statistics.ChannelMessageCounts[channel]++
	if err := f.inner.WriteMessage(&mcap.Message{
		ChannelID: channel, Sequence: uint32(f.seq), LogTime: at, PublishTime: at, Data: f.message,
	}); err != nil {
		return fmt.Errorf("write a frame: %w", err)
	}
	if f.chunk.Len() >= chunkBytes || f.end-f.start >= f.chunkTime {
		return f.endChunk()
	}
	return nil
}

// take copies the slots of a frame to has.
func (f *file) take(j *job) {
	slots := j.slots
	for _, g := range j.ranges {
		slots = slots[copy(f.has[g.First*f.slotBytes:g.End()*f.slotBytes], slots):]
	}
}

// endChunk writes the chunk under way, if there is one.
func (f *file) endChunk() error {
	if f.chunk.Len() == 0 {
		return nil
	}
	raw := f.chunk.Bytes()
	f.packed = f.zstd.EncodeAll(raw, f.packed[:0])
	err := f.out.WriteChunkWithIndexes(&mcap.Chunk{
		MessageStartTime: f.logTime(f.start), MessageEndTime: f.logTime(f.end), UncompressedSize: uint64(len(raw)),
		UncompressedCRC: crc32.ChecksumIEEE(raw), Compression: string(mcap.CompressionZSTD), Records: f.packed,
	}, []*mcap.MessageIndex{f.index[keyChannel], f.index[deltaChannel]})
	if err != nil {
		return fmt.Errorf("write a chunk: %w", err)
	}
	f.out.Statistics.MessageStartTime = f.logTime(f.first) // the library takes a start of 0 for none
	f.chunk.Reset()
	f.index[keyChannel].Reset()
	f.index[deltaChannel].Reset()
	return nil
}

// close writes the last chunk and the index.
func (f *file) close() error {
	if !f.begun { // no frame came
		if err := f.describe(0); err != nil {
			return err
		}
	}
	if err := f.endChunk(); err != nil {
		return err
	}
	if err := f.out.Close(); err != nil {
		return fmt.Errorf("write the index: %w", err)
	}
	return nil
}
