package physics

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
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
		w.Advance(time.Second / 60)
		w.Wait()
		if d := a.Descend(); d.Updated != 0 || d.Chunks != 0 {
			t.Fatalf("all asleep: %d stored, %d chunks touched", d.Updated, d.Chunks)
		}
	}
}

// A 10 Hz simulation shown at 60 frames: every frame is between the two ticks around it, none repeats, and the
// frames on the ticks are the ticks.
func TestTenHertzLooksSmooth(t *testing.T) {
	cfg := Config{Cubes: 64, Workers: 2, Tick: 10}
	ref, lockstep := newWorld(t, cfg)
	a, w := newWorld(t, cfg)
	ref.Descend()
	a.Descend()
	const frames = 6
	ticks := [][]mat4{slices.Clone(ref.Mirror())}
	last := slices.Clone(a.Mirror())
	for f := 1; f <= 30*frames; f++ {
		if f%frames == 1 {
			lockstep.Step()
			ref.Descend()
			ticks = append(ticks, slices.Clone(ref.Mirror()))
		}
		// Frame f shows the time one tick before it.
		w.Advance(100*time.Millisecond*time.Duration(f)/frames - 100*time.Millisecond*time.Duration(f-1)/frames)
		w.Wait()
		d := a.Descend()
		if f <= frames {
			if f < frames && d.Updated > 0 {
				t.Fatalf("frame %d: moved before the first tick was over", f)
			}
			last = append(last[:0], a.Mirror()...)
			continue
		}
		from, to := ticks[(f-frames)/frames], ticks[min((f-frames)/frames+1, len(ticks)-1)]
		alpha := float32((f-frames)%frames) / frames
		for i, m := range a.Mirror() {
			if m == last[i] && from[i].Col(3).Sub(to[i].Col(3)).Len() > 1e-4 { // nearer, floats may not tell
				t.Fatalf("frame %d: cube %d repeats", f, i)
			}
			want := from[i].Col(3).Mul(1 - alpha).Add(to[i].Col(3).Mul(alpha))
			if d := m.Col(3).Sub(want).Len(); !(d < 1e-4) {
				t.Fatalf("frame %d: cube %d is %g m from the line between the ticks", f, i, d)
			}
			for c := range 3 { // a rotation times Edge, never a sheared mixture
				if !near(m.Col(c).Len(), Edge, 1e-5) {
					t.Fatalf("frame %d: cube %d has an edge of %g m", f, i, m.Col(c).Len())
				}
			}
		}
		last = append(last[:0], a.Mirror()...)
	}
}

// Falling asleep does not jerk, ends where lockstep ends, and costs nothing after.
func TestInterpolatedCubeFallsAsleep(t *testing.T) {
	cfg := Config{Cubes: 30, Workers: 1, Tick: 10}
	ref, lockstep := newWorld(t, cfg)
	for lockstep.Step(); lockstep.Stats().Awake > 0; lockstep.Step() {
	}
	ref.Descend()
	a, w := newWorld(t, cfg)
	a.Descend()
	last := slices.Clone(a.Mirror())
	frames := 0
	for w.Advance(time.Second / 60); ; w.Advance(time.Second / 60) {
		w.Wait()
		a.Descend()
		if st := w.Stats(); st.Awake == 0 && st.Ticks > 0 {
			frames++
			for i, m := range a.Mirror() {
				if d := m.Col(3).Sub(last[i].Col(3)).Len(); d > sleepSpeed/10 {
					t.Fatalf("asleep, and jerked by %g m", d)
				}
			}
			if frames > 14 { // two ticks after
				break
			}
		}
		last = append(last[:0], a.Mirror()...)
	}
	if !slices.Equal(a.Mirror(), ref.Mirror()) {
		t.Error("not asleep where lockstep put the cubes")
	}
	for range 60 {
		w.Advance(time.Second / 60)
		w.Wait()
		if d := a.Descend(); d.Updated > 0 {
			t.Fatalf("asleep, and %d stored", d.Updated)
		}
	}
}

// Restart jumps: no frame shows a cube between where it was and where it starts.
func TestRestartDoesNotInterpolate(t *testing.T) {
	a, w := newWorld(t, Config{Cubes: 100, Tick: 10})
	a.Descend()
	start := slices.Clone(a.Mirror())
	for range 95 {
		w.Advance(time.Second / 60)
	}
	w.Wait()
	w.Restart()
	a.Descend()
	if !slices.Equal(a.Mirror(), start) {
		t.Error("after Restart: not where it starts")
	}
	w.Advance(time.Second / 600)
	w.Wait()
	a.Descend()
	for i, m := range a.Mirror() {
		if d := m.Col(3).Sub(start[i].Col(3)).Len(); d > 0.1 {
			t.Fatalf("cube %d is %g m from its start 2 ms after Restart", i, d)
		}
	}
}

