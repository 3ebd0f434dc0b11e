package physics

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/crew"
)

type mat4 = mgl32.Mat4

func newWorld(t testing.TB, cfg Config) (*arena.Arena[mgl32.Mat4], *World[mgl32.Mat4]) {
	t.Helper()
	a, err := arena.New(arena.Config[mgl32.Mat4]{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := New(a, cfg, Mat4)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return a, w
}

// The same seed, ticks and commands give the same bytes, however many goroutines there are; another seed gives others.
func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	run := func(workers int, seed uint64) []mat4 {
		a, w := newWorld(t, Config{Cubes: 600, Workers: workers, Seed: seed})
		for n := range 70 {
			switch n {
			case 40:
				w.Explode(-1)
			case 60:
				if !w.Push(mgl32.Vec3{0, 30, 0}, mgl32.Vec3{0, -1, 0}, 5) {
					t.Error("no cube under the middle of the first tank")
				}
			}
			w.Step()
		}
		a.Descend()
		return slices.Clone(a.Mirror())
	}
	want := run(1, 7)
	for _, workers := range []int{1, 2, 3} {
		if !slices.Equal(run(workers, 7), want) {
			t.Errorf("%d goroutines: not the same bytes as with one", workers)
		}
	}
	if slices.Equal(run(1, 8), want) {
		t.Error("another seed, the same bytes")
	}
}

// Every step stores exactly the cubes whose matrix changed, and nothing once all sleep.
func TestOnlyMovedCubesAreStored(t *testing.T) {
	t.Parallel()
	a, w := newWorld(t, Config{Cubes: 120, Workers: 2})
	a.Descend()
	was := slices.Clone(a.Mirror())
	for n := 0; ; n++ {
		w.Step()
		d := a.Descend()
		moved := 0
		for i, m := range a.Mirror() {
			if m != was[i] {
				moved++
			}
		}
		was = append(was[:0], a.Mirror()...)
		if d.Updated != moved {
			t.Fatalf("tick %d: %d stored, %d moved", n, d.Updated, moved)
		}
		if awake := w.Stats().Awake; awake == 0 {
			break
		} else if n == 1800 {
			t.Fatalf("%d awake after 30 s", awake)
		}
	}
	for range 10 {
		w.Step()
		if d := a.Descend(); d.Updated != 0 || d.Chunks != 0 {
			t.Fatalf("all asleep: %d stored, %d chunks touched", d.Updated, d.Chunks)
		}
	}
}

// record is a slot that tells all that a write function is told.
type record struct {
	from, to     mgl32.Vec3
	start        int64
	awake, moved uint32
}

func newRecords(t testing.TB, cfg Config) (*arena.Arena[record], *World[record]) {
	t.Helper()
	a, err := arena.New(arena.Config[record]{})
	if err != nil {
		t.Fatal(err)
	}
	flag := map[bool]uint32{true: 1}
	w, err := New(a, cfg, func(dst *record, c *Cube) {
		*dst = record{c.From, c.To, int64(c.Start), flag[c.Awake], flag[c.Moved]}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return a, w
}

// Each motion begins where the one before it ended, a tick later; what fell asleep is told where it sleeps, once; and a
// restart jumps.
func TestMotionsFollowEachOther(t *testing.T) {
	t.Parallel()
	a, w := newRecords(t, Config{Cubes: 64, Workers: 2, Tick: 10})
	a.Descend()
	begin := slices.Clone(a.Mirror())
	was := slices.Clone(begin)
	for n := 0; ; n++ {
		w.Step()
		a.Descend()
		for i, r := range a.Mirror() {
			switch {
			case r.from != was[i].to && r != was[i]:
				t.Fatalf("tick %d: cube %d goes from %v, it was at %v", n, i, r.from, was[i].to)
			case r.moved == 1 && time.Duration(r.start) != time.Duration(n)*w.Tick():
				t.Fatalf("tick %d: cube %d starts at %v", n, i, time.Duration(r.start))
			case r.moved == 0 && r.from != r.to:
				t.Fatalf("tick %d: cube %d rests, and moves", n, i)
			}
		}
		was = append(was[:0], a.Mirror()...)
		if now := w.Now(); now != time.Duration(n+1)*w.Tick() {
			t.Fatalf("tick %d ends at %v", n, now)
		}
		if w.Stats().Awake == 0 {
			break
		}
		if n == 1200 {
			t.Fatal("awake after two minutes")
		}
	}
	w.Step()
	if a.Descend(); !slices.ContainsFunc(a.Mirror(), func(r record) bool { return r.moved == 0 }) {
		t.Error("nothing rests")
	}
	w.Restart()
	a.Descend()
	for i, r := range a.Mirror() {
		if r.from != begin[i].to || r.to != begin[i].to {
			t.Fatalf("cube %d restarts from %v to %v, and began at %v", i, r.from, r.to, begin[i].to)
		}
	}
}

// A world that runs ticks by itself, and the mirror shows all cubes as of one tick, whatever the reader does.
func TestRunShowsWholeTicks(t *testing.T) {
	t.Parallel()
	a, w := newRecords(t, Config{Cubes: 1100, Workers: 2, Tick: 200})
	w.Run()
	ticks := map[int64]bool{}
	for w.Stats().Ticks < 60 || len(ticks) < 10 {
		a.Descend()
		start := int64(-1)
		for i, r := range a.Mirror() {
			if r.moved == 0 {
				continue
			}
			if start >= 0 && r.start != start {
				t.Fatalf("cube %d moves from %v on, others from %v", i, time.Duration(r.start), time.Duration(start))
			}
			start = r.start
		}
		if ticks[start] = true; start > int64(w.Now()) {
			t.Fatalf("a motion from %v on is shown at %v", time.Duration(start), w.Now())
		}
		if number, age := w.Shown(); number == 0 || age < 0 {
			t.Fatalf("commit %d, %v old", number, age)
		}
	}
}

// A world that gives time up shows nothing from the future: the clock does not go back before the last commit.
func TestGiveUp(t *testing.T) {
	t.Parallel()
	a, w := newRecords(t, Config{Cubes: 10, Workers: 1, Tick: 100})
	for _, at := range []time.Duration{time.Hour, time.Hour + time.Millisecond, 2 * time.Hour} {
		w.clock = crew.NewClock(at)
		w.mu.Lock()
		was := w.Now()
		w.commit()
		w.clock.GiveUp(time.Minute, w.tick, w.shown)
		w.commit()
		w.mu.Unlock()
		a.Descend()
		number, age := w.Shown()
		if age < 0 || w.Now() < was {
			t.Errorf("commit %d is %v old at %v, and it was %v", number, age, w.Now(), was)
		}
	}
	const due, late = 3 * time.Hour, 30 * time.Second
	w.clock = crew.NewClock(due + late)
	w.clock.Pause(true)
	w.clock.GiveUp(due, w.tick, w.shown)
	if now, lost := w.Now(), w.Stats().Dropped; now != due || lost < late || lost > late+time.Second {
		t.Errorf("at %v, %v given up", now, lost)
	}
}

// A paused world stands still, its clock too, and goes on where it stood.
func TestPause(t *testing.T) {
	t.Parallel()
	_, w := newRecords(t, Config{Cubes: 10, Workers: 1, Tick: 500})
	w.Run()
	for w.Stats().Ticks < 5 {
		runtime.Gosched()
	}
	w.Pause(true)
	at := w.Now()
	w.Restart() // commands work
	w.Explode(-1)
	if now := w.Now(); now != at {
		t.Errorf("paused at %v, and now it is %v", at, now)
	}
	ticks := w.Stats().Ticks
	w.Pause(false)
	for w.Stats().Ticks < ticks+5 {
		runtime.Gosched()
	}
	if now := w.Now(); now < at {
		t.Errorf("paused at %v, and went on at %v", at, now)
	}
	w.Pause(true) // and may be closed like that
}

// A world that cannot keep up gives time up, says so, and its clock does not run away.
func TestSlowWorldGivesTimeUp(t *testing.T) {
	t.Parallel()
	_, w := newRecords(t, Config{Cubes: 2000, Workers: 1, Tick: 5000})
	w.Run()
	for w.Stats().Dropped == 0 {
		runtime.Gosched()
	}
	for begin := w.Stats().Ticks; w.Stats().Ticks < begin+20; {
		late := w.Now() - time.Duration(w.Stats().Ticks)*w.Tick()
		if late > 10*time.Second {
			t.Fatalf("the clock is %v ahead", late)
		}
		runtime.Gosched()
	}
}

// SetCubes makes the world that New would have made with that number, keeps what both have, and gives slots back.
func TestSetCubes(t *testing.T) {
	t.Parallel()
	a, w := newWorld(t, Config{Cubes: 700, Workers: 2, Seed: 4})
	for range 30 {
		w.Step()
	}
	poses := func() (all []pose) {
		w.command(func(t *tank[mat4]) { all = append(all, t.sim.now...) })
		return all
	}
	for _, n := range []int{1700, 200, 700, 513, 512, 1} {
		was := poses()
		if err := w.SetCubes(n); err != nil {
			t.Fatal(err)
		}
		if st := w.Stats(); st.Live != n || a.Len() != n || st.Tanks != tanksFor(n) || len(w.Tanks()) != st.Tanks {
			t.Errorf("%d cubes: %+v, %d in the arena", n, st, a.Len())
		}
		if kept := min(n, len(was)); !slices.Equal(poses()[:kept], was[:kept]) {
			t.Errorf("%d cubes, %d before: some of both jumped", n, len(was))
		}
		w.Step()
	}
	if err := w.SetCubes(700); err != nil {
		t.Fatal(err)
	}
	w.Restart()
	fresh, _ := newWorld(t, Config{Cubes: 700, Workers: 1, Seed: 4})
	if !sameCubes(a, fresh) {
		t.Error("700 cubes, after others: not those of a new world")
	}
	if err := w.SetCubes(0); err == nil {
		t.Error("no cubes, no error")
	}
}

// sameCubes compares what two arenas show, wherever the slots are.
func sameCubes(a, b *arena.Arena[mat4]) bool {
	list := func(a *arena.Arena[mat4]) []mat4 {
		a.Descend()
		l := slices.DeleteFunc(slices.Clone(a.Mirror()), func(m mat4) bool { return m == mat4{} })
		slices.SortFunc(l, func(a, b mat4) int { return slices.Compare(a[:], b[:]) })
		return l
	}
	return slices.Equal(list(a), list(b))
}

func TestFullArenaIsAnError(t *testing.T) {
	t.Parallel()
	a, err := arena.New(arena.Config[mat4]{MaxSlots: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(a, Config{Cubes: 1100}, Mat4); !errors.Is(err, arena.ErrFull) {
		t.Errorf("1,100 cubes for 1,000 slots: %v", err)
	}
	if a.Len() != 0 {
		t.Errorf("%d slots not given back", a.Len())
	}
	w, err := New(a, Config{Cubes: 512}, Mat4)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.SetCubes(2000); !errors.Is(err, arena.ErrFull) {
		t.Errorf("2,000 cubes for 1,000 slots: %v", err)
	}
	if st := w.Stats(); st.Live != a.Len() || st.Live < 512 {
		t.Errorf("%d live, %d in the arena", st.Live, a.Len())
	}
	w.Step()
}

func TestBadConfig(t *testing.T) {
	t.Parallel()
	a, err := arena.New(arena.Config[mat4]{MaxSlots: 64})
	if err != nil {
		t.Fatal(err)
	}
	for _, cfg := range []Config{{}, {Cubes: -1}, {Cubes: 1, Tick: -1}, {Cubes: 1, Tick: math.NaN()}, {Cubes: 1, Tick: 0.5}} {
		if _, err := New(a, cfg, Mat4); err == nil {
			t.Errorf("%+v: no error", cfg)
		}
	}
}

// Goroutines store, a reader descends, commands come in: in the end the mirror shows what was last stored.
func TestEverythingAtOnce(t *testing.T) {
	t.Parallel()
	for _, fountain := range []bool{false, true} {
		a, w := newWorld(t, Config{Cubes: 1100, Workers: 3, Fountain: fountain})
		w.Run()
		ctx, cancel := context.WithCancel(t.Context())
		var busy sync.WaitGroup
		for _, do := range []func(n int){
			func(n int) { w.Now(); w.Pause(n%3 == 0) },
			func(n int) { w.Push(mgl32.Vec3{0, 30, float32(n%5) - 2}, mgl32.Vec3{0, -1, 0}, 10) },
			func(n int) { w.Explode(n % 3); w.Repaint(); w.Stats(); w.Bounds() },
			func(n int) {
				if err := w.SetCubes([]int{1100, 600, 1500, 1030}[n%4]); err != nil {
					t.Error(err)
				}
				if n%7 == 0 {
					w.Restart()
				}
			},
		} {
			busy.Go(func() {
				for n := 0; ctx.Err() == nil; n++ {
					do(n)
				}
			})
		}
		for range 100 {
			a.Descend()
		}
		for w.Stats().Ticks < 20 {
			a.Descend()
		}
		cancel()
		busy.Wait()
		w.Close() // a tick may be staged and not committed: its commit is Repaint's
		w.Repaint()
		a.Descend()
		if st := w.Stats(); !fountain && st.Live != a.Len() {
			t.Errorf("%d live, %d in the arena", st.Live, a.Len())
		}
		w.command(func(tk *tank[mat4]) {
			for i, want := range tk.shown {
				if got := a.Mirror()[tk.span.Index(i)]; got != want {
					t.Errorf("tank %d, cube %d: the mirror shows %v, stored %v", tk.index, i, got, want)
					return
				}
			}
		})
	}
}

// A fountain fills up, stays at its number, and shows nothing of those that went.
func TestFountain(t *testing.T) {
	t.Parallel()
	a, w := newWorld(t, Config{Cubes: 160, Workers: 2, Fountain: true})
	if live := w.Stats().Live; live != 0 {
		t.Errorf("%d cubes before the first tick", live)
	}
	most := 0
	for n := range int(fountainLife*60) + 120 {
		w.Step()
		a.Descend()
		st := w.Stats()
		if st.Live > 160 || st.Live < most {
			t.Fatalf("tick %d: %d live, %d before", n, st.Live, most)
		}
		most = st.Live
		seen := 0
		for _, m := range a.Mirror() {
			if m != (mat4{}) {
				seen++
				if p := m.Col(3); !(p.Y() > 0 && p.Y() < TankWidth) {
					t.Fatalf("tick %d: a cube at %v", n, p)
				}
			}
		}
		if seen != st.Live {
			t.Fatalf("tick %d: %d seen, %d live", n, seen, st.Live)
		}
	}
	if most != 160 {
		t.Errorf("%d live in the end, want 160", most)
	}
	w.Restart()
	a.Descend()
	for _, m := range a.Mirror() {
		if m != (mat4{}) {
			t.Fatal("a cube is shown after Restart")
		}
	}
}

// A step allocates nothing once buffers have their size.
func TestStepAllocatesNothing(t *testing.T) {
	_, w := newWorld(t, Config{Cubes: 200, Workers: 2})
	for range 120 {
		w.Step()
	}
	w.Explode(-1)
	for range 30 {
		w.Step()
	}
	if n := testing.AllocsPerRun(20, w.Step); n > 0 {
		t.Errorf("%g allocations in a step", n)
	}
}

func TestLayoutHasNoTwoTanksInOnePlace(t *testing.T) {
	t.Parallel()
	seen := map[vec3]int{}
	for i := range 2000 {
		p := layout(i)
		if j, ok := seen[p]; ok {
			t.Fatalf("tanks %d and %d are both at %v", j, i, p)
		}
		seen[p] = i
		if far := max(p.x, p.z) / tankPitch; far > float32(math.Sqrt(float64(i))) {
			t.Fatalf("tank %d is %g tanks out", i, far)
		}
	}
}

// The colours of a cube change only when it does: asleep, awake, or not moved any more.
func TestWriteSeesState(t *testing.T) {
	t.Parallel()
	a, w := newRecords(t, Config{Cubes: 40, Workers: 1})
	for w.Step(); w.Stats().Awake > 0; w.Step() {
		a.Descend()
		for _, r := range a.Mirror() {
			if r.awake > r.moved {
				t.Fatal("awake, not moved")
			}
		}
	}
	w.Step() // "not moved any more" goes out
	a.Descend()
	for _, r := range a.Mirror() {
		if r.awake+r.moved > 0 {
			t.Fatalf("asleep, and shown as %+v", r)
		}
	}
	w.Repaint()
	w.Step()
	if d := a.Descend(); d.Updated > 0 {
		t.Errorf("nothing changed, %d stored", d.Updated)
	}
}
