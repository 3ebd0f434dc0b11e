package render_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// TestFrameAllocatesNothing: once warm, a frame allocates nothing of this
// project's own. The binding does, for every call; its allocations are told
// apart by whose function asked for the memory.
func TestFrameAllocatesNothing(t *testing.T) {
	d := openDevice(t)
	for _, look := range []render.Look{render.Plain, render.Studio} {
		s := newStage(t, d, 64, 64, render.Config{Look: look, Timestamps: true})
		a := newArena[mgl32.Mat4](t)
		slot, err := a.Alloc(mgl32.Ident4())
		check(t, err)
		cubes := newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{})
		camera := render.NewCamera(mgl32.Vec3{}, 3)
		m := mgl32.Ident4()
		times := make([]render.GPUTime, 0, 1024)
		const n = 256 // twice as many as the timer's sets hold
		frames := func() {
			for range n {
				m[12]++
				camera.Yaw += 0.01
				slot.Store(&m)
				_, err := s.renderer.Frame(s.target, &camera, cubes)
				check(t, err)
				times = s.renderer.GPUTimes(times[:0])
			}
		}
		frames()
		before := allocations(t)
		runtime.MemProfileRate = 1
		frames()
		binding := false
		for where, count := range allocations(t) {
			got := count - before[where]
			if got > 0 && strings.Contains(where, "/slotstream/") && !strings.Contains(where, "_test.") {
				t.Errorf("%v: %d allocations in %s over %d frames", look, got, where, n)
			}
			binding = binding || got >= n && strings.Contains(where, "cogentcore/webgpu")
		}
		if !binding {
			t.Error("the binding's own allocations were not seen: this test sees nothing")
		}
	}
}

// allocations counts objects by the function that asked for them, and stops counting.
func allocations(t *testing.T) map[string]int64 {
	t.Helper()
	runtime.MemProfileRate = 0
	runtime.GC() // the profile lags two collections behind
	runtime.GC()
	n, _ := runtime.MemProfile(nil, true)
	records := make([]runtime.MemProfileRecord, n+64)
	n, ok := runtime.MemProfile(records, true)
	if !ok {
		t.Fatal("the profile grew while it was read")
	}
	count := map[string]int64{}
	for _, r := range records[:n] {
		for frames := runtime.CallersFrames(r.Stack()); ; {
			f, more := frames.Next()
			if f.Function != "" && !strings.HasPrefix(f.Function, "runtime.") {
				count[f.Function] += r.AllocObjects
				break
			}
			if !more {
				break
			}
		}
	}
	return count
}
