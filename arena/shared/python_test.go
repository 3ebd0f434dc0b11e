//go:build linux

package shared

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/slotstream/slotstream/arena"
)

// The Python client's helpers, errors and doctest, with numpy and without it.
func TestPythonHelpers(t *testing.T) {
	for _, env := range []string{"NUMPY=1", "PURE=1"} {
		t.Run(env, func(t *testing.T) { pythonHelpers(t, env) })
	}
}

func pythonHelpers(t *testing.T, env string) {
	type mat4 [4][4]float32 // columns
	type motion struct {
		From     [3]float32
		Start    uint32
		FromTurn [4]float32
		To       [3]float32
		Scale    float32
		ToTurn   [4]float32
	}
	a, err := arena.New(arena.Config[mat4]{MaxSlots: 10})
	if err != nil {
		t.Fatal(err)
	}
	b, err := arena.New(arena.Config[motion]{MaxSlots: 10})
	if err != nil {
		t.Fatal(err)
	}
	address := filepath.Join(t.TempDir(), "s")
	matrices, err := Listen(a, address, Config[mat4]{Timeout: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer matrices.Close()
	motions, err := Listen(b, address, Config[motion]{})
	if err != nil {
		t.Fatal(err)
	}
	defer motions.Close()
	cmd := exec.Command(python, "testdata/helpers.py", address)
	cmd.Env = append(os.Environ(), env)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	await := func(descend func() arena.Delta, number uint64) arena.Tick {
		t.Helper()
		for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
			if d := descend(); len(d.Ticks) > 0 && d.Ticks[0].To.Number == number {
				return d.Ticks[0].To
			}
			select {
			case err := <-done:
				t.Fatalf("the writer ended: %v", err)
			default:
			}
			if time.Now().After(end) {
				t.Fatalf("no tick %d", number)
			}
		}
	}
	tick := await(a.Descend, 7)
	if tick.Time != 1500*time.Millisecond {
		t.Errorf("tick %v", tick)
	}
	near := func(x, y float32) bool { return math.Abs(float64(x-y)) < 1e-6 }
	turned, scaled := mat4{{0, 1, 0, 0}, {-1, 0, 0, 0}, {0, 0, 1, 0}, {5, 6, 7, 1}}, mat4{{2, 0, 0, 0}, {0, 2, 0, 0}, {0, 0, 2, 0}, {5, 6, 7, 1}}
	for i, want := range []mat4{turned, turned, turned, scaled} {
		got := a.Mirror()[i]
		for c := range 4 {
			for r := range 4 {
				if !near(got[c][r], want[c][r]) {
					t.Errorf("slot %d is %v, want %v", i, got, want)
				}
			}
		}
	}
	os.WriteFile(address+".seen", nil, 0o600)
	if tick := await(b.Descend, 2); tick.Time != 4000 {
		t.Errorf("tick %v", tick)
	}
	half := float32(math.Sqrt(0.5))
	want := []motion{
		{From: [3]float32{1, 2, 3}, Start: 3_000_000, FromTurn: [4]float32{half, 0, 0, half}, To: [3]float32{4, 5, 6}, Scale: 0.5, ToTurn: [4]float32{1}},
		{From: [3]float32{7, 8, 9}, Start: 5, FromTurn: [4]float32{1}, To: [3]float32{7, 8, 9}, Scale: 1, ToTurn: [4]float32{1}},
	}
	for i, want := range want {
		if got := b.Mirror()[i]; got != want {
			t.Errorf("slot %d is %+v, want %+v", i, got, want)
		}
	}
	os.WriteFile(address+".seen2", nil, 0o600)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
