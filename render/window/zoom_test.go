//go:build cgo || js

package window

import (
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// What is under a pixel, as far away as the target, stays under it, closer or farther. In the middle nothing else
// moves.
func TestZoomKeepsWhatIsUnderTheMouse(t *testing.T) {
	const width, height = 640, 360
	under := func(c render.Camera, x, y float64) mgl32.Vec3 {
		eye, direction := c.Ray(float32(2*x/width-1), float32(1-2*y/height), float32(width)/height)
		forward := c.Target.Sub(eye).Normalize()
		return eye.Add(direction.Mul(c.Target.Sub(eye).Dot(forward) / direction.Dot(forward)))
	}
	for _, at := range [][2]float64{{320, 180}, {0, 0}, {639, 359}, {500, 20}} {
		for _, factor := range []float64{0.9, 0.1, 3} {
			for _, distance := range []float32{0, 7} { // 0 stands for 10
				c := render.NewCamera(mgl32.Vec3{1, 2, 3}, distance)
				before := under(c, at[0], at[1])
				target := c.Target
				zoomAt(&c, factor, at[0], at[1], width, height)
				if d := under(c, at[0], at[1]).Sub(before).Len(); d > 1e-3 {
					t.Errorf("%v × %v: what is under the mouse went %v m", at, factor, d)
				}
				if at == [2]float64{320, 180} && c.Target != target {
					t.Errorf("a zoom to the middle moved the target by %v", c.Target.Sub(target))
				}
			}
		}
	}
	c := render.NewCamera(mgl32.Vec3{}, 5)
	zoomAt(&c, 0.5, 10, 10, 0, 0) // a minimised window
	if c.Distance != 2.5 || c.Target != (mgl32.Vec3{}) {
		t.Errorf("%+v", c)
	}
}
