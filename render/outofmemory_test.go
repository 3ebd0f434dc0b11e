//go:build linux && !race

package render_test

import (
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

// Where there is no memory for culling the frame is an error; what was uploaded is drawn and picked all the same, and
// the next frame culls. Software Vulkan takes its memory from the process, so the test takes that away.
func TestOutOfMemoryForCulling(t *testing.T) {
	s := newStage(t, openDevice(t), 64, 64, render.Config{})
	a, err := arena.New(arena.Config[render.Motion]{MaxSlots: 1 << 20})
	check(t, err)
	hide := func(n int, x float32) {
		_, err := a.AllocSpan(n, render.Motion{})
		check(t, err)
		_, err = a.Alloc(render.Still(mgl32.Vec3{x, 0, 0}, mgl32.QuatIdent(), 1))
		check(t, err)
	}
	hide(5000, -1)
	b := newBatch(t, s, a, cubeMesh(t, s.device), render.BatchConfig{})
	_, err = s.renderer.Frame(s.target, &front, b)
	check(t, err)
	hide(600_000, 1)
	_, err = b.Uploader().Sync() // and the batch does not know
	check(t, err)
	s.device.Wait()

	withLittleMemory(t, 24<<20, func() { _, err = s.renderer.Frame(s.target, &front, b) })
	if t.Log(err); err == nil {
		t.Fatal("no memory was left, and culling had some")
	}
	s.encode(t, &front, b) // without culling
	got, err := s.target.Image()
	check(t, err)
	pick := func() render.Hit {
		hit, ok, err := s.renderer.Pick(&front, 64, 64, 42, 32, b)
		check(t, err)
		if !ok {
			t.Error("nothing is picked")
		}
		return hit
	}
	hit := pick()
	if want := s.shot(t, front, b); off(want, got) != 0 {
		t.Errorf("%d differences to the picture with memory", off(want, got))
	}
	if again := pick(); again != hit || hit.Slot < 600_000 {
		t.Errorf("picked %v and, with memory, %v", hit, again)
	}
}

// withLittleMemory runs f where the process can have bytes more and no others.
func withLittleMemory(t *testing.T, bytes uint64, f func()) {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	check(t, err)
	var pages uint64
	_, err = fmt.Sscan(string(text), &pages)
	check(t, err)
	var was syscall.Rlimit
	check(t, syscall.Getrlimit(syscall.RLIMIT_AS, &was))
	tight := syscall.Rlimit{Cur: pages*uint64(os.Getpagesize()) + bytes, Max: was.Max}
	check(t, syscall.Setrlimit(syscall.RLIMIT_AS, &tight))
	f()
	check(t, syscall.Setrlimit(syscall.RLIMIT_AS, &was))
}
