package record_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
)

// fill records so many moments, a second apart, from the moment from on. At moment n all slots have the value n.
func fill(t testing.TB, ring *record.Ring, a *arena.Arena[pose], span arena.Span[pose], from, moments int, cfg record.Config) {
	t.Helper()
	now := time.Duration(0)
	cfg.Clock = func() time.Duration { return now }
	r := newRecorder(t, ring, a, cfg)
	for n := from; n < from+moments; n++ {
		now = time.Duration(n) * time.Second
		for i := range span.Len() {
			span.Set(i, &pose{0: float32(n), 1: float32(i * n)})
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
}

// plays checks that the ring has exactly these moments, and that each plays with the values that it had.
func plays(t testing.TB, ring *record.Ring, first, last int) {
	t.Helper()
	rec, err := ring.Open()
	if err != nil {
		t.Fatal(err)
	}
	start := int(rec.Start() / time.Second)
	if end := start + int(rec.Duration()/time.Second); start != first || end != last || rec.Truncated() || ring.Duration() != rec.Duration() {
		t.Errorf("the ring has the moments %d to %d, want %d to %d; cut: %v", start, end, first, last, rec.Truncated())
	}
	b := newArena(t, arena.Config[pose]{})
	p, err := record.NewPlayer(rec, b)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for n := start; n <= last; n++ {
		if err := p.Seek(time.Duration(n-start) * time.Second); err != nil {
			t.Fatal(err)
		}
		b.Descend()
		for i, v := range b.Mirror()[:10] {
			if v[0] != float32(n) || v[1] != float32(i*n) {
				t.Fatalf("slot %d at moment %d is %v", i, n, v)
			}
		}
	}
}

// A Ring keeps the newest frames, from the last key frame that is old enough. A recording that was opened stays as it
// is while more is written.
func TestRingKeepsTheNewest(t *testing.T) {
	t.Parallel()
	a := newArena(t, arena.Config[pose]{})
	span, err := a.AllocSpan(10, pose{})
	if err != nil {
		t.Fatal(err)
	}
	ring := new(record.Ring)
	ring.Limit(20*time.Second, 0)
	if _, err := ring.Open(); !errors.Is(err, record.ErrNotRecording) || ring.Duration() != 0 {
		t.Errorf("an empty ring: %v", err)
	}
	cfg := record.Config{Keyframe: 5 * time.Second, Chunk: time.Second}
	fill(t, ring, a, span, 0, 12, cfg)
	plays(t, ring, 0, 11)
	early, err := ring.Open()
	if err != nil {
		t.Fatal(err)
	}
	fill(t, ring, a, span, 12, 100, cfg) // another Recorder goes on; the key frame at 87 and those before are too old
	plays(t, ring, 87, 111)
	b := newArena(t, arena.Config[pose]{})
	p, err := record.NewPlayer(early, b)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Seek(3 * time.Second); err != nil || early.Duration() != 11*time.Second {
		t.Error(err)
	}
	if b.Descend(); b.Mirror()[9][0] != 3 {
		t.Errorf("the early recording shows %v", b.Mirror()[9])
	}

	fill(t, ring, a, span, 120, 3, record.Config{Metadata: map[string]string{"other": "yes"}})
	plays(t, ring, 120, 122)
	fill(t, ring, a, span, 60, 3, record.Config{Metadata: map[string]string{"other": "yes"}}) // the clock went back
	plays(t, ring, 60, 62)
}

// A Ring has at most so many bytes. It is empty if the frames of one key frame are more.
func TestRingIsBounded(t *testing.T) {
	t.Parallel()
	a := newArena(t, arena.Config[pose]{})
	span, err := a.AllocSpan(1000, pose{})
	if err != nil {
		t.Fatal(err)
	}
	cfg := record.Config{Keyframe: 5 * time.Second, Chunk: time.Second}
	var whole, part bytes.Buffer
	for n, file := range map[int]*bytes.Buffer{100: &whole, 20: &part} {
		now := time.Duration(0)
		cfg := cfg
		cfg.Clock = func() time.Duration { return now }
		r := newRecorder(t, file, a, cfg)
		for m := range n {
			now = time.Duration(m) * time.Second
			for i := range span.Len() {
				span.Set(i, &pose{0: float32(m), 1: float32(i * m)})
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
	}
	ring := new(record.Ring)
	ring.Limit(0, part.Len())
	if _, err := ring.Write(whole.Bytes()); err != nil {
		t.Fatal(err)
	}
	rec, err := ring.Open()
	if err != nil {
		t.Fatal(err)
	}
	if at := rec.Start(); at < 75*time.Second || at > 90*time.Second || at+rec.Duration() != 99*time.Second {
		t.Errorf("the ring has %v from %v on", rec.Duration(), at)
	}
	none := new(record.Ring)
	none.Limit(0, part.Len()/10)
	for _, b := range whole.Bytes() { // in the smallest pieces
		if _, err := none.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	if rec, err := none.Open(); !errors.Is(err, record.ErrNotRecording) && rec.Duration() > 4*time.Second {
		t.Errorf("a small ring has %v, %v", rec.Duration(), err)
	}
}
