package pattern

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
)

func copyMat(dst *mgl32.Mat4, m *mgl32.Mat4, _ int) { *dst = *m }

func open(t testing.TB, c Config) (*arena.Arena[mgl32.Mat4], *Writer[mgl32.Mat4]) {
	t.Helper()
	a, err := arena.New(arena.Config[mgl32.Mat4]{MaxSlots: c.Slots + 1024})
	if err != nil {
		t.Fatal(err)
	}
	w, err := New(a, c, copyMat)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return a, w
}

// touched is which slots a Descend found changed.
func touched(a *arena.Arena[mgl32.Mat4]) []int {
	var slots []int
	for _, r := range a.Descend().Ranges {
		for i := range r.Count {
			slots = append(slots, r.First+i)
		}
	}
	return slots
}

// TestExactlyTheFractionIsTouched counts, tick by tick, slots whose value really changed.
func TestExactlyTheFractionIsTouched(t *testing.T) {
	t.Parallel()
	for _, slots := range []int{1, 15, 100, 2000} {
		for _, workers := range []int{1, 2, 7} {
			for _, moving := range []float64{0, 0.001, 0.01, 0.37, 0.999, 1} {
				for kind := Random; kind <= Run; kind++ {
					t.Run(fmt.Sprintf("%d/%d/%v/%v", slots, workers, moving, kind), func(t *testing.T) {
						a, w := open(t, Config{Slots: slots, Workers: workers, Moving: moving, Kind: kind})
						if d := a.Descend(); d.Updated != slots {
							t.Fatalf("%d slots at the start, want %d", d.Updated, slots)
						}
						want := int(math.Round(moving * float64(slots)))
						before := slices.Clone(a.Mirror())
						for range 5 {
							w.Step()
							got := touched(a)
							if len(got) != want {
								t.Fatalf("a tick touched %d slots, want %d", len(got), want)
							}
							for i, m := range a.Mirror() {
								if changed := m != before[i]; changed != slices.Contains(got, i) {
									t.Fatalf("slot %d: reported %v, changed %v", i, !changed, changed)
								}
							}
							copy(before, a.Mirror())
						}
					})
				}
			}
		}
	}
}

func TestPatternsLookAsTheySay(t *testing.T) {
	t.Parallel()
	const slots, ticks = 1600, 50
	for kind := Random; kind <= Run; kind++ {
		a, w := open(t, Config{Slots: slots, Workers: 1, Moving: 0.1, Kind: kind, Seed: 3})
		a.Descend()
		hits := make([]int, slots)
		var last []int
		for range ticks {
			w.Step()
			ranges := len(a.Descend().Ranges)
			if kind == Run && ranges > 2 || kind == Stride && ranges < 159 || kind == Random && ranges < 100 {
				t.Errorf("%v: %d ranges of 160 slots", kind, ranges)
			}
		}
		for range ticks {
			w.Step()
			got := touched(a)
			if slices.Equal(got, last) {
				t.Errorf("%v: two ticks touched the same slots", kind)
			}
			last = got
			for _, i := range got {
				hits[i]++
			}
		}
		// 50 ticks of a tenth: five hits a slot; a slot that random misses, has a chance of 0.9^50 = 0.5%.
		if missed := slots - len(slices.DeleteFunc(slices.Clone(hits), func(n int) bool { return n == 0 })); missed > slots/20 {
			t.Errorf("%v: never touched %d of %d slots", kind, missed, slots)
		}
	}
}

func TestTheSameSeedTouchesTheSameSlots(t *testing.T) {
	t.Parallel()
	var first [][]int
	for run := range 3 {
		a, w := open(t, Config{Slots: 3000, Workers: 3, Moving: 0.05, Kind: Random, Seed: uint64(run / 2)})
		a.Descend()
		var ticks [][]int
		for range 10 {
			w.Step()
			ticks = append(ticks, touched(a))
		}
		same := slices.EqualFunc(ticks, first, slices.Equal)
		switch run {
		case 0:
			first = ticks
		case 1:
			if !same {
				t.Error("two runs of a seed differ")
			}
		case 2:
			if same {
				t.Error("another seed changes nothing")
			}
		}
	}
}

func TestWorkersShareNoGroup(t *testing.T) {
	t.Parallel()
	_, w := open(t, Config{Slots: 1000, Workers: 7})
	next := 0
	for _, wk := range w.workers {
		if wk.first != next || wk.first%group != 0 {
			t.Errorf("a worker begins at slot %d, want %d", wk.first, next)
		}
		next += wk.span.Len()
	}
	if next != 1000 {
		t.Errorf("workers own %d slots, want 1000", next)
	}
}

func TestCubesStayInBounds(t *testing.T) {
	t.Parallel()
	a, w := open(t, Config{Slots: 1001, Moving: 1})
	w.Step()
	a.Descend()
	lo, hi := w.Bounds()
	seen := make(map[mgl32.Vec4]bool)
	for i, m := range a.Mirror()[:1001] {
		at := m.Col(3)
		seen[at] = true
		for axis := range 3 {
			if at[axis]-Edge/2 < lo[axis] || at[axis]+Edge/2 > hi[axis] {
				t.Fatalf("cube %d at %v is outside %v to %v", i, at, lo, hi)
			}
		}
		if d := m.Mat3().Det(); math.Abs(float64(d)-Edge*Edge*Edge) > 1e-5 {
			t.Fatalf("cube %d has volume %v", i, d)
		}
	}
	if len(seen) != 1001 {
		t.Errorf("%d places for 1001 cubes", len(seen))
	}
}

func TestStepAllocatesNothing(t *testing.T) {
	for kind := Random; kind <= Run; kind++ {
		_, w := open(t, Config{Slots: 2000, Workers: 2, Moving: 0.5, Kind: kind})
		w.Step()
		if n := testing.AllocsPerRun(50, w.Step); n != 0 {
			t.Errorf("%v: %v allocations a tick", kind, n)
		}
	}
}

func TestBadConfigs(t *testing.T) {
	t.Parallel()
	a, err := arena.New(arena.Config[mgl32.Mat4]{MaxSlots: 1024})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []Config{{}, {Slots: -1}, {Slots: 1, Workers: -1}, {Slots: 1, Moving: 1.01}, {Slots: 1, Moving: -0.1},
		{Slots: 1, Moving: math.NaN()}, {Slots: 1, Kind: 3}} {
		if _, err := New(a, c, copyMat); err == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
	if _, err := New(a, Config{Slots: 2000, Workers: 4}, copyMat); !errors.Is(err, arena.ErrFull) {
		t.Errorf("more cubes than slots: %v, want ErrFull", err)
	}
	if _, err := ParseKind("zigzag"); err == nil || !strings.Contains(err.Error(), "stride") {
		t.Errorf("ParseKind: %v", err)
	}
	for kind := Random; kind <= Run; kind++ {
		if got, err := ParseKind(kind.String()); got != kind || err != nil {
			t.Errorf("ParseKind(%v) = %v, %v", kind, got, err)
		}
	}
}

func BenchmarkStep(b *testing.B) {
	for kind := Random; kind <= Run; kind++ {
		b.Run(kind.String(), func(b *testing.B) {
			_, w := open(b, Config{Slots: 100_000, Workers: 2, Moving: 1, Kind: kind})
			b.ReportAllocs()
			for b.Loop() {
				w.Step()
			}
		})
	}
}
