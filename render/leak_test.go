package render_test

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

// TestNoLeak draws 10,000 small frames and resizes 200 times; the memory of the
// process, C's and the driver's included, must stay flat.
func TestNoLeak(t *testing.T) {
	if _, err := os.Stat("/proc/self/statm"); err != nil {
		t.Skip("resident memory is read from /proc")
	}
	d := openDevice(t)
	s := newStage(t, d, 32, 32, render.Config{Timestamps: true})
	a, err := arena.New(arena.Config[mgl32.Mat4]{MaxSlots: 64})
	check(t, err)
	slot, err := a.Alloc(mgl32.Ident4())
	check(t, err)
	b := newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{})
	camera := render.NewCamera(mgl32.Vec3{}, 3)
	other, err := render.NewOffscreen(d, 48, 24, 0)
	check(t, err)
	defer other.Release()
	frames := func(n, resizes int) {
		for i := range n {
			m := mgl32.HomogRotate3DY(float32(i))
			slot.Store(&m)
			target := s.target
			if i < 2*resizes && i%2 == 0 {
				target = other // every change of size rebuilds the attachments
			}
			_, err := s.renderer.Frame(target, &camera, b)
			check(t, err)
			s.renderer.GPUTimes(nil)
		}
		check(t, s.renderer.Wait())
	}
	frames(2000, 50)
	before := resident(t)
	frames(10_000, 100)
	grown := resident(t) - before
	t.Logf("grown by %d KiB", grown>>10)
	if grown > 4<<20 {
		t.Errorf("10,000 frames and 200 resizes grew the process by %d KiB", grown>>10)
	}
}

func resident(t *testing.T) int {
	t.Helper()
	runtime.GC()
	text, err := os.ReadFile("/proc/self/statm")
	check(t, err)
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	check(t, err)
	return pages * os.Getpagesize()
}

// Batches that come and go without a frame between hold nothing that the queue would keep until the next submit.
func TestBatchesComeAndGo(t *testing.T) {
	if _, err := os.Stat("/proc/self/statm"); err != nil {
		t.Skip("resident memory is read from /proc")
	}
	d := openDevice(t)
	s := newStage(t, d, 32, 32, render.Config{})
	a := newArena(t, mgl32.Ident4())
	mesh := cubeMesh(t, d)
	batches := func(n int) {
		for range n {
			b, err := render.NewBatch(s.renderer, a, mesh, render.BatchConfig{})
			check(t, err)
			_, err = b.Upload()
			check(t, err)
			b.Release()
		}
	}
	batches(30)
	before := resident(t)
	batches(100)
	if grown := resident(t) - before; grown > 20<<20 {
		t.Errorf("100 batches left %d KiB behind", grown>>10)
	}
}
