package record_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/wire"
	"github.com/slotstream/slotstream/arena/record"
)

// sized records slots of T, and plays them.
func sized[T any](t *testing.T, at func(*T) *float32) {
	t.Helper()
	const slots = 70
	a := newArena(t, arena.Config[T]{MaxSlots: slots})
	span, err := a.AllocSpan(slots, *new(T))
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	r := newRecorder(t, &file, a, record.Config{})
	for n := range 5 {
		v := new(T)
		*at(v) = float32(n + 1)
		span.Set(n, v)
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
	rec, err := record.Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	b := newArena(t, arena.Config[T]{MaxSlots: slots})
	p := newPlayer(t, rec, b)
	if err := p.Seek(time.Hour); err != nil {
		t.Fatal(err)
	}
	b.Descend()
	if !bytes.Equal(arena.Bytes(b.Mirror()[:slots]), arena.Bytes(a.Mirror()[:slots])) {
		t.Errorf("slots of %T: what is played is another", *new(T))
	}
}

func TestSlotSizes(t *testing.T) {
	t.Parallel()
	sized(t, func(v *[1]float32) *float32 { return &v[0] })
	sized(t, func(v *[3]float32) *float32 { return &v[2] })
	sized(t, func(v *[4]float32) *float32 { return &v[3] })
	sized(t, func(v *[16]float32) *float32 { return &v[15] })
	sized(t, func(v *[20]float32) *float32 { return &v[19] })
	sized(t, func(v *[64]float32) *float32 { return &v[63] })
	sized(t, func(v *[1 << 14]float32) *float32 { return &v[1<<14-1] })

	type largest [wire.MostSlotBytes / 4]float32
	sized(t, func(v *largest) *float32 { return &v[1] })
	a := newArena(t, arena.Config[[len(largest{}) + 1]float32]{MaxSlots: 1})
	if _, err := record.NewRecorder(io.Discard, a, record.Config{}); err == nil || !strings.Contains(err.Error(), "slots of 262144 bytes: use at most 262140") {
		t.Errorf("slots that no message can carry: %v", err)
	}
}

// NewRecorder refuses a Config that could not be read back.
func TestConfig(t *testing.T) {
	t.Parallel()
	a := newArena(t, arena.Config[pose]{})
	if _, err := a.Alloc(pose{}); err != nil {
		t.Fatal(err)
	}
	a.Descend()
	most := 0
	for size := 1<<20 - 1000; size < 1<<20+40; size += 40 {
		var file bytes.Buffer
		r, err := record.NewRecorder(&file, a, record.Config{Metadata: map[string]string{"a": strings.Repeat("x", size)}})
		if err != nil {
			if !strings.Contains(err.Error(), "cfg.Metadata has") {
				t.Error(err)
			}
			break
		}
		r.Append()
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if s, rec, err := play(file.Bytes()); err != nil || len(rec.Metadata()["a"]) != size {
			t.Fatalf("metadata of %d bytes: %v", size, err)
		} else {
			s.Close()
		}
		most = size
	}
	if most < 1<<20-1000 || most > 1<<20 {
		t.Errorf("metadata of up to %d bytes", most)
	}
	for _, o := range []record.Config{{Chunk: -1}, {Keyframe: -1}, {Metadata: map[string]string{"a": "\xff"}}, {Metadata: map[string]string{"\xff": "a"}}} {
		if _, err := record.NewRecorder(io.Discard, a, o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

// shortDisk writes half of its input from some write on, and returns no error.
type shortDisk struct{ whole int }

func (d *shortDisk) Write(b []byte) (int, error) {
	if d.whole--; d.whole < 0 {
		return len(b) / 2, nil
	}
	return len(b), nil
}

func TestShortWrites(t *testing.T) {
	a := newArena(t, arena.Config[pose]{})
	if _, err := a.Alloc(pose{}); err != nil {
		t.Fatal(err)
	}
	if _, err := record.NewRecorder(&shortDisk{whole: 3}, a, record.Config{}); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("in the head: %v", err)
	}
	r := newRecorder(t, &shortDisk{whole: 20}, a, record.Config{})
	a.Descend()
	r.Append()
	for range 2 {
		if err := r.Close(); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("later: %v", err)
		}
	}
}

// Close returns the same, a second time; Append after it returns ErrClosed.
func TestCloseTwice(t *testing.T) {
	a := newArena(t, arena.Config[pose]{})
	if _, err := a.Alloc(pose{}); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	r := newRecorder(t, &file, a, record.Config{})
	a.Descend()
	if err := r.Append(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	r.Wait()
	if err := r.Append(); !errors.Is(err, record.ErrClosed) {
		t.Errorf("Append after Close: %v", err)
	}
}

// While the clock is behind its latest time, frames have that time.
func TestClockGoesBack(t *testing.T) {
	s, rec, err := play(counting(t, 10, []time.Duration{5, 3, 3, 8, math.MinInt64, 9}, record.Config{Chunk: 2}))
	if err != nil || rec.Start() != 5 || rec.Duration() != 4 {
		t.Fatalf("%v from %v on, %v", rec.Duration(), rec.Start(), err)
	}
	for _, at := range []time.Duration{4, 3, 0, 2, 3, 4, 0} {
		want := map[time.Duration]int{0: 3, 2: 3, 3: 5, 4: 6}[at]
		if err := s.Seek(at); err != nil || s.number() != want {
			t.Errorf("at %v: shows %d, want %d, %v", at, s.number(), want, err)
		}
	}
}

// Slots that were allocated after the last Descend are not in the file.
func TestCloseBehindAllocations(t *testing.T) {
	a := newArena(t, arena.Config[pose]{})
	slot, err := a.Alloc(pose{})
	if err != nil {
		t.Fatal(err)
	}
	disk := &slowDisk{}
	r := newRecorder(t, disk, a, record.Config{Keyframe: 1})
	disk.slow.Lock()
	for n := range 6 { // until something waits for Close
		slot.Store(&pose{0: float32(n)})
		a.Descend()
		if err := r.Append(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.AllocSpan(10, pose{}); err != nil {
		t.Fatal(err)
	}
	disk.slow.Unlock()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	s, _, err := play(disk.file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Seek(time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := s.shows(take{shown: [][]pose{{{0: 5}}}}, 0); err != nil {
		t.Error(err)
	}
}

// A closed player shows nothing, and Seek returns ErrClosed.
func TestClosePlayer(t *testing.T) {
	s, _, err := play(counting(t, 10, every(3, time.Second), record.Config{}))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Seek(0); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := s.shows(take{shown: [][]pose{nil}}, 0); err != nil {
		t.Error(err)
	}
	if err := s.Seek(0); !errors.Is(err, record.ErrClosed) {
		t.Errorf("Seek after Close: %v", err)
	}
}

// A clock that panics, at any one of its calls or at all of them, loses no frame if the caller recovers, and Wait and
// Close return.
func TestClockPanics(t *testing.T) {
	const moments = 20
	for bad := -1; bad < moments; bad++ { // -1: each call
		a := newArena(t, arena.Config[pose]{})
		slot, err := a.Alloc(pose{})
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		n := 0
		r := newRecorder(t, &file, a, record.Config{Clock: func() time.Duration {
			if n == bad || bad < 0 {
				panic("the clock is not ready")
			}
			return time.Duration(n) * time.Second
		}})
		for ; n < moments; n++ {
			slot.Store(&pose{0: float32(n + 1)})
			a.Descend()
			func() {
				defer func() {
					if p := recover(); (p != nil) != (n == bad || bad < 0) {
						t.Fatalf("clock %d, moment %d: panic %v", bad, n, p)
					}
				}()
				if err := r.Append(); err != nil {
					t.Fatal(err)
				}
			}()
			r.Wait()
		}
		r.Wait()
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		want := moments - 1
		if bad < 0 || bad == moments-1 { // Close writes what the last Append could not
			want = moments
		}
		if bad < 0 {
			want = 1
		}
		if s := r.Stats(); s.Frames != want || s.Conflated != 0 {
			t.Errorf("clock %d: %+v, want %d frames", bad, s, want)
		}
		s, _, err := play(file.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for n := range moments {
			if err := s.Seek(time.Duration(n) * time.Second); err != nil {
				t.Fatal(err)
			}
			show := n + 1
			switch {
			case bad < 0 || bad == moments-1 && n >= moments-2: // Close uses the last time that the clock told
				show = moments
			case n == bad && n > 0:
				show = n
			}
			if bad == 0 { // the first frame is of the second moment, and time counts from it
				show = min(n+2, moments)
			}
			if got := s.number(); got != show {
				t.Errorf("clock %d: shows %d at moment %d, want %d", bad, got, n, show)
			}
		}
		s.Close()
	}
}

// A recorder begins with everything that the arena shows, and misses no Descend, by any part of the program. Close ends
// its subscription.
func TestFollows(t *testing.T) {
	a := newArena(t, arena.Config[pose]{})
	var slots []arena.Slot[pose]
	for n := range 3 {
		slot, err := a.Alloc(pose{0: float32(n)})
		if err != nil {
			t.Fatal(err)
		}
		slots = append(slots, slot)
	}
	a.Descend() // before anybody follows
	var file bytes.Buffer
	r := newRecorder(t, &file, a, record.Config{})
	for n := range 3 {
		slots[n].Store(&pose{0: float32(10 + n)})
		a.Descend()
		a.Descend() // which finds nothing, and takes nothing away
	}
	if err := r.Append(); err != nil {
		t.Fatal(err)
	}
	if err := r.Append(); err != nil { // nothing has changed
		t.Fatal(err)
	}
	r.Wait()
	if s := r.Stats(); s.Frames != 1 {
		t.Errorf("%+v", s)
	}
	slots[0].Store(&pose{})
	a.Descend()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	s, _, err := play(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Seek(time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := s.shows(take{shown: [][]pose{{{0: 10}, {0: 11}, {0: 12}}}}, 0); err != nil {
		t.Error(err)
	}
}

// A moment has the tick of every group that had committed by then, also of those that changed no slot: forwards,
// backwards and at random. The player commits the latest.
func TestTicks(t *testing.T) {
	const moments, groups = 120, 5
	a := newArena(t, arena.Config[pose]{})
	var file bytes.Buffer
	now := time.Duration(0)
	r := newRecorder(t, &file, a, record.Config{Keyframe: 700 * time.Millisecond, Chunk: 200 * time.Millisecond, Clock: func() time.Duration { return now }})
	var worlds []arena.Group[pose]
	var spans []arena.GroupSpan[pose]
	want := make([][]arena.GroupTick, moments)
	shown := map[uint64]arena.Tick{}
	for n := range moments {
		now = time.Duration(n) * 20 * time.Millisecond
		if n%15 == 0 && len(worlds) < groups {
			g := a.NewGroup()
			s, err := g.AllocSpan(10, pose{})
			if err != nil {
				t.Fatal(err)
			}
			worlds, spans = append(worlds, g), append(spans, s)
		}
		for i, g := range worlds {
			if (n+i)%(i+2) != 0 && n > 0 {
				continue
			}
			if n%3 != 0 { // else the tick is all that is new
				spans[i].Set(n%10, &pose{0: float32(n)})
			}
			tick := arena.Tick{Number: uint64(1000*i + n + 1), Time: now + time.Duration(groups-i)} // the first group's is latest
			if i == 1 {                                                                             // a simulation that runs backward
				tick = arena.Tick{Number: uint64(moments - n), Time: -now}
			}
			g.Commit(tick)
			shown[g.Number()] = tick
		}
		a.Descend()
		if err := r.Append(); err != nil {
			t.Fatal(err)
		}
		r.Wait()
		for _, number := range slices.Sorted(maps.Keys(shown)) {
			want[n] = append(want[n], arena.GroupTick{Group: number, To: shown[number]})
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	s, _, err := play(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var before map[uint64]arena.Tick
	at := func(n int) {
		t.Helper()
		if err := s.Seek(time.Duration(n) * 20 * time.Millisecond); err != nil {
			t.Fatal(err)
		}
		now := map[uint64]arena.Tick{}
		var latest arena.Tick
		got := slices.Clone(s.Ticks())
		for i := range got {
			if got[i].From != before[got[i].Group] {
				t.Fatalf("moment %d: %+v, and before it was %v", n, got[i], before[got[i].Group])
			}
			now[got[i].Group], got[i].From = got[i].To, arena.Tick{}
			if got[i].To.Time > latest.Time {
				latest = got[i].To
			}
		}
		if before = now; !slices.Equal(got, want[n]) {
			t.Fatalf("moment %d: %v, want %v", n, got, want[n])
		}
		s.arena.Descend()
		if tick := s.arena.Follow().Ticks()[0].To; tick != latest {
			t.Fatalf("moment %d is shown as tick %v, want %v", n, tick, latest)
		}
	}
	for n := range moments {
		at(n)
	}
	for n := moments - 1; n >= 0; n -= 7 {
		at(n)
	}
	for n := range moments {
		at(n * 7919 % moments)
	}
}

// A group that was freed has no tick from the next key frame on.
func TestTicksOfFreedGroups(t *testing.T) {
	a := newArena(t, arena.Config[pose]{})
	var file bytes.Buffer
	now := time.Duration(0)
	r := newRecorder(t, &file, a, record.Config{Keyframe: 10 * time.Second, Clock: func() time.Duration { return now }})
	passing, staying := a.NewGroup(), a.NewGroup()
	passing.Commit(arena.Tick{Number: 1, Time: time.Hour})
	for n := range 21 {
		now = time.Duration(n) * time.Second
		staying.Commit(arena.Tick{Number: uint64(n), Time: now})
		a.Descend()
		if err := r.Append(); err != nil {
			t.Fatal(err)
		}
		r.Wait()
		if n == 3 {
			if err := passing.Free(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	s, _, err := play(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, n := range []int{3, 9, 10, 20, 2, 15} {
		if err := s.Seek(time.Duration(n) * time.Second); err != nil {
			t.Fatal(err)
		}
		got, want := s.Ticks(), 1
		if n < 10 {
			want = 2
		}
		if len(got) != want || got[len(got)-1].To.Number != uint64(n) {
			t.Errorf("second %d: %+v", n, got)
		}
	}
}

// A clock that jumped ahead by an hour: the moments until it gets there share one time, and Stats says how many.
func TestClockJumpsAhead(t *testing.T) {
	a := newArena(t, arena.Config[pose]{})
	slot, err := a.Alloc(pose{})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	var now time.Duration
	r := newRecorder(t, &file, a, record.Config{Clock: func() time.Duration { return now }})
	for n := range 100 {
		slot.Store(&pose{0: float32(n + 1)})
		now = time.Duration(n) * time.Second
		if n == 10 {
			now += time.Hour
		}
		a.Descend()
		if err := r.Append(); err != nil {
			t.Fatal(err)
		}
		r.Wait()
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if s := r.Stats(); s.Late != 89 || s.Frames != 100 {
		t.Errorf("%+v, want 89 late frames of 100", s)
	}
}