// A second asked for at once gives most of it up; after that, time runs as asked.
func TestCatchesUpWithoutSpiralling(t *testing.T) {
	_, w := newWorld(t, Config{Cubes: 10, Workers: 1})
	w.Advance(time.Second)
	w.Wait()
	st := w.Stats()
	if st.Ticks != mostTicks {
		t.Errorf("%d ticks for a second at once, want %d", st.Ticks, mostTicks)
	}
	if want := time.Second - mostTicks*time.Second/60; (st.Dropped - want).Abs() > time.Second/60 {
		t.Errorf("%v given up, want %v", st.Dropped, want)
	}
	for range 120 {
		w.Advance(time.Second / 60)
		w.Wait()
	}
	if now := w.Stats(); now.Ticks-st.Ticks < 119 || now.Ticks-st.Ticks > 121 || now.Dropped != st.Dropped {
		t.Errorf("120 frames later: %+v, before %+v", now, st)
	}
	if err := w.SetCubes(12); err != nil { // another tank in the place of the one that was late
		t.Fatal(err)
	}
	if now := w.Stats(); now.Dropped != st.Dropped {
		t.Errorf("with more cubes %v given up, before %v", now.Dropped, st.Dropped)
	}
}

// A tick shorter than a frame loses no time.
func TestManyTicksAFrame(t *testing.T) {
	_, w := newWorld(t, Config{Cubes: 10, Workers: 1, Tick: 500})
	for range 60 {
		w.Advance(time.Second / 60)
		w.Wait()
	}
	if st := w.Stats(); st.Ticks < 499 || st.Ticks > 500 || st.Dropped > 0 {
		t.Errorf("after a second at 500 Hz: %+v", st)
	}
}

// SetCubes makes the world that New would have made with that number, keeps what both have, and gives slots back.
func TestSetCubes(t *testing.T) {
	a, w := newWorld(t, Config{Cubes: 700, Workers: 2, Seed: 4})
	for range 30 {
		w.Step()
	}
	poses := func() (all []pose) {
		w.each(func(t *tank[mat4]) { all = append(all, t.sim.now...) })
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
	for _, fountain := range []bool{false, true} {
		a, w := newWorld(t, Config{Cubes: 1100, Workers: 3, Fountain: fountain})
		ctx, cancel := context.WithCancel(t.Context())
		var busy sync.WaitGroup
		for _, do := range []func(n int){
			func(n int) { w.Advance(time.Second / 60) },
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
		w.Wait()
		a.Descend()
		if st := w.Stats(); st.Live != a.Len() {
			t.Errorf("%d live, %d in the arena", st.Live, a.Len())
		}
		w.each(func(tk *tank[mat4]) {
			for i, want := range tk.shown {
				if tk.sim.state[i] == absent {
					continue
				}
				at := 0
				if fountain {
					at = tk.slots[i].Index()
				} else {
					at = tk.span.Index(i)
				}
				if got := a.Mirror()[at]; got != want {
					t.Errorf("tank %d, cube %d: the mirror shows %v, stored %v", tk.index, i, got, want)
					return
				}
			}
		})
	}
}

// A fountain fills up, stays at its number, and shows nothing of those that went.
func TestFountain(t *testing.T) {
	a, w := newWorld(t, Config{Cubes: 160, Workers: 2, Fountain: true})
	if a.Len() != 0 {
		t.Errorf("%d cubes before the first tick", a.Len())
	}
	most := 0
	for n := range int(fountainLife*60) + 120 {
		w.Step()
		a.Descend()
		st := w.Stats()
		if st.Live != a.Len() || st.Live > 160 || st.Live < most {
			t.Fatalf("tick %d: %d live, %d in the arena, %d before", n, st.Live, a.Len(), most)
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
	if a.Len() != 0 {
		t.Errorf("%d cubes after Restart", a.Len())
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
	type record struct {
		at           mgl32.Vec3
		awake, moved uint32
	}
	a, err := arena.New(arena.Config[record]{MaxSlots: 4096})
	if err != nil {
		t.Fatal(err)
	}
	flag := map[bool]uint32{true: 1}
	w, err := New(a, Config{Cubes: 40, Workers: 1}, func(dst *record, m *mat4, c Cube) {
		*dst = record{m.Col(3).Vec3(), flag[c.Awake], flag[c.Moved]}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
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
