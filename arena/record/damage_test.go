package record_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
)

// counting records slots that show 1, 2, 3 and so on, each number from its time on.
func counting(t testing.TB, slots int, times []time.Duration, o record.Config) []byte {
	t.Helper()
	a := newArena(t, arena.Config[pose]{MaxSlots: slots})
	span, err := a.AllocSpan(slots, pose{})
	if err != nil {
		t.Fatal(err)
	}
	var now time.Duration
	o.Clock = func() time.Duration { return now }
	var file bytes.Buffer
	r := newRecorder(t, &file, a, o)
	for n, at := range times {
		now = at
		for i := range slots {
			span.Set(i, &pose{0: float32(n + 1), 1: float32(i)})
		}
		span.Flush()
		a.Descend()
		if err := r.Append(); err != nil {
			t.Fatal(err)
		}
		r.Wait()
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	conforms(t, file.Bytes())
	return file.Bytes()
}

// every returns n times, step apart.
func every(n int, step time.Duration) []time.Duration {
	times := make([]time.Duration, n)
	for i := range times {
		times[i] = time.Duration(i) * step
	}
	return times
}

// number returns the number that a stage shows of a recording by counting, 0 if it shows none.
func (s stage) number() int {
	s.arena.Descend()
	if m := s.arena.Mirror(); len(m) > 0 {
		return int(m[0][0])
	}
	return 0
}

// If a chunk with a key frame is damaged, Seek shows the last moment before it and returns the error. Every sound
// moment, earlier or later, still plays.
func TestDamagedKeyFrame(t *testing.T) {
	t.Parallel()
	const step = 10 * time.Second // so that no chunk is ended by real time
	file := counting(t, 1000, every(60, step), record.Config{Keyframe: 10 * step, Chunk: 9 * step})
	chunks := infoOf(t, file).ChunkIndexes
	for n, c := range chunks[1:] {
		before := chunks[n]
		for at := uint64(60); at < c.ChunkLength; at += c.ChunkLength / 7 {
			damaged := bytes.Clone(file)
			damaged[c.ChunkStartOffset+at] ^= 0x55
			s, rec, err := play(damaged)
			if err != nil {
				t.Fatal(err)
			}
			show := func(at time.Duration, want int, sound bool) {
				t.Helper()
				if err := s.Seek(at); err == nil != sound || !sound && !errors.Is(err, record.ErrDamaged) {
					t.Errorf("chunk %d is damaged, at %v: %v", n+1, at, err)
				}
				if got := s.number(); got != want {
					t.Errorf("chunk %d is damaged, at %v: shows %d, want %d", n+1, at, got, want)
				}
			}
			last := int(time.Duration(before.MessageEndTime)/step) + 1
			show(0, 1, true)
			show(time.Duration(c.MessageStartTime)+step/2, last, false)
			show(time.Duration(c.MessageEndTime), last, false)
			show(time.Duration(before.MessageStartTime), last-9, true)
			if end := rec.Duration(); n+2 < len(chunks) {
				show(end, 60, true)
			} else {
				show(end, last, false)
			}
			s.Close()
		}
	}
}

// No bit in the head of a chunk, which the chunk's checksum leaves out, changes a moment or the duration. No bit in the
// index does so in silence: either everything is there, or Truncated reports it.
func TestDamagedHeads(t *testing.T) {
	t.Parallel()
	const moments, step = 24, 10 * time.Millisecond
	file := counting(t, 3, every(moments, step), record.Config{Keyframe: 9 * step, Chunk: 4 * step})
	info := infoOf(t, file)
	index := int(info.Footer.SummaryStart)
	try := func(damaged []byte) (told bool) {
		s, rec, err := play(damaged)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		told = rec.Truncated()
		for m, at := range every(moments, step) {
			err := s.Seek(at)
			if err != nil && !errors.Is(err, record.ErrDamaged) {
				t.Fatal(err)
			}
			told = told || err != nil
			if got := s.number(); !told && got != m+1 {
				t.Fatalf("shows %d at %v", got, at)
			}
		}
		if end := (moments - 1) * step; !told && rec.Duration() != end {
			t.Fatalf("it takes %v", rec.Duration())
		}
		return told
	}
	const times = 1 + 8 + 8 + 8 // bytes of a chunk's record, kind and length in front
	for _, c := range info.ChunkIndexes {
		for bit := range 8 * times {
			damaged := bytes.Clone(file)
			damaged[int(c.ChunkStartOffset)+bit/8] ^= 1 << (bit % 8)
			if try(damaged) {
				t.Errorf("chunk at %v, bit %d: what the index says is not taken", time.Duration(c.MessageStartTime), bit)
			}
		}
	}
	for at := index; at < len(file); at++ {
		damaged := bytes.Clone(file)
		damaged[at] ^= 1 << (at % 8)
		try(damaged)
	}
}

// No bit in the sizes of a packed chunk makes Seek allocate much more than the chunk.
func TestDamagedSizes(t *testing.T) {
	file := counting(t, 3000, every(20, 10*time.Millisecond), record.Config{Chunk: time.Hour})
	c := infoOf(t, file).ChunkIndexes[0]
	packed := int(c.ChunkStartOffset) + 9 + 8 + 8 + 8 + 4 + 4 + len("zstd") + 8
	if binary.LittleEndian.Uint32(file[packed:]) != 0xFD2FB528 {
		t.Fatalf("% x are no beginning of Zstandard's", file[packed:packed+4])
	}
	for at := packed - 4 - 8 - 4 - 4 - 8; at < packed+14; at++ {
		for bit := range 8 {
			damaged := bytes.Clone(file)
			damaged[at] ^= 1 << bit
			s, _, err := play(damaged)
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			s.Seek(0)
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; took > 8*c.UncompressedSize {
				t.Errorf("byte %d, bit %d: %d MiB for a chunk of %d bytes", at-packed, bit, took>>20, c.UncompressedSize)
			}
			s.Close()
		}
	}
}

// longFile is a file of gibibytes: its beginning, and zeros.
type longFile struct {
	begin []byte
	most  int // that was asked for at once
}

func (f *longFile) ReadAt(b []byte, at int64) (int, error) {
	clear(b)
	if f.most = max(f.most, len(b)); at < int64(len(f.begin)) {
		copy(b, f.begin[at:])
	}
	return len(b), nil
}

// A chunk that is longer than any Recorder's is not read.
func TestDamagedLength(t *testing.T) {
	file := counting(t, 10, every(3, time.Second), record.Config{})
	at := infoOf(t, file).ChunkIndexes[0].ChunkStartOffset
	binary.LittleEndian.PutUint64(file[at+1:], 5<<29)
	long := &longFile{begin: file}
	rec, err := record.Open(long, 3<<30)
	if err != nil {
		t.Fatal(err)
	}
	a := newArena(t, arena.Config[pose]{})
	p := newPlayer(t, rec, a)
	if err := p.Seek(0); !errors.Is(err, record.ErrDamaged) || long.most > 1<<20 {
		t.Errorf("%d bytes were read at once, %v", long.most, err)
	}
}
