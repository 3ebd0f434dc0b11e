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

	"github.com/foxglove/mcap/go/mcap"
	"github.com/klauspost/compress/zstd"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

// The channels of a recording.
const (
	keyChannel   = 1
	deltaChannel = 2
)

const (
	encoding   = "slotstream"             // of schema and messages
	version    = "3"                      // of the messages: see package wire
	chunkBytes = 4 << 20                  // that end a chunk
	mostChunk  = 1 << 30                  // that a reader unpacks
	mostSlots  = mostChunk - 2*chunkBytes // bytes of a frame: a chunk has up to chunkBytes before it
	mostMeta   = 1 << 20                  // bytes of a reader's metadata

	// A key frame is also due once the frames since the last one bring so many times all
	// slots, which is what a seek goes through at most.
	keyWork = 32
)

// A file is an MCAP file that is being written: schema, channels and metadata, then chunks
// that begin with a key frame now and then.
type file struct {
	options   Config
	slotBytes int

	out   *mcap.Writer
	inner *mcap.Writer // to chunk
	zstd  *zstd.Encoder
	index [3]*mcap.MessageIndex // by channel

	chunk      bytes.Buffer // messages of the chunk under way
	packed     []byte
	start, end time.Duration // of the chunk's frames

	packer  wire.Packer
	message []byte
	seq     uint64
	has     []byte // all slots, as the frames so far make them
	next    []byte // with the frame under way
}

func newFile(w io.Writer, slotBytes int, layout, typ string, o Config) (f *file, err error) {
	f = &file{options: o, slotBytes: slotBytes}
	defer func() {
		if err != nil {
			err = fmt.Errorf("record: begin the file: %w", err)
		}
	}()
	if slotBytes > wire.MostSlotBytes {
		return nil, fmt.Errorf("slots of %d bytes: at most %d can be recorded", slotBytes, wire.MostSlotBytes)
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
	schema := &mcap.Schema{ID: 1, Name: "slotstream.Frame", Encoding: encoding, Data: []byte("see package arena/wire; slots are " + layout)}
	if err = f.out.WriteSchema(schema); err != nil {
		return nil, err
	}
	for id, topic := range []string{keyChannel: "/slots/key", deltaChannel: "/slots/delta"} {
		if topic == "" {
			continue
		}
		c := &mcap.Channel{ID: uint16(id), SchemaID: 1, Topic: topic, MessageEncoding: encoding}
		if err = f.out.WriteChannel(c); err != nil {
			return nil, err
		}
		f.inner.AddChannel(c)
		f.index[id] = &mcap.MessageIndex{ChannelID: uint16(id)}
	}
	meta := map[string]string{"slot_bytes": strconv.Itoa(slotBytes), "layout": layout, "type": typ, "version": version}
	for k, v := range o.Metadata {
		meta[userKey+k] = v
	}
	meta[sumKey] = sumOf(meta)
	size := 0
	for k, v := range meta {
		size += 4 + len(k) + 4 + len(v)
	}
	if size > mostMeta-100 { // beside which there are a name and two lengths
		return nil, fmt.Errorf("metadata of %d bytes: at most a mebibyte can be read back", size)
	}
	return f, f.out.WriteMetadata(&mcap.Metadata{Name: encoding, Metadata: meta})
}

const (
	userKey = "user." // in front of Config.Metadata's keys
	sumKey  = "checksum"
)

// sumOf is the checksum of metadata, which MCAP itself has none of.
func sumOf(meta map[string]string) string {
	sum := crc32.NewIEEE()
	for _, k := range slices.Sorted(maps.Keys(meta)) {
		if k != sumKey {
			fmt.Fprintf(sum, "%q=%q\n", k, meta[k])
		}
	}
	return strconv.FormatUint(uint64(sum.Sum32()), 16)
}

// frame writes a frame.
func (f *file) frame(j *job) error {
	top := j.highWater
	if n := len(j.ranges); n > 0 {
		top = max(top, j.ranges[n-1].End())
	}
	if top > mostSlots/f.slotBytes {
		return fmt.Errorf("record: write a frame: %d slots of %d bytes: a recording holds %d", top, f.slotBytes, mostSlots/f.slotBytes)
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
	f.index[channel].Add(uint64(j.time), uint64(f.chunk.Len()))
	f.out.Statistics.MessageCount++
	f.out.Statistics.ChannelMessageCounts[channel]++
	if err := f.inner.WriteMessage(&mcap.Message{
		ChannelID: channel, Sequence: uint32(f.seq), LogTime: uint64(j.time), PublishTime: uint64(j.time), Data: f.message,
	}); err != nil {
		return fmt.Errorf("record: write a frame: %w", err)
	}
	if f.chunk.Len() >= chunkBytes || f.end-f.start >= f.options.Chunk {
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
		MessageStartTime: uint64(f.start), MessageEndTime: uint64(f.end), UncompressedSize: uint64(len(raw)),
		UncompressedCRC: crc32.ChecksumIEEE(raw), Compression: string(mcap.CompressionZSTD), Records: f.packed,
	}, []*mcap.MessageIndex{f.index[keyChannel], f.index[deltaChannel]})
	if err != nil {
		return fmt.Errorf("record: write a chunk: %w", err)
	}
	f.chunk.Reset()
	f.index[keyChannel].Reset()
	f.index[deltaChannel].Reset()
	return nil
}

func (f *file) close() error {
	if err := f.endChunk(); err != nil {
		return err
	}
	if err := f.out.Close(); err != nil {
		return fmt.Errorf("record: write the index: %w", err)
	}
	return nil
}
