package record_test

import (
	"bytes"
	"math"
	"testing"
	"time"

	"github.com/foxglove/mcap/go/mcap"

	"github.com/slotstream/slotstream/arena/record"
)

// After and Before step through every moment that was recorded, in both directions and from anywhere between two of
// them, also in a file that another tool has written anew. Over a damaged chunk they go to the next sound one.
func TestAfterAndBefore(t *testing.T) {
	t.Parallel()
	c := newTake(t, 200, record.Config{Keyframe: time.Second})
	others := rewritten(t, c.file, copyAs{WriterOptions: mcap.WriterOptions{Chunked: true, ChunkSize: 1 << 16, Compression: mcap.CompressionLZ4}, others: true})
	for _, file := range [][]byte{c.file, others} {
		rec := must(record.Open(bytes.NewReader(file), int64(len(file))))
		for i, m := range c.moments[1:] {
			was := c.moments[i]
			for _, from := range []time.Duration{was, was + (m-was)/2, m - 1} { // from a moment, and from between two
				if at, ok, err := rec.After(from); at != m || !ok || err != nil {
					t.Fatalf("after %v comes %v, %v, %v, want %v", from, at, ok, err, m)
				}
				if at, ok, err := rec.Before(from + 1); at != was || !ok || err != nil {
					t.Fatalf("before %v comes %v, %v, %v, want %v", from+1, at, ok, err, was)
				}
			}
		}
		if at, ok, err := rec.Before(0); ok || err != nil {
			t.Errorf("before the first frame comes %v, %v", at, err)
		}
		last := c.moments[len(c.moments)-1]
		if at, ok, err := rec.After(last); ok || err != nil {
			t.Errorf("after the last frame comes %v, %v", at, err)
		}
		if at, ok, err := rec.After(math.MinInt64); !ok || at != 0 || err != nil {
			t.Errorf("the first frame is at %v, %v, %v", at, ok, err)
		}
		if at, ok, err := rec.Before(math.MaxInt64); !ok || at != last || err != nil {
			t.Errorf("the last frame is at %v, %v, %v, want %v", at, ok, err, last)
		}
	}

	const step = 10 * time.Second
	file := counting(t, 500, every(20, step), record.Config{Chunk: 4 * step})
	chunks := infoOf(t, file).ChunkIndexes
	hurt := chunks[2]
	file[hurt.ChunkStartOffset+hurt.ChunkLength/2] ^= 0x55
	rec := must(record.Open(bytes.NewReader(file), int64(len(file))))
	from, to := time.Duration(chunks[1].MessageEndTime), time.Duration(chunks[3].MessageStartTime)
	if at, ok, err := rec.After(from); at != to || !ok || err != nil {
		t.Errorf("after %v comes %v, %v, %v, want %v behind the damage", from, at, ok, err, to)
	}
	if at, ok, err := rec.Before(to); at != from || !ok || err != nil {
		t.Errorf("before %v comes %v, %v, %v, want %v in front of the damage", to, at, ok, err, from)
	}
}
