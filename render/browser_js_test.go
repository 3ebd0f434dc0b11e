package render_test

import (
	"bytes"
	"errors"
	"strings"
	"syscall/js"
	"testing"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload/gpu"
	"github.com/slotstream/slotstream/upload/gpu/handle"
)

// A browser takes the device away. Frame says so, and does not end the program. On a new device the same arena draws
// the same picture.
func TestLostDeviceDrawsAgain(t *testing.T) {
	a := newArena[mgl32.Mat4](t)
	_, err := a.Alloc(mgl32.Ident4())
	check(t, err)
	draw := func() (*render.Device, stage, *render.Batch[mgl32.Mat4], []uint8) {
		d := ownDevice(t)
		s := newStage(t, d, 64, 64, render.Config{})
		b := newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{})
		return d, s, b, s.shot(t, front, b).Pix
	}
	d, s, b, before := draw()
	handle.In[wgpu.Device]("jsValue").Of(d.GPU).Call("destroy")
	d.Wait()
	for range 2 {
		if _, err := s.renderer.Frame(s.target, &front, b); !errors.Is(err, gpu.ErrDeviceLost) {
			t.Fatal(err)
		}
	}
	if _, _, _, after := draw(); !bytes.Equal(before, after) {
		t.Error("the picture differs")
	}
}

// What a browser finds wrong with a frame, the next Frame returns once.
func TestFaultIsReportedByTheNextFrame(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 64, 64, render.Config{})
	a := newArena[mgl32.Mat4](t)
	_, err := a.Alloc(mgl32.Ident4())
	check(t, err)
	b := newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{})
	want := s.shot(t, front, b).Pix
	check(t, d.Queue.WriteBuffer(b.Uploader().Pages()[0].Buffer, 2, make([]byte, 4))) // offsets are multiples of four
	d.Wait()
	if _, err := s.renderer.Frame(s.target, &front, b); err == nil || !strings.Contains(err.Error(), "reported after the call") {
		t.Fatal(err)
	}
	if got := s.shot(t, front, b).Pix; !bytes.Equal(got, want) {
		t.Error("the picture differs")
	}
}

// A frame makes at most 80 calls into JavaScript, culled or not: each costs about as much as an upload of a kilobyte.
func TestCallsOfAFrame(t *testing.T) {
	if js.Global().Get("calls").IsUndefined() {
		t.Skip("this page does not count calls: run the test by .ci/browser")
	}
	d := openDevice(t)
	s := newStage(t, d, 64, 64, render.Config{MSAA: 4})
	for _, slots := range []int{1000, 10_000} { // the second is culled
		a, err := arena.New(arena.Config[mgl32.Mat4]{})
		check(t, err)
		span, err := a.AllocSpan(slots, mgl32.Ident4())
		check(t, err)
		b := newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{})
		all := make([]mgl32.Mat4, slots)
		for n := range 3 {
			all[0][0]++
			span.StoreAll(all)
			before := js.Global().Get("calls").Int()
			stats, err := s.renderer.Frame(s.target, &front, b)
			check(t, err)
			calls := js.Global().Get("calls").Int() - before
			t.Logf("%d slots, frame %d: %d calls", slots, n, calls)
			if stats.Bytes == 0 {
				t.Error("nothing was uploaded")
			}
			if n > 0 && (calls < 10 || calls > 80) { // the first makes pages and pipelines
				t.Errorf("%d slots: a frame of %d calls", slots, calls)
			}
		}
	}
}
