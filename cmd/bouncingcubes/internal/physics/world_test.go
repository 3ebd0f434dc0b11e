package physics

import (
	"slices"
	"testing"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/slotstream/slotstream/arena"
)

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

// The same seed and ticks give the same bytes, however many goroutines there are; another seed gives others.
func TestSameSeedSameBytes(t *testing.T) {
	run := func(workers int, seed uint64) []mgl32.Mat4 {
		a, w := newWorld(t, Config{Cubes: 1200, Workers: workers, Seed: seed})
		for range 150 {
			w.Step()
		}
		a.Descend()
		return slices.Clone(a.Mirror())
	}
	want := run(1, 7)
	for _, workers := range []int{1, 2, 3, 5} {
		if !slices.Equal(run(workers, 7), want) {
			t.Errorf("%d goroutines: not the same bytes as with one", workers)
		}
	}
	if slices.Equal(run(1, 8), want) {
		t.Error("another seed, the same bytes")
	}
}
