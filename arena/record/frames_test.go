package record_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/foxglove/mcap/go/mcap"

	"github.com/slotstream/slotstream/arena/record"
)

// Frames yields every moment that was recorded, also of a file that another tool has written anew.
func TestFrames(t *testing.T) {
	t.Parallel()
	c := newTake(t, 200, record.Config{Keyframe: time.Second})
	others := rewritten(t, c.file, copyAs{WriterOptions: mcap.WriterOptions{Chunked: true, ChunkSize: 1 << 16, Compression: mcap.CompressionLZ4}, others: true})
	for _, file := range [][]byte{c.file, others} {
		rec := must(record.Open(bytes.NewReader(file), int64(len(file))))
		n, keys := 0, 0
		for f, err := range rec.Frames() {
			switch {
			case err != nil:
				t.Fatal(err)
			case f.Time != c.moments[n] || len(f.Ticks) != 1 || f.Ticks[0].To != c.ticks[n] || f.HighWater != len(c.shown[n]):
				t.Fatalf("frame %d is %+v, recorded at %v as %v with %d slots", n, f, c.moments[n], c.ticks[n], len(c.shown[n]))
			case f.Key && f.Slots < f.HighWater, f.Slots < 1, f.Bytes < f.Slots*48, f.Bytes > f.Slots*(48+8)+256: // a slot, where it is, and the header
				t.Fatalf("frame %d has %d slots below %d in %d bytes", n, f.Slots, f.HighWater, f.Bytes)
			case f.Key:
				keys++
			}
			n++
		}
		if n != len(c.moments) || keys < 3 || keys > n/2 {
			t.Errorf("%d frames of %d, %d of them key frames", n, len(c.moments), keys)
		}
		for range rec.Frames() { // may be left
			break
		}
	}
}

// In a damaged file, Frames yields exactly the moments that Seek shows, and an error for each damage.
func TestFramesOfDamaged(t *testing.T) {
	t.Parallel()
	const step = 10 * time.Second
	times := every(60, step)
	file := counting(t, 500, times, record.Config{Keyframe: 10 * step, Chunk: 4 * step})
	chunks := infoOf(t, file).ChunkIndexes
	for first := range chunks {
		damaged := bytes.Clone(file)
		for i := first; i < len(chunks); i += 7 {
			damaged[chunks[i].ChunkStartOffset+chunks[i].ChunkLength/2] ^= 0x55
		}
		s, rec, err := play(damaged)
		if err != nil {
			t.Fatal(err)
		}
		var got, want []time.Duration
		for f, err := range rec.Frames() {
			if err == nil {
				got = append(got, f.Time)
			} else if !errors.Is(err, record.ErrDamaged) {
				t.Fatal(err)
			}
		}
		for n, at := range times {
			if err := s.Seek(at); s.number() == n+1 { // err may be about the frames that follow
				if err != nil && !errors.Is(err, record.ErrDamaged) {
					t.Fatal(err)
				}
				want = append(want, at)
			}
		}
		if s.Close(); !slices.Equal(got, want) || len(got) == len(times) || len(got) < 10 {
			t.Errorf("chunk %d is damaged: Frames yields %v\nSeek shows %v", first, got, want)
		}
	}
}

// An error of the file ends the sequence.
func TestFramesOfFailingFile(t *testing.T) {
	t.Parallel()
	file := counting(t, 500, every(60, time.Minute), record.Config{Keyframe: 10 * time.Minute, Chunk: 4 * time.Minute})
	f := &failing{ReaderAt: bytes.NewReader(file)}
	rec := must(record.Open(f, int64(len(file))))
	n, failed := 0, 0
	for _, err := range rec.Frames() {
		if n++; n == 20 {
			f.err = io.ErrClosedPipe
		}
		if err != nil && !errors.Is(err, io.ErrClosedPipe) {
			t.Error(err)
		}
		if err != nil {
			failed++
		}
	}
	if failed != 1 || n < 20 || n > 30 {
		t.Errorf("%d frames with %d errors", n, failed)
	}
}

// failing returns err from every read once it is set.
type failing struct {
	io.ReaderAt
	err error
}

func (f *failing) ReadAt(b []byte, at int64) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return f.ReaderAt.ReadAt(b, at)
}
