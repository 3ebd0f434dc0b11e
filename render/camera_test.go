package render_test

import (
	"math"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

func project(c *render.Camera, p mgl32.Vec3) mgl32.Vec3 {
	clip := c.Projection(2).Mul4(c.View()).Mul4x1(p.Vec4(1))
	return clip.Vec3().Mul(1 / clip.W())
}

func near(a, b float32) bool { return math.Abs(float64(a-b)) < 1e-4 }

// TestCamera: the target is in the middle, depth is 1 at the near plane and
// falls towards 0, x is to the right and y up.
func TestCamera(t *testing.T) {
	c := render.NewCamera(mgl32.Vec3{1, 2, 3}, 10)
	c.Near = 0.1
	if p := project(&c, c.Target); !near(p.X(), 0) || !near(p.Y(), 0) || !near(p.Z(), c.Near/10) {
		t.Errorf("the target is drawn at %v", p)
	}
	ahead := c.Target.Sub(eyeOf(&c)).Normalize()
	if z := project(&c, eyeOf(&c).Add(ahead.Mul(c.Near))).Z(); !near(z, 1) {
		t.Errorf("depth %v at the near plane", z)
	}
	if z := project(&c, eyeOf(&c).Add(ahead.Mul(1e5))).Z(); z <= 0 || z > 1e-5 {
		t.Errorf("depth %v far away", z)
	}
	if !near(eyeOf(&c).Sub(c.Target).Len(), 10) {
		t.Errorf("the eye is %v away", eyeOf(&c).Sub(c.Target).Len())
	}
	front := render.Camera{Distance: 5, FovY: 1, Near: 0.1}
	if p := project(&front, mgl32.Vec3{1, 1, 0}); p.X() <= 0 || p.Y() <= 0 {
		t.Errorf("right and up is drawn at %v", p)
	}
	if top := project(&front, mgl32.Vec3{0, 5 * float32(math.Tan(0.5)), 0}).Y(); !near(top, 1) {
		t.Errorf("the edge of the field of view is drawn at %v", top)
	}
}

// TestCameraMoves: Pan takes the point under the mouse along, Orbit stops before
// the poles, Zoom never passes the target.
func TestCameraMoves(t *testing.T) {
	c := render.NewCamera(mgl32.Vec3{}, 10)
	old := c.Target
	c.Pan(-0.25, 0.125) // a quarter of the height, an eighth
	if p := project(&c, old); !near(p.X(), 0.25) || !near(p.Y(), -0.25) {
		t.Errorf("the old target is drawn at %v after Pan", p)
	}
	eye := eyeOf(&c)
	c.Orbit(2*math.Pi, 0)
	if !near(eyeOf(&c).Sub(eye).Len(), 0) {
		t.Error("a full turn moves the eye")
	}
	c.Orbit(0, 100)
	if v := c.View(); math.IsNaN(float64(v.Det())) || !near(v.Det(), 1) {
		t.Errorf("determinant %v of the view from the pole", v.Det())
	}
	c.Target = mgl32.Vec3{}
	for range 1000 {
		c.Zoom(0.5)
	}
	if z := project(&c, c.Target).Z(); !(z > 0 && z < 1) {
		t.Errorf("the target has a depth of %v at distance %v", z, c.Distance)
	}
}

// The near plane follows the distance: a thing of any size is in the picture, after any earlier distance.
func TestNearFollowsDistance(t *testing.T) {
	for _, size := range []float32{1e-12, 1e-3, 0.02, 0.1, 1, 100, 1e12} {
		half := mgl32.Vec3{size / 2, size / 2, size / 2}
		long := mgl32.Vec3{size / 2, size / 2, 500 * size} // along the view
		for name, do := range map[string]func(c *render.Camera) (half mgl32.Vec3){
			"NewCamera":            func(c *render.Camera) mgl32.Vec3 { *c = render.NewCamera(mgl32.Vec3{}, 4*size); return half },
			"the zero camera":      func(c *render.Camera) mgl32.Vec3 { *c = render.Camera{Distance: 4 * size}; return half },
			"near by hand":         func(c *render.Camera) mgl32.Vec3 { c.Distance, c.Near = 4*size, 0.1; return half },
			"FitBox":               func(c *render.Camera) mgl32.Vec3 { c.FitBox(half.Mul(-1), half, 1, 0.05); return half },
			"FitBox, near by hand": func(c *render.Camera) mgl32.Vec3 { c.Near = 0.1; c.FitBox(half.Mul(-1), half, 1, 0.05); return half },
			"FitBox along the view": func(c *render.Camera) mgl32.Vec3 {
				c.Yaw, c.Pitch = 0, 0
				c.FitBox(long.Mul(-1), long, 1, 0.05)
				return long
			},
			"Zoom, near by hand": func(c *render.Camera) mgl32.Vec3 {
				c.Near = 0.1
				c.Zoom(4 * size / 10)
				return half
			},
		} {
			c := render.NewCamera(mgl32.Vec3{}, 10)
			half := do(&c)
			for i := range 8 {
				corner := half
				for axis := range 3 {
					if i>>axis&1 != 0 {
						corner[axis] = -corner[axis]
					}
				}
				if z := project(&c, corner).Z(); !(z > 0 && z < 1) {
					t.Errorf("%s: a corner of a box of %v m has a depth of %v, and the camera is %+v", name, size, z, c)
					break
				}
			}
		}
	}
}

// What shows nothing leaves a camera as it is: a minimised window has an aspect of 0/0.
func TestCameraFitsNothing(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	lo, hi := mgl32.Vec3{-1, -1, -1}, mgl32.Vec3{1, 2, 3}
	for name, fit := range map[string]func(c *render.Camera){
		"no size":        func(c *render.Camera) { c.FitBox(lo, hi, nan, 0) },
		"no width":       func(c *render.Camera) { c.FitBox(lo, hi, 0, 0) },
		"no height":      func(c *render.Camera) { c.FitBox(lo, hi, inf, 0) },
		"below nothing":  func(c *render.Camera) { c.FitBox(lo, hi, -2, 0) },
		"all margin":     func(c *render.Camera) { c.FitBox(lo, hi, 1, 1) },
		"an empty box":   func(c *render.Camera) { c.FitBox(mgl32.Vec3{inf, inf, inf}, mgl32.Vec3{-inf, -inf, -inf}, 1, 0) },
		"no box":         func(c *render.Camera) { c.FitBox(lo, mgl32.Vec3{1, nan, 1}, 1, 0) },
		"an endless box": func(c *render.Camera) { c.FitBox(lo, mgl32.Vec3{1, inf, 1}, 1, 0) },
		"zoom":           func(c *render.Camera) { c.Zoom(nan) },
	} {
		c := render.NewCamera(mgl32.Vec3{1, 2, 3}, 4)
		was := c
		if fit(&c); c != was {
			t.Errorf("%s: the camera became %+v", name, c)
		}
	}
	c := render.NewCamera(mgl32.Vec3{}, 4)
	if c.FitBox(lo, lo, 1, 0); !near(c.Target.Sub(lo).Len(), 0) {
		t.Errorf("a box that is a point: the camera looks at %v", c.Target)
	}
}

func eyeOf(c *render.Camera) mgl32.Vec3 {
	eye, _ := c.Ray(0, 0, 1)
	return eye
}
