package render_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// A fleeting target expires when Frame asks for the nth time.
type fleeting struct {
	*render.Offscreen
	in int
}

func (f *fleeting) Expired() bool {
	f.in--
	return f.in == 0
}

// A frame that the browser shows too early is skipped, whether that is noticed before the frame is encoded or after it,
// in any frame, and the next frame shows everything.
func TestExpiredFrames(t *testing.T) {
	d := openDevice(t)
	set := newSet(t, d, cubeMesh(t, d), sphereMesh(t, d, 16, 8))
	s := newStage(t, d, 160, 90, render.Config{MSAA: 1})
	scene := func() (render.Drawable, func(frame int)) {
		models := make([]mgl32.Mat4, 600)
		for i := range models {
			models[i] = mgl32.Translate3D(float32(i%10)-5, float32(i/10%10)-5, -float32(i/100))
		}
		a := stored(t, models)
		b := newBatch(t, s, a, set, render.BatchConfig{})
		b.SetShape(300, 300, 1)
		more := 0
		return b, func(frame int) { // slots are added, so that buffers grow
			for range 1500 * frame {
				more++
				_, err := a.Alloc(mgl32.Translate3D(float32(more%50)-25, float32(more/50%50)-25, -20))
				check(t, err)
			}
		}
	}
	camera := render.Camera{Distance: 20, FovY: 0.8, Near: 0.1}
	b, grow := scene()
	var want [][]byte
	for frame := range 4 {
		grow(frame)
		want = append(want, bytes.Clone(s.shot(t, camera, b).Pix))
	}
	for ask := 1; ask <= 2; ask++ {
		b, grow := scene()
		target := &fleeting{Offscreen: s.target}
		for frame := range 4 {
			grow(frame)
			target.in = ask
			if stats, err := s.renderer.Frame(target, &camera, b); !errors.Is(err, render.ErrSkip) || stats.Submit != 0 {
				t.Fatalf("frame %d, expired at question %d: %v", frame, ask, err)
			}
			if got := s.shot(t, camera, b); !bytes.Equal(got.Pix, want[frame]) {
				t.Errorf("frame %d, expired at question %d: the next picture differs", frame, ask)
			}
		}
	}
}
