package overlay

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/internal/rendertest"
)

// labelled draws cubes in a row, and an overlay that build builds with the camera and the renderer.
func labelled(t *testing.T, d *render.Device, msaa int, build func(o *Overlay, c *render.Camera, r *render.Renderer)) *image.NRGBA {
	t.Helper()
	target, err := render.NewOffscreen(d, 480, 240, 0)
	check(t, err)
	defer target.Release()
	r, err := render.New(d, render.Config{MSAA: msaa, Look: render.Studio, GroundY: -0.5})
	check(t, err)
	defer r.Release()
	cube, err := render.NewCube(d)
	check(t, err)
	defer cube.Release()
	a, err := arena.New(arena.Config[mgl32.Mat4]{})
	check(t, err)
	for i := range 4 {
		_, err := a.Alloc(mgl32.Translate3D(float32(i)*1.8-2.7, 0.3, float32(i%2)*-1.5))
		check(t, err)
	}
	batch, err := render.NewBatch(r, a, cube, render.BatchConfig{})
	check(t, err)
	defer batch.Release()
	o, err := New(d, target.Format(), 1)
	check(t, err)
	defer o.Release()
	camera := render.NewCamera(mgl32.Vec3{0, 0.4, 0}, 9)
	var img *image.NRGBA
	for range 2 { // the second frame finds everything made
		o.Clear()
		build(o, &camera, r)
		_, err = r.Frame(o.Over(target), &camera, batch)
		check(t, err)
		img, err = target.Image()
		check(t, err)
	}
	return img
}

func TestLabels(t *testing.T) {
	d := openDevice(t)
	got := labelled(t, d, 4, func(o *Overlay, c *render.Camera, r *render.Renderer) {
		o.SetCamera(c, r)
		for i, text := range []string{"gripper 1", "Γωνία 42°", "робот", "空 fehlt"} {
			o.Label(mgl32.Vec3{float32(i)*1.8 - 2.7, 0.85, float32(i%2) * -1.5}, text)
		}
		o.Label(mgl32.Vec3{-0.9, 0.2, -1.5}, "hidden, because it is inside of a cube")
		o.Label(mgl32.Vec3{0.6, 0.1, 2.5}, "in front")
	})
	rendertest.Golden(t, "testdata/labels.png", got, rendertest.Tolerance{Steps: 8, Share: 200})
}

// A label that something hides is not drawn, with one sample and with several; without a renderer it is. Labels at no
// place, behind the eye and beside the picture draw nothing.
func TestHiddenLabels(t *testing.T) {
	d := openDevice(t)
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, msaa := range []int{1, 4} {
		bare := labelled(t, d, msaa, func(o *Overlay, c *render.Camera, r *render.Renderer) {})
		for name, l := range map[string]struct {
			place       mgl32.Vec3
			sees, drawn bool // the label sees the renderer; it is drawn
		}{
			"inside of a cube":          {mgl32.Vec3{-0.9, 0.3, -1.5}, true, false},
			"inside, through the cubes": {mgl32.Vec3{-0.9, 0.3, -1.5}, false, true},
			"above a cube":              {mgl32.Vec3{-0.9, 0.9, -1.5}, true, true},
			"behind the eye":            {mgl32.Vec3{0, 20, 40}, false, false},
			"beside":                    {mgl32.Vec3{100, 0, 0}, false, false},
			"nowhere":                   {mgl32.Vec3{nan, 0, 0}, false, false},
			"without end":               {mgl32.Vec3{0, inf, 0}, false, false},
		} {
			got := labelled(t, d, msaa, func(o *Overlay, c *render.Camera, r *render.Renderer) {
				if !l.sees {
					r = nil
				}
				o.SetCamera(c, r)
				o.Label(l.place, "label")
			})
			if drawn := !bytes.Equal(got.Pix, bare.Pix); drawn != l.drawn {
				t.Errorf("MSAA %d, %s: drawn %v", msaa, name, drawn)
			}
		}
	}
}

// BenchmarkLabels builds and draws 5,000 labels a frame, and beside it as many Texts.
func BenchmarkLabels(b *testing.B) {
	d := openDevice(b)
	target, err := render.NewOffscreen(d, 1280, 720, 0)
	check(b, err)
	defer target.Release()
	r, err := render.New(d, render.Config{})
	check(b, err)
	defer r.Release()
	var texts []string
	for i := range 5000 {
		texts = append(texts, fmt.Sprint("arm ", i))
	}
	camera := render.NewCamera(mgl32.Vec3{}, 100)
	for _, what := range []string{"labels", "texts"} {
		b.Run(what, func(b *testing.B) {
			o, err := New(d, target.Format(), 1)
			check(b, err)
			defer o.Release()
			o.SetCamera(&camera, r)
			over := o.Over(target)
			for b.Loop() {
				o.Clear()
				for i, text := range texts {
					if x, y := float32(i%100), float32(i/100); what == "labels" {
						o.Label(mgl32.Vec3{x - 50, y - 25, 0}, text)
					} else {
						o.Box(x*12, y*14, 60, 19, 5, plate)
						o.Text(x*12, y*14, Body, Bright, text)
					}
				}
				_, err := r.Frame(over, &camera)
				check(b, err)
				d.Wait()
			}
		})
	}
}
