package render_test

import (
	"fmt"
	"image"
	"math"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// A scene looks the same at any scale that a float has.
func TestScales(t *testing.T) {
	d := openDevice(t)
	sphere, err := render.NewSphere(d, 32, 16)
	check(t, err)
	t.Cleanup(sphere.Release)
	shade := render.BatchConfig{Shade: "fn shade(p: Point) -> vec4f { return vec4f(lit(p), 1.0); }"}
	for _, look := range []render.Look{render.Plain, render.Studio} {
		s := newStage(t, d, 160, 90, render.Config{Look: look, GroundY: -1e30})
		for _, m := range []struct {
			name string
			mesh *render.Mesh
			o    render.BatchConfig
		}{{"cube", cubeMesh(t, d), render.BatchConfig{}}, {"sphere", sphere, render.BatchConfig{}}, {"shaded cube", cubeMesh(t, d), shade}} {
			shot := func(k float32) *image.NRGBA {
				b := newBatch(t, s, newArena(t, mgl32.Scale3D(k, k, k)), m.mesh, m.o)
				camera := render.NewCamera(mgl32.Vec3{}, 4*k)
				camera.Near = 0.1 * k
				return s.shot(t, camera, b)
			}
			want := shot(1)
			for _, e := range []float64{-13, -10, -8, 6, 9, 10, 12} {
				same(t, fmt.Sprintf("%v %s at 1e%v", look, m.name, e), shot(float32(math.Pow(10, e))), want)
			}
			plate := func(k float32) *image.NRGBA {
				b := newBatch(t, s, newArena(t, mgl32.Scale3D(1, k, 1)), m.mesh, m.o)
				return s.shot(t, render.NewCamera(mgl32.Vec3{}, 4), b)
			}
			same(t, fmt.Sprintf("%v %s, a plate", look, m.name), plate(1e-12), plate(1e-6))
		}
	}
}

// same fails where more than one pixel in a hundred differs by more than 8 steps.
func same(t *testing.T, what string, got, want *image.NRGBA) {
	t.Helper()
	differ, lit := 0, 0
	for i := 0; i < len(got.Pix); i += 4 {
		worst := 0
		for k := i; k < i+4; k++ {
			worst = max(worst, int(got.Pix[k])-int(want.Pix[k]), int(want.Pix[k])-int(got.Pix[k]))
		}
		if worst > 8 {
			differ++
		}
		if want.Pix[i] != want.Pix[0] {
			lit++
		}
	}
	if differ*100 > len(got.Pix)/4 || lit < 100 {
		t.Errorf("%s: %d pixels of %d differ, %d are drawn on", what, differ, len(got.Pix)/4, lit)
	}
}

// What a camera leaves out has a default, and zooming never jumps.
func TestCameraDefaults(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 64, 64, render.Config{})
	b := newBatch(t, s, newArena(t, mgl32.Scale3D(4, 4, 4)), cubeMesh(t, d), render.BatchConfig{})
	background := s.shot(t, render.Camera{Target: mgl32.Vec3{0, 1e6, 0}}, b).NRGBAAt(32, 32)
	for name, c := range map[string]render.Camera{
		"zero":          {},
		"no near plane": {Distance: 10, FovY: 0.8},
		"no angle":      {Distance: 10, Near: 0.1},
		"NaN":           {Distance: 10, FovY: float32(math.NaN()), Near: float32(math.NaN())},
		"half a turn":   {Distance: 10, FovY: math.Pi},
	} {
		if s.shot(t, c, b).NRGBAAt(32, 32) == background {
			t.Errorf("%s: nothing is seen", name)
		}
		if eye := eyeOf(&c); eye != (mgl32.Vec3{0, 0, 10}) {
			t.Errorf("%s: the eye is at %v", name, eye)
		}
	}
	c := render.NewCamera(mgl32.Vec3{}, 5e6)
	if c.Zoom(1.1); c.Distance < 5.4e6 || c.Distance > 5.6e6 {
		t.Error("zoomed out from 5e6 by 1.1 to", c.Distance)
	}
	if c.Zoom(0.5); c.Distance < 2.7e6 || c.Distance > 2.8e6 {
		t.Error("zoomed in to", c.Distance)
	}
	var zero render.Camera
	if zero.Zoom(0.5); zero.Distance != 5 {
		t.Error("the zero camera zoomed in to", zero.Distance)
	}
}
