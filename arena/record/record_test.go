package record_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/foxglove/mcap/go/mcap"
	"github.com/klauspost/compress/zstd"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
)

type pose [12]float32 // 48 bytes

// A take is a recording, and the slots that the arena showed at each of its moments.
type take struct {
	file    []byte
	moments []time.Duration
	shown   [][]pose
	ticks   []arena.Tick
	stats   record.Stats
}

// newTake records frames of a world whose bodies fly, rest, come and go.
func newTake(t testing.TB, frames int, o record.Config) take {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, uint64(frames)))
	a := newArena(t, arena.Config[pose]{MaxSlots: 5000, Hidden: pose{11: -1}})
	world := a.NewGroup()
	var spans []arena.GroupSpan[pose]
	var out take
	var file bytes.Buffer
	now := time.Duration(0)
	o.Clock = func() time.Duration { return now }
	r := newRecorder(t, &file, a, o)
	for n := range frames {
		now = time.Duration(n) * 16 * time.Millisecond
		if n%40 == 0 && len(spans) < 6 {
			s, err := world.AllocSpan(50+rng.IntN(1200), pose{11: float32(n)})
			if err != nil {
				t.Fatal(err)
			}
			spans = append(spans, s)
		}
		if n%90 == 89 {
			k := rng.IntN(len(spans))
			if err := spans[k].Free(); err != nil {
				t.Fatal(err)
			}
			spans = slices.Delete(spans, k, k+1)
		}
		for _, s := range spans {
			for i := rng.IntN(3); i < s.Len(); i += 1 + rng.IntN(4) {
				v := pose{0: float32(math.Sin(float64(n*i) / 900)), 3: float32(i), 7: float32(n), 11: 1}
				s.Set(i, &v)
			}
		}
		tick := arena.Tick{Number: uint64(n + 1), Time: now}
		world.Commit(tick)
		a.Descend()
		if err := r.Append(); err != nil {
			t.Fatal(err)
		}
		for before := r.Stats(); before.Frames+before.Conflated < n+1; before = r.Stats() {
			// each frame is written before the next: see TestSlowDisk for what else there is
		}
		out.moments, out.ticks = append(out.moments, now), append(out.ticks, tick)
		out.shown = append(out.shown, slices.Clone(a.Mirror()[:a.HighWater()]))
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	out.file, out.stats = file.Bytes(), r.Stats()
	conforms(t, out.file)
	if out.stats.Frames != frames || out.stats.Conflated != 0 || out.stats.Bytes != int64(len(out.file)) {
		t.Fatalf("%+v of %d frames and %d bytes", out.stats, frames, len(out.file))
	}
	return out
}

