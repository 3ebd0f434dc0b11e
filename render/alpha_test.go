package render_test

import (
	"testing"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// A background's alpha is the picture's where nothing is drawn, a shade's where its
// surface is; what lies at an edge has the surface's colour and part of its alpha.
func TestAlpha(t *testing.T) {
	d := openDevice(t)
	red := render.Color{1, 0, 0, 1}
	for _, look := range []render.Look{render.Plain, render.Studio} {
		for _, msaa := range []int{1, 4} {
			if inPage && (msaa == 4) == (look == render.Plain) {
				continue // a browser takes seconds to compile the shaders of each combination: half of them
			}
			for _, format := range []wgpu.TextureFormat{wgpu.TextureFormatRGBA8Unorm, wgpu.TextureFormatBGRA8UnormSrgb} {
				s := newStage(t, d, 64, 64, render.Config{Look: look, MSAA: msaa, Format: format, Background: &render.Color{0, 0, 1, 0}, GroundY: -1e30})
				a := newArena(t, mgl32.HomogRotate3DZ(0.4))
				camera := render.NewCamera(mgl32.Vec3{}, 2.5)
				for _, shaded := range []float32{0.25, 1} {
					shade := "fn shade(p: Point) -> vec4f { return vec4f(1.0, 0.0, 0.0, 0.25); }"
					if shaded == 1 {
						shade = "fn shade(p: Point) -> vec4f { return vec4f(1.0, 0.0, 0.0, 1.0); }"
					}
					b := newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{Colors: []render.Color{red}, Shade: shade})
					img := s.shot(t, camera, b)
					full := uint8(shaded*255 + 0.5)
					if c := img.NRGBAAt(0, 0); c.A != 0 {
						t.Errorf("%v, MSAA %d, %v: the background is %v", look, msaa, format, c)
					}
					if c := img.NRGBAAt(32, 32); c.R < 254 || c.G != 0 || c.B != 0 || c.A != full {
						t.Errorf("%v, MSAA %d, %v: the cube is %v, want alpha %d", look, msaa, format, c, full)
					}
					edges := 0
					for y := range 64 {
						for x := range 64 {
							if c := img.NRGBAAt(x, y); c.A != 0 && c.A != full {
								edges++
								if c.R < 245 || c.G > 3 || c.B > 3 {
									t.Errorf("%v, MSAA %d, %v: an edge is %v", look, msaa, format, c)
								}
							}
						}
					}
					if (edges > 0) != (msaa > 1) {
						t.Errorf("%v, MSAA %d, %v: %d pixels are partly covered", look, msaa, format, edges)
					}
				}
				// The built-in shade takes the tint's.
				half := newArena(t, render.Instance{Model: mgl32.Ident4(), Color: render.Color{1, 1, 1, 0.5}})
				img := s.shot(t, camera, newBatch(t, s, half, cubeMesh(t, d), render.BatchConfig{}))
				if c := img.NRGBAAt(32, 32); c.A != 128 {
					t.Errorf("%v, MSAA %d, %v: a tint of alpha 0.5 makes %v", look, msaa, format, c)
				}
			}
		}
	}
}

// opaque is a target that keeps no alpha, as a window.
type opaque struct{ *render.Offscreen }

func (opaque) Opaque() bool { return true }

func TestOpaqueTarget(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 64, 64, render.Config{Background: &render.Color{0, 0, 1, 0}})
	a := newArena(t, render.Instance{Model: mgl32.Ident4(), Color: render.Color{1, 1, 1, 0}})
	b := newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{})
	camera := render.NewCamera(mgl32.Vec3{}, 4)
	_, err := s.renderer.Frame(opaque{s.target}, &camera, b)
	check(t, err)
	img, err := s.target.Image()
	check(t, err)
	if c := img.NRGBAAt(0, 0); c.B != 255 || c.A != 255 {
		t.Error("the background is", c)
	}
	if c := img.NRGBAAt(32, 32); c.R < 50 || c.A != 255 {
		t.Error("the cube is", c)
	}
}
