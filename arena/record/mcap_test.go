package record_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/foxglove/mcap/go/mcap"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
)

var (
	filesFor  = flag.String("mcap", "", "a `folder` for the recordings that tests write: .ci/mcap reads them by another implementation")
	filesMade atomic.Int64
)

// conforms checks a closed recording by the library's reader: the statistics and the chunk index are those of the
// messages, counted one by one.
func conforms(t testing.TB, file []byte) {
	t.Helper()
	if *filesFor != "" {
		if err := os.WriteFile(filepath.Join(*filesFor, fmt.Sprint(filesMade.Add(1), ".mcap")), file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	info, lexer := infoOf(t, file), must(mcap.NewLexer(bytes.NewReader(file), &mcap.LexerOptions{ValidateChunkCRCs: true}))
	defer lexer.Close()
	var messages, metadata uint64
	start, end := uint64(math.MaxUint64), uint64(0)
	counts := map[uint16]uint64{}
	for done := false; !done; {
		kind, record, err := lexer.Next(nil)
		if err != nil {
			t.Fatal(err)
		}
		switch kind {
		case mcap.TokenMessage:
			m := must(mcap.ParseMessage(record))
			if m.LogTime < end {
				t.Errorf("a message of %d after one of %d", m.LogTime, end)
			}
			start, end = min(start, m.LogTime), max(end, m.LogTime)
			messages++
			counts[m.ChannelID]++
		case mcap.TokenMetadata:
			metadata++
		case mcap.TokenDataEnd:
			done = true
		}
	}
	s := info.Statistics
	if messages == 0 {
		start = 0
	}
	if s.MessageCount != messages || s.MessageStartTime != start || s.MessageEndTime != end || uint64(s.MetadataCount) != metadata ||
		int(s.ChunkCount) != len(info.ChunkIndexes) || s.ChannelCount != 2 || s.SchemaCount != 1 || s.AttachmentCount != 0 {
		t.Errorf("statistics %+v, with %d chunks in the index; %d messages from %d to %d, %d metadata", s, len(info.ChunkIndexes), messages, start, end, metadata)
	}
	for id, n := range counts {
		if s.ChannelMessageCounts[id] != n {
			t.Errorf("channel %d: %d messages in the statistics, %d in the file", id, s.ChannelMessageCounts[id], n)
		}
	}
	if messages == 0 {
		return
	}
	read, err := must(mcap.NewReader(bytes.NewReader(file))).Messages() // by the index
	if err != nil {
		t.Fatal(err)
	}
	for n := uint64(0); ; n++ {
		if _, _, _, err := read.NextInto(nil); errors.Is(err, io.EOF) {
			if n != messages {
				t.Errorf("the index leads to %d messages of %d", n, messages)
			}
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Other tools see when a recording begins and how long it is, by any clock: one that begins at 0, below it, at 1, or
// goes through 0.
func TestStatistics(t *testing.T) {
	t.Parallel()
	for _, begin := range []time.Duration{0, 1, -1, -5 * time.Second, -time.Hour, 1767225600 * time.Second, math.MinInt64} {
		times := every(40, 250*time.Millisecond)
		for i := range times {
			times[i] += begin
		}
		file := counting(t, 20, times, record.Config{Keyframe: 2 * time.Second})
		s := infoOf(t, file).Statistics
		if took := s.MessageEndTime - s.MessageStartTime; took != uint64(times[39]-begin) || begin >= 0 && s.MessageStartTime != uint64(begin) {
			t.Errorf("from %v on: the statistics say %d to %d", begin, s.MessageStartTime, s.MessageEndTime)
		}
		stage, rec, err := play(file)
		if err != nil || rec.Start() != begin || rec.Duration() != times[39]-begin {
			t.Fatalf("from %v on: %v, %v, %v", begin, rec.Start(), rec.Duration(), err)
		}
		for n, at := range times {
			if err := stage.Seek(at - begin); err != nil || stage.number() != n+1 || stage.Position() != at-begin {
				t.Fatalf("from %v on, moment %d: shows %d of %v, %v", begin, n, stage.number(), stage.Position(), err)
			}
		}
		stage.Close()
	}
}

// A recording without a frame is sound, opens and shows nothing.
func TestEmpty(t *testing.T) {
	var file bytes.Buffer
	r := newRecorder(t, &file, newArena(t, arena.Config[pose]{}), record.Config{Metadata: map[string]string{"a": "b"}})
	if err := r.Append(); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	conforms(t, file.Bytes())
	s, rec, err := play(file.Bytes())
	if err != nil || rec.Truncated() || rec.Start() != 0 || rec.Duration() != 0 || rec.Metadata()["a"] != "b" {
		t.Fatal(rec, err)
	}
	defer s.Close()
	for _, at := range []time.Duration{0, -1, time.Hour} {
		if err := s.Seek(at); err != nil || len(s.Ticks()) != 0 || s.Position() != 0 {
			t.Error(err, s.Ticks(), s.Position())
		}
	}
	if err := s.shows(take{shown: [][]pose{nil}}, 0); err != nil {
		t.Error(err)
	}
}

// countingReader counts reads.
type countingReader struct {
	io.ReaderAt
	reads int
}

func (r *countingReader) ReadAt(b []byte, at int64) (int, error) {
	r.reads++
	return r.ReaderAt.ReadAt(b, at)
}

// Open makes four reads, however long the recording is; without an index, one a chunk.
func TestReadsOfOpen(t *testing.T) {
	for _, moments := range []int{3, 3000} {
		file := counting(t, 10, every(moments, 100*time.Millisecond), record.Config{Chunk: time.Second})
		chunks := len(infoOf(t, file).ChunkIndexes)
		r := &countingReader{ReaderAt: bytes.NewReader(file)}
		if _, err := record.Open(r, int64(len(file))); err != nil || r.reads != 4 {
			t.Errorf("%d chunks: %d reads, %v", chunks, r.reads, err)
		}
		r.reads = 0
		cut := int64(len(file)) - 1
		if rec, err := record.Open(r, cut); err != nil || !rec.Truncated() || r.reads > chunks+8 {
			t.Errorf("%d chunks without an index: %d reads, %v", chunks, r.reads, err)
		}
	}
}

// A copy says how another tool writes a recording anew.
type copyAs struct {
	mcap.WriterOptions
	from       uint64 // leaves out messages before this log time, as mcap filter does
	channels   uint16 // are numbered from so many on, as mcap merge does
	withoutOur bool   // leaves out metadata, as mcap filter does if it is not told otherwise
	others     bool   // puts in messages of another channel, an attachment, and metadata of others
}

// rewritten copies a recording.
func rewritten(t testing.TB, file []byte, as copyAs) []byte {
	t.Helper()
	var out bytes.Buffer
	options := as.WriterOptions
	w := must(mcap.NewWriter(&out, &options))
	var errs []error
	do := func(err error) { errs = append(errs, err) }
	do(w.WriteHeader(&mcap.Header{}))
	if as.others {
		do(w.WriteSchema(&mcap.Schema{ID: 9, Name: "camera", Encoding: "json", Data: []byte("{}")}))
		do(w.WriteChannel(&mcap.Channel{ID: 99, SchemaID: 9, Topic: "/camera", MessageEncoding: "json"}))
		do(w.WriteMetadata(&mcap.Metadata{Name: "camera", Metadata: map[string]string{"slot_bytes": "many"}}))
		do(w.WriteAttachment(&mcap.Attachment{Name: "a", Data: strings.NewReader("text"), DataSize: 4}))
	}
	seen := map[string]bool{}
	lexer := must(mcap.NewLexer(bytes.NewReader(file)))
	defer lexer.Close()
	for kind := mcap.TokenType(0); kind != mcap.TokenDataEnd; {
		var record []byte
		var err error
		if kind, record, err = lexer.Next(nil); err != nil {
			t.Fatal(err)
		}
		switch kind {
		case mcap.TokenSchema:
			s := must(mcap.ParseSchema(record))
			if key := fmt.Sprint("schema", s.ID); !seen[key] {
				seen[key] = true
				do(w.WriteSchema(s))
			}
		case mcap.TokenChannel:
			c := must(mcap.ParseChannel(record))
			if key := fmt.Sprint("channel", c.ID); !seen[key] {
				seen[key] = true
				c.ID += as.channels
				do(w.WriteChannel(c))
			}
		case mcap.TokenMetadata:
			if !as.withoutOur {
				do(w.WriteMetadata(must(mcap.ParseMetadata(record))))
			}
		case mcap.TokenMessage:
			m := must(mcap.ParseMessage(record))
			if m.LogTime < as.from {
				continue
			}
			m.ChannelID += as.channels
			if as.others {
				do(w.WriteMessage(&mcap.Message{ChannelID: 99, LogTime: m.LogTime - 1, Data: []byte(`{"a": 1}`)}))
			}
			do(w.WriteMessage(m))
		}
	}
	if as.others {
		do(w.WriteMessage(&mcap.Message{ChannelID: 99, LogTime: 1 << 62, Data: []byte(`{"a": 1}`)}))
	}
	do(w.Close())
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A recording that another tool has rewritten shows the same moments: with and without checksums, by each packing, in
// chunks of any size or none, with and without indexes, with other channels beside it, from its beginning or trimmed.
func TestRewritten(t *testing.T) {
	t.Parallel()
	const moments, step, keyframe = 60, 10 * time.Millisecond, 15
	times := every(moments, step)
	for i := range times {
		times[i] += time.Hour
	}
	file := counting(t, 30, times, record.Config{Keyframe: keyframe * step})
	indexes := map[string]mcap.WriterOptions{
		"all":          {},
		"no messages":  {SkipMessageIndexing: true},
		"no chunks":    {SkipChunkIndex: true},
		"no metadata":  {SkipMetadataIndex: true},
		"no channels":  {SkipRepeatedChannelInfos: true},
		"no statistic": {SkipStatistics: true},
		"nothing": {
			SkipChunkIndex: true, SkipStatistics: true, SkipRepeatedSchemas: true, SkipRepeatedChannelInfos: true,
			SkipMetadataIndex: true, SkipSummaryOffsets: true, SkipMessageIndexing: true, SkipAttachmentIndex: true,
		},
	}
	tried := 0
	for index, options := range indexes {
		for _, packing := range []mcap.CompressionFormat{mcap.CompressionNone, mcap.CompressionLZ4, mcap.CompressionZSTD} {
			for _, sums := range []bool{false, true} {
				for _, chunk := range []int64{0, 1, 6000, 1 << 20} { // 0: messages in no chunk
					for _, trim := range []int{0, 1, keyframe, keyframe + 1} {
						as := copyAs{WriterOptions: options, from: uint64(times[trim])}
						as.Compression, as.IncludeCRC, as.Chunked, as.ChunkSize = packing, sums, chunk > 0, chunk
						as.channels, as.others = uint16(tried%3), tried%2 == 1
						name := fmt.Sprintf("index %s, packing %q, CRC %v, chunks of %d, from moment %d, others %v", index, packing, sums, chunk, trim, as.others)
						s, rec, err := play(rewritten(t, file, as))
						if err != nil || rec.Truncated() {
							t.Fatalf("%s: cut %v, %v", name, err == nil && rec.Truncated(), err)
						}
						if rec.Start() != times[trim] || rec.Start()+rec.Duration() != times[moments-1] {
							t.Fatalf("%s: from %v on for %v", name, rec.Start(), rec.Duration())
						}
						first := (trim + keyframe - 1) / keyframe * keyframe // that can be shown
						for m := range moments {
							n := m * 37 % moments
							if n < trim {
								continue
							}
							if err := s.Seek(times[n] - rec.Start()); err != nil || s.number() != max(n, first)+1 {
								t.Fatalf("%s: moment %d: shows %d, %v", name, n, s.number()-1, err)
							}
						}
						s.Close()
						tried++
					}
				}
			}
		}
	}
	if _, _, err := play(rewritten(t, file, copyAs{withoutOur: true})); !errors.Is(err, record.ErrNotRecording) || !strings.Contains(err.Error(), "--include-metadata") {
		t.Errorf("without metadata: %v", err)
	}
}

// Open refuses a packing that this package does not have, by its name and not as damage.
func TestOtherPacking(t *testing.T) {
	file := rewritten(t, counting(t, 30, every(10, time.Second), record.Config{}), copyAs{WriterOptions: mcap.WriterOptions{
		Chunked: true, Compressor: mcap.NewCustomCompressor("brotli", &plain{}),
	}})
	for _, file := range [][]byte{file, file[:len(file)-1]} {
		if _, _, err := play(file); err == nil || errors.Is(err, record.ErrDamaged) || !strings.Contains(err.Error(), `compressed by "brotli"`) {
			t.Error(err)
		}
	}
}

// plain is a packing that leaves everything as it is.
type plain struct{ io.Writer }

func (p *plain) Close() error      { return nil }
func (p *plain) Reset(w io.Writer) { p.Writer = w }

// Damage in a packing without checksums is found by its size, or shows as what it is: nothing ends the process.
func TestDamageInOtherPackings(t *testing.T) {
	t.Parallel()
	file := counting(t, 30, every(30, 10*time.Millisecond), record.Config{Keyframe: 100 * time.Millisecond})
	for _, packing := range []mcap.CompressionFormat{mcap.CompressionNone, mcap.CompressionLZ4, mcap.CompressionZSTD} {
		copied := rewritten(t, file, copyAs{WriterOptions: mcap.WriterOptions{Chunked: true, ChunkSize: 4000, Compression: packing}})
		for at := 8; at < len(copied); at += 1 + len(copied)/200 {
			damaged := slices.Clone(copied)
			damaged[at] ^= 0x55
			s, _, err := play(damaged)
			if err != nil {
				continue
			}
			for _, at := range []time.Duration{0, 250 * time.Millisecond, 100 * time.Millisecond} {
				if err := s.Seek(at); err != nil && !errors.Is(err, record.ErrDamaged) && !errors.Is(err, arena.ErrFull) {
					t.Fatalf("%q: %v", packing, err)
				}
			}
			s.Close()
		}
	}
}