func newArena[T any](t testing.TB, c arena.Config[T]) *arena.Arena[T] {
	t.Helper()
	a, err := arena.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func newRecorder[T any](t testing.TB, w io.Writer, a *arena.Arena[T], o record.Config) *record.Recorder[T] {
	t.Helper()
	r, err := record.NewRecorder(w, a, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func newPlayer[T any](t testing.TB, rec *record.Recording, a *arena.Arena[T]) *record.Player[T] {
	t.Helper()
	p, err := record.NewPlayer(rec, a)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// stage is a player and the arena that it plays into.
type stage struct {
	*record.Player[pose]
	arena *arena.Arena[pose]
}

func play(file []byte) (stage, *record.Recording, error) {
	rec, err := record.Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return stage{}, nil, err
	}
	a, err := arena.New(arena.Config[pose]{MaxSlots: 8192, Hidden: pose{11: -2}})
	if err != nil {
		return stage{}, nil, err
	}
	p, err := record.NewPlayer(rec, a)
	return stage{p, a}, rec, err
}

// shows returns an error unless the stage shows the slots of moment n, and hides all others.
func (s stage) shows(c take, n int) error {
	s.arena.Descend()
	m := s.arena.Mirror()
	for i, want := range c.shown[n] {
		if i >= len(m) || m[i] != want {
			return fmt.Errorf("slot %d differs at moment %d", i, n)
		}
	}
	for i := len(c.shown[n]); i < len(m); i++ {
		if m[i] != (pose{11: -2}) {
			return fmt.Errorf("slot %d shows %v at moment %d, and was not there", i, m[i], n)
		}
	}
	return nil
}

// fewer returns n, or a tenth of it under the race detector, which finds nothing new in the rest.
func fewer(n int) int {
	if raceEnabled {
		return n / 10
	}
	return n
}

// moment returns the number of the last moment at or before t.
func (c take) moment(t time.Duration) int {
	n, _ := slices.BinarySearch(c.moments, t+1)
	return max(n-1, 0)
}

// Seek shows every moment as it was: forwards, backwards, at random, between two moments, before the first and past the
// end.
func TestSeek(t *testing.T) {
	t.Parallel()
	c := newTake(t, fewer(400), record.Config{Keyframe: time.Second, Chunk: 200 * time.Millisecond, Metadata: map[string]string{"tanks": "6"}})
	s, rec, err := play(c.file)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if rec.Metadata()["tanks"] != "6" || rec.Layout() != "12float32" || rec.Truncated() || rec.Duration() != c.moments[len(c.moments)-1] {
		t.Errorf("%v, %s, cut %v, %v", rec.Metadata(), rec.Layout(), rec.Truncated(), rec.Duration())
	}
	at := func(d time.Duration) {
		t.Helper()
		if err := s.Seek(d); err != nil {
			t.Fatal(err)
		}
		n := c.moment(d)
		if err := s.shows(c, n); err != nil {
			t.Fatalf("at %v: %v", d, err)
		}
		if s.Position() != c.moments[n] {
			t.Fatalf("at %v it is %v", d, s.Position())
		}
	}
	for _, d := range c.moments {
		at(d)
	}
	for _, d := range slices.Backward(c.moments) {
		at(d)
	}
	rng := rand.New(rand.NewPCG(2, 2))
	for range fewer(300) {
		at(time.Duration(rng.Int64N(int64(rec.Duration()))))
	}
	at(-time.Hour)
	at(time.Hour)
}

// A Seek to the moment that is shown changes nothing in the arena, also at the end of a chunk.
func TestSeekBetweenMoments(t *testing.T) {
	c := newTake(t, 100, record.Config{Keyframe: 200 * time.Millisecond, Chunk: 50 * time.Millisecond})
	s, _, err := play(c.file)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for n, d := range c.moments {
		for again := range 3 {
			if err := s.Seek(d + time.Duration(again)*5*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			if d := s.arena.Descend(); again > 0 && len(d.Ranges) > 0 {
				t.Fatalf("moment %d is shown again: %v", n, d.Ranges)
			}
			if err := s.shows(c, n); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A reader of the arena sees whole moments while a player seeks forwards and backwards.
func TestPlayersShowWholeMoments(t *testing.T) {
	t.Parallel()
	c := newTake(t, fewer(200), record.Config{Keyframe: time.Second})
	s, _, err := play(c.file)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Seek(0); err != nil {
		t.Fatal(err)
	}
	var playing sync.WaitGroup
	done := make(chan bool)
	playing.Go(func() {
		defer close(done)
		for k := range 3 {
			for n := range c.moments {
				if k == 1 {
					n = len(c.moments) - 1 - n
				}
				if err := s.Seek(c.moments[n]); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		d := s.arena.Descend()
		for _, g := range d.Ticks {
			if n := int(g.To.Number) - 1; n >= 0 {
				for i, want := range c.shown[n] {
					if got := s.arena.Mirror()[i]; got != want {
						t.Fatalf("tick %d: slot %d shows %v, want %v", g.To.Number, i, got, want)
					}
				}
			}
		}
	}
	playing.Wait()
}

// An arena of as many slots as were recorded has room for them. In a smaller arena, Seek returns ErrFull for moments
// that have more slots. That is not ErrDamaged.
func TestSmallArena(t *testing.T) {
	from := newArena(t, arena.Config[pose]{MaxSlots: 1500})
	var file bytes.Buffer
	now := time.Duration(0)
	r := newRecorder(t, &file, from, record.Config{Clock: func() time.Duration { return now }})
	for n := range 15 {
		now = time.Duration(n) * time.Second
		if _, err := from.AllocSpan(100, pose{0: float32(n + 1)}); err != nil {
			t.Fatal(err)
		}
		from.Descend()
		if err := r.Append(); err != nil {
			t.Fatal(err)
		}
		r.Wait()
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	rec, err := record.Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, slots := range []int{99, 100, 250, 1499, 1500} {
		a := newArena(t, arena.Config[pose]{MaxSlots: slots})
		p := newPlayer(t, rec, a)
		for _, n := range []int{0, 1, 14, 0, 14, 1} {
			err := p.Seek(time.Duration(n) * time.Second)
			if fits := 100*(n+1) <= slots; fits != (err == nil) || !fits && (!errors.Is(err, arena.ErrFull) || errors.Is(err, record.ErrDamaged)) {
				t.Errorf("%d slots into %d: %v", 100*(n+1), slots, err)
			}
			if a.Descend(); err == nil && a.Mirror()[100*n] != (pose{0: float32(n + 1)}) {
				t.Errorf("%d slots into %d: shows %v", 100*(n+1), slots, a.Mirror()[100*n])
			}
		}
		p.Close()
	}
}

// A Seek before the first moment shows the first, one past the end the last, for any clock of the recorder.
func TestSeekPastEnds(t *testing.T) {
	for _, begin := range []time.Duration{math.MinInt64, -time.Hour, 0, time.Duration(time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC).UnixNano())} {
		s, rec, err := play(counting(t, 10, []time.Duration{begin, begin + 1, begin + time.Minute}, record.Config{}))
		if err != nil || rec.Start() != begin || rec.Duration() != time.Minute {
			t.Fatalf("%v from %v on, %v", rec.Duration(), rec.Start(), err)
		}
		for at, want := range map[time.Duration]int{math.MinInt64: 1, -1: 1, 0: 1, 1: 2, time.Minute - 1: 2, time.Minute: 3, math.MaxInt64: 3} {
			if err := s.Seek(at); err != nil || s.number() != want {
				t.Errorf("from %v on, at %v: shows %d, %v", begin, at, s.number(), err)
			}
		}
		s.Close()
	}
}

// A file that was cut at any byte plays to its last whole chunk. Open returns an error if there is none.
func TestCut(t *testing.T) {
	t.Parallel()
	c := newTake(t, 120, record.Config{Keyframe: 500 * time.Millisecond, Chunk: 100 * time.Millisecond})
	played, least := 0, time.Duration(0)
	var cuts []int
	for cut := 0; cut < len(c.file)-100; cut += 1 + len(c.file)/fewer(400) {
		cuts = append(cuts, cut)
	}
	for cut := len(c.file) - 100; cut < len(c.file); cut++ { // the index and the footer, which no moment is in
		cuts = append(cuts, cut)
	}
	for _, cut := range cuts {
		s, rec, err := play(c.file[:cut])
		if err != nil {
			if !errors.Is(err, record.ErrNotRecording) {
				t.Fatalf("%d bytes: %v", cut, err)
			}
			continue
		}
		if !rec.Truncated() {
			t.Fatalf("%d of %d bytes are not said to be cut", cut, len(c.file))
		}
		if err := s.Seek(time.Hour); err != nil {
			t.Fatalf("%d bytes: %v", cut, err)
		}
		if err := s.shows(c, c.moment(rec.Duration())); err != nil {
			t.Fatalf("%d bytes: %v", cut, err)
		}
		if rec.Duration() < least {
			t.Fatalf("%d bytes play %v, fewer %v", cut, rec.Duration(), least)
		}
		least = rec.Duration()
		played++
		s.Close()
	}
	if played < fewer(300) || least < c.moments[100] {
		t.Errorf("%d files played, the longest %v", played, least)
	}
}

// Files with random bytes changed never end the process and never show a wrong moment: the moment is right, or an error
// says that the file is damaged.
func TestDamage(t *testing.T) {
	t.Parallel()
	files := fewer(1000)
	c := newTake(t, 60, record.Config{Keyframe: 300 * time.Millisecond, Chunk: 100 * time.Millisecond})
	rng := rand.New(rand.NewPCG(7, 7))
	refused, told, same := 0, 0, 0
	for range files {
		file := bytes.Clone(c.file)
		for range 1 + rng.IntN(4) {
			file[rng.IntN(len(file))] ^= byte(1 + rng.IntN(255))
		}
		s, rec, err := play(file)
		if err != nil {
			refused++
			continue
		}
		damaged := rec.Truncated()
		for _, n := range []int{0, 7, 59, 30, 13, 44, 58} {
			err := s.Seek(c.moments[n])
			if err != nil {
				if !errors.Is(err, record.ErrDamaged) {
					t.Fatal(err)
				}
				damaged = true
				continue
			}
			if rec.Truncated() { // it may end early, and says so
				n = c.moment(s.Position())
			}
			if err := s.shows(c, n); err != nil {
				t.Fatalf("silently wrong: %v", err)
			}
		}
		if damaged {
			told++
		} else {
			same++
		}
		s.Close()
	}
	t.Logf("of %d damaged files %d are refused, %d say it when they play, %d play as ever", files, refused, told, same)
	if told < files/3 {
		t.Error("too few were found")
	}
}

// While a disk stands still, Append goes on, and the file ends with the last moment.
func TestSlowDisk(t *testing.T) {
	a := newArena(t, arena.Config[pose]{})
	span, err := a.AllocSpan(100, pose{})
	if err != nil {
		t.Fatal(err)
	}
	disk := &slowDisk{stands: make(chan bool)}
	now := time.Duration(0)
	r := newRecorder(t, disk, a, record.Config{Chunk: time.Nanosecond, Clock: func() time.Duration { return now }})
	disk.slow.Lock()
	last := pose{}
	for n := range 500 {
		now += time.Millisecond
		last = pose{0: float32(n)}
		span.Set(n%100, &last)
		span.Flush()
		a.Descend()
		if err := r.Append(); err != nil {
			t.Fatal(err)
		}
	}
	disk.slow.Unlock()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if s := r.Stats(); s.Conflated < 400 || s.Frames > 10 {
		t.Errorf("%+v", s)
	}
	s, _, err := play(disk.file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Seek(time.Hour); err != nil {
		t.Fatal(err)
	}
	s.arena.Descend()
	if !slices.Equal(s.arena.Mirror()[:100], a.Mirror()) {
		t.Error("the last moment is another")
	}
}

type slowDisk struct {
	file   bytes.Buffer
	slow   sync.Mutex
	stands chan bool
}

func (d *slowDisk) Write(b []byte) (int, error) {
	d.slow.Lock()
	defer d.slow.Unlock()
	return d.file.Write(b)
}

// A program that calls Wait has every moment in the file, and Stats tells how many chunks are in it.
func TestWait(t *testing.T) {
	a := newArena(t, arena.Config[pose]{})
	span, err := a.AllocSpan(100, pose{})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	now := time.Duration(0)
	r := newRecorder(t, &file, a, record.Config{Chunk: 100 * time.Millisecond, Clock: func() time.Duration { return now }})
	const moments = 500
	for n := range moments {
		now = time.Duration(n) * time.Millisecond
		span.Set(n%100, &pose{0: float32(n + 1)})
		span.Flush()
		a.Descend()
		if err := r.Append(); err != nil {
			t.Fatal(err)
		}
		r.Wait()
		if s := r.Stats(); s.Frames != n+1 || s.Chunks < n/101 {
			t.Fatalf("after %d moments: %+v", n+1, s)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if s := r.Stats(); s.Frames != moments || s.Conflated != 0 || s.Chunks < moments/101 {
		t.Errorf("%+v", s)
	}
}

// A seek applies at most 32 times all slots, however many move. Where few move, time decides when a key frame is due.
func TestKeyFrames(t *testing.T) {
	const slots, moments = 100, 200
	for moving, want := range map[int]uint64{slots: 1 + (moments-1)/33, 1: 1} {
		a := newArena(t, arena.Config[pose]{})
		span, err := a.AllocSpan(slots, pose{})
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		now := time.Duration(0)
		r := newRecorder(t, &file, a, record.Config{Clock: func() time.Duration { return now }})
		for n := range moments {
			now = time.Duration(n) * time.Millisecond
			for i := range moving {
				span.Set(i, &pose{0: float32(n + 1)})
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
		info, keys := infoOf(t, file.Bytes()), uint64(0)
		for id, c := range info.Channels {
			if c.Topic == "/slots/key" {
				keys = info.Statistics.ChannelMessageCounts[id]
			}
		}
		if keys != want {
			t.Errorf("%d of %d slots move: %d key frames, want %d", moving, slots, keys, want)
		}
	}
}

// endingAt is a file that returns io.EOF with its last byte, as an io.ReaderAt may.
type endingAt []byte

func (f endingAt) ReadAt(b []byte, at int64) (int, error) {
	n := copy(b, f[at:])
	if at+int64(n) == int64(len(f)) {
		return n, io.EOF
	}
	return n, nil
}

func TestReadersThatSayWhereTheFileEnds(t *testing.T) {
	file := counting(t, 10, every(3, time.Second), record.Config{})
	for _, f := range []endingAt{file, file[:infoOf(t, file).Footer.SummaryStart]} {
		if _, err := record.Open(f, int64(len(f))); err != nil {
			t.Error(err)
		}
	}
}

var errFull = errors.New("no space left on device")

// fullDisk has room for so many bytes.
type fullDisk struct {
	file bytes.Buffer
	room int
}

func (d *fullDisk) Write(b []byte) (int, error) {
	n, err := len(b), error(nil)
	if n > d.room {
		n, err = d.room, errFull
	}
	d.room -= n
	d.file.Write(b[:n])
	return n, err
}

// On a disk that fills up, Append or Close returns the error, and the file plays up to there.
func TestFullDisk(t *testing.T) {
	for _, room := range []int{0, 100, 2000, 30_000, 60_000} {
		a := newArena(t, arena.Config[pose]{})
		span, err := a.AllocSpan(1000, pose{})
		if err != nil {
			t.Fatal(err)
		}
		disk := &fullDisk{room: room}
		now := time.Duration(0)
		r, err := record.NewRecorder(disk, a, record.Config{Chunk: time.Millisecond, Clock: func() time.Duration { return now }})
		if err == nil {
			rng := rand.New(rand.NewPCG(1, 1))
			for range 100_000 { // until it is full
				now += time.Millisecond
				for i := range 1000 {
					span.Set(i, &pose{0: rng.Float32(), 1: rng.Float32(), 2: rng.Float32()})
				}
				span.Flush()
				a.Descend()
				if err = r.Append(); err != nil {
					break
				}
			}
			if closed := r.Close(); err == nil {
				err = closed
			}
		}
		if !errors.Is(err, errFull) {
			t.Errorf("room for %d bytes: %v", room, err)
		}
		if s, rec, err := play(disk.file.Bytes()); err == nil {
			if err := s.Seek(time.Hour); err != nil || !rec.Truncated() {
				t.Errorf("room for %d bytes: %v, cut %v", room, err, rec.Truncated())
			}
		} else if room >= 60_000 {
			t.Errorf("room for %d bytes: %v", room, err)
		}
	}
}

func TestOtherSlots(t *testing.T) {
	c := newTake(t, 5, record.Config{})
	rec, err := record.Open(bytes.NewReader(c.file), int64(len(c.file)))
	if err != nil {
		t.Fatal(err)
	}
	a := newArena(t, arena.Config[[12]uint32]{})
	if _, err := record.NewPlayer(rec, a); err == nil ||
		!bytes.Contains([]byte(err.Error()), []byte("12float32, in an arena with slots of 48 bytes, 12uint32")) {
		t.Error(err)
	}
	for _, none := range [][]byte{nil, []byte("short"), bytes.Repeat([]byte("no recording"), 100)} {
		if _, _, err := play(none); !errors.Is(err, record.ErrNotRecording) {
			t.Errorf("%.10q: %v", none, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	c := newTake(f, 5, record.Config{})
	f.Add(c.file)
	f.Fuzz(func(t *testing.T, file []byte) {
		s, _, err := play(file)
		if err != nil {
			return
		}
		for _, d := range []time.Duration{0, time.Second, time.Millisecond} {
			s.Seek(d)
		}
		s.Close()
	})
}

// FuzzMessages puts its input into a chunk and makes every checksum right, so that the code behind the checks is
// fuzzed, too: a hostile file.
func FuzzMessages(f *testing.F) {
	c := newTake(f, 5, record.Config{})
	first := infoOf(f, c.file).ChunkIndexes[0]
	begin, end := first.ChunkStartOffset, first.ChunkStartOffset+first.ChunkLength
	head, chunk := c.file[:begin:begin], c.file[begin:end]
	unpacker, err := zstd.NewReader(nil)
	if err != nil {
		f.Fatal(err)
	}
	packer, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		f.Fatal(err)
	}
	parsed, err := mcap.ParseChunk(chunk[9:])
	if err != nil {
		f.Fatal(err)
	}
	messages, err := unpacker.DecodeAll(parsed.Records, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(messages)
	f.Fuzz(func(t *testing.T, messages []byte) {
		messages = bytes.Clone(messages)
		seal(messages)
		le := binary.LittleEndian
		packed := packer.EncodeAll(messages, nil)
		var body []byte
		body = append(body, chunk[9:9+16]...) // the times
		body = le.AppendUint64(body, uint64(len(messages)))
		body = le.AppendUint32(body, crc32.ChecksumIEEE(messages))
		body = append(le.AppendUint32(body, 4), "zstd"...)
		body = append(le.AppendUint64(body, uint64(len(packed))), packed...)
		file := append(bytes.Clone(head), byte(mcap.OpChunk))
		file = append(le.AppendUint64(file, uint64(len(body))), body...)
		s, _, err := play(file)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for _, d := range []time.Duration{0, time.Second, time.Millisecond} {
			if err := s.Seek(d); err != nil && !errors.Is(err, record.ErrDamaged) && !errors.Is(err, arena.ErrFull) {
				t.Fatal(err)
			}
			s.arena.Descend()
		}
	})
}

// infoOf returns the summary of a file, read by the library.
func infoOf(t testing.TB, file []byte) *mcap.Info {
	t.Helper()
	reader, err := mcap.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	info, err := reader.Info()
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// seal gives each message of a chunk the lengths and the checksum that its frame should have.
func seal(messages []byte) {
	const record, message, frame = 9, 22, 80 // bytes in front of a record's, a message's and a frame's own
	le := binary.LittleEndian
	for b := messages; len(b) >= record+message+frame; {
		n := le.Uint64(b[1:])
		if n < message+frame || n > uint64(len(b)-record) {
			return
		}
		f := b[record+message : record+n]
		head, table := min(int(le.Uint32(f[68:])), len(f)-frame), crc32.MakeTable(crc32.Castagnoli)
		le.PutUint32(f[68:], uint32(head))
		le.PutUint32(f[72:], uint32(len(f)-frame-head))
		le.PutUint32(f[76:], crc32.Update(crc32.Checksum(f[:76], table), table, f[80:frame+head]))
		b = b[record+n:]
	}
}
