package render_test

import (
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
)

// Every pixel is picked as it was drawn: a batch of each kind, culled and not, on several pages, hidden, moved and
// nearer slots.
func TestPick(t *testing.T) {
	const width, height, columns = 90, 60, 9
	d := openDevice(t)
	sphere, err := render.NewSphere(d, 16, 8)
	check(t, err)
	t.Cleanup(sphere.Release)
	for _, look := range []render.Look{render.Plain, render.Studio} {
		for _, n := range []int{54, crowd(6000)} {
			s := newStage(t, d, width, height, render.Config{Look: look, MSAA: 4})
			a, err := arena.New(arena.Config[render.MotionInstance]{})
			check(t, err)
			span, err := a.AllocSpan(n, render.MotionInstance{})
			check(t, err)
			// A grid of 9 by 6 in front of the camera, ten pixels apart; all others are far behind it.
			place := func(i int) mgl32.Vec3 {
				if i >= 54 {
					return mgl32.Vec3{0, 0, 2000}
				}
				return mgl32.Vec3{float32(i%columns) - 4, 2.5 - float32(i/columns), 0}
			}
			for i := range n {
				m := render.MotionInstance{Motion: render.Still(place(i), mgl32.QuatIdent(), 0.8), Color: render.Color{1, 1, 1, 1}}
				if i == 20 {
					m.Motion.Scale = 0 // hidden
				}
				if i == 30 { // it has come from elsewhere by now
					m.Motion.From, m.Motion.Start = mgl32.Vec3{0, 40, 0}, render.MotionClock(time.Second)
				}
				span.Set(i, &m)
			}
			span.Flush()
			near := newArena(t, mgl32.Translate3D(place(40)[0], place(40)[1], 0.5).Mul4(mgl32.Scale3D(0.4, 0.4, 0.4)))
			for _, mesh := range []*render.Mesh{cubeMesh(t, d), sphere} {
				there := mgl64.Vec3{6e6, 4e5, -3e7} // far from the world's origin
				behind := newBatch(t, s, a, mesh, render.BatchConfig{Tick: 10 * time.Millisecond, Upload: upload.Config{PageSlots: 2048}, Origin: there})
				front := newBatch(t, s, near, mesh, render.BatchConfig{Origin: there})
				camera := render.Camera{Origin: there, Distance: 1000, FovY: 0.006} // from so far away that all is seen head on
				s.renderer.Now = 2 * time.Second
				_, err := s.renderer.Frame(s.target, &camera, behind, front)
				check(t, err)
				for i := range 54 {
					x, y := i%columns*10+5, i/columns*10+5
					hit, ok, err := s.renderer.Pick(&camera, width, height, x, y, behind, front)
					check(t, err)
					want, there := render.Hit{Batch: 0, Slot: i}, i != 20
					if i == 40 {
						want = render.Hit{Batch: 1, Slot: 0}
					}
					if ok != there || ok && hit != want {
						t.Fatalf("%v, %d slots: at %d,%d is %v %v, want %v %v", look, n, x, y, hit, ok, want, there)
					}
				}
				for _, at := range [][2]int{{10, 5}, {0, 0}, {-1, 5}, {width, 5}, {5, height}} { // between two, and outside
					if hit, ok, err := s.renderer.Pick(&camera, width, height, at[0], at[1], behind, front); ok || err != nil {
						t.Errorf("at %v is %v, %v", at, hit, err)
					}
				}
			}
		}
	}
}
