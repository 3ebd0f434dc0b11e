package render_test

import (
	"image"
	"testing"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/internal/rendertest"
)

// shot draws a frame of 320×180 pixels and reads it.
func (s stage) shot(t *testing.T, c render.Camera, batches ...render.Drawable) *image.NRGBA {
	t.Helper()
	_, err := s.renderer.Frame(s.target, &c, batches...)
	check(t, err)
	img, err := s.target.Image()
	check(t, err)
	return img
}

var front = render.Camera{Distance: 6, Yaw: 0.2, Pitch: 0.3, FovY: 0.8, Near: 0.1}

// poses turn, stretch and shear instances of a mesh of about size 1, and mirror
// some by -1.
func poses(mirror float32) []render.Instance {
	tints := []render.Color{render.RGB(0xf4b942), render.RGB(0xe8643c), render.RGB(0x2f9c95), render.RGB(0x9ad1d4), render.RGB(0xf2efe6)}
	var all []render.Instance
	for i := range 15 {
		x, y := float32(i%5)-2, 1-float32(i/5)
		m := mgl32.Translate3D(1.3*x, 1.3*y, 0).Mul4(mgl32.HomogRotate3D(0.7*float32(i), mgl32.Vec3{1, 2, 3}.Normalize()))
		switch i % 4 {
		case 1:
			m = m.Mul4(mgl32.Scale3D(1.2, 0.4, 0.8))
		case 2:
			m = m.Mul4(mgl32.ShearX3D(0.4, 0.2))
		case 3:
			m = m.Mul4(mgl32.Scale3D(0.8*mirror, 1, 0.6))
		}
		all = append(all, render.Instance{Model: m, Color: tints[i%len(tints)]})
	}
	return all
}

func off(a, b *image.NRGBA) int {
	_, n := rendertest.Difference(a, b, 8)
	return n
}

// A mirrored cube is the same cube.
func TestMirroredCubes(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 320, 180, render.Config{})
	cube := cubeMesh(t, d)
	plain := newBatch(t, s, newArena(t, poses(1)...), cube, render.BatchConfig{})
	mirrored := newBatch(t, s, newArena(t, poses(-1)...), cube, render.BatchConfig{})
	for i := range 12 {
		c := render.Camera{Distance: 0.8 + float32(i%4)*1.7, Yaw: float32(i), Pitch: float32(i%5)*0.6 - 1.2, FovY: 0.9, Near: 0.05}
		if n := off(s.shot(t, c, mirrored), s.shot(t, c, plain)); n > 20 {
			t.Errorf("camera %+v: %d pixels differ", c, n)
		}
	}
}

// Plates two metres apart at fifty kilometres hide each other as they should,
// with a near plane at ten centimetres: no order of drawing shows.
func TestDepthFarAway(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 320, 180, render.Config{})
	var plates, reversed []render.Instance
	for i := range 12 {
		x := float32(i) - 5.5
		plates = append(plates, render.Instance{
			Model: mgl32.Translate3D(3*x, x, -50_000-2*float32(i)).Mul4(mgl32.HomogRotate3DZ(0.2 * x)).Mul4(mgl32.Scale3D(20, 30, 0.01)),
			Color: render.Color{float32(i) / 12, float32(i%2) / 2, 1 - float32(i)/12, 1},
		})
		reversed = append([]render.Instance{plates[i]}, reversed...)
	}
	c := render.Camera{Distance: 0.1, FovY: 0.0014, Near: 0.1}
	a := s.shot(t, c, newBatch(t, s, newArena(t, plates...), cubeMesh(t, d), render.BatchConfig{}))
	b := s.shot(t, c, newBatch(t, s, newArena(t, reversed...), cubeMesh(t, d), render.BatchConfig{}))
	nearest := s.shot(t, c, newBatch(t, s, newArena(t, plates[0]), cubeMesh(t, d), render.BatchConfig{}))
	if n := off(a, b); n > 20 {
		t.Errorf("%d pixels depend on the order of drawing", n)
	}
	back, seen := nearest.NRGBAAt(0, 0), 0
	for y := range 180 {
		for x := range 320 {
			if p := nearest.NRGBAAt(x, y); p != back && a.NRGBAAt(x, y) == p {
				seen++
			} else if p != back {
				t.Fatalf("pixel %d, %d of the nearest plate is hidden", x, y)
			}
		}
	}
	if seen < 1000 {
		t.Errorf("%d pixels of the nearest plate", seen)
	}
}

// Freed slots vanish, what stays is drawn as if they had never been, and what
// takes their place is drawn too.
func TestFreedSlotsVanish(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 320, 180, render.Config{})
	a := newArena[render.Instance](t)
	var odd []arena.Slot[render.Instance]
	var even []render.Instance
	for i, p := range poses(1) {
		slot, err := a.Alloc(p)
		check(t, err)
		if i%2 == 0 {
			even = append(even, p)
		} else {
			odd = append(odd, slot)
		}
	}
	b := newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{})
	full := s.shot(t, front, b)
	for _, slot := range odd {
		check(t, slot.Free())
	}
	holes := s.shot(t, front, b)
	if off(holes, full) < 1000 {
		t.Error("the freed slots are still there")
	}
	if n := off(holes, s.shot(t, front, newBatch(t, s, newArena(t, even...), cubeMesh(t, d), render.BatchConfig{}))); n > 0 {
		t.Errorf("%d pixels of the others changed", n)
	}
	for i, p := range poses(1) {
		if i%2 == 1 {
			_, err := a.Alloc(p)
			check(t, err)
		}
	}
	if n := off(s.shot(t, front, b), full); n > 0 {
		t.Errorf("%d pixels differ after the slots were taken again", n)
	}
}

// Targets of another byte order, and those that do not encode sRGB themselves,
// show the same colours.
func TestFormatsShowTheSame(t *testing.T) {
	d := openDevice(t)
	for _, look := range []render.Look{render.Plain, render.Studio} {
		var first *image.NRGBA
		for _, f := range []wgpu.TextureFormat{
			wgpu.TextureFormatRGBA8UnormSrgb, wgpu.TextureFormatBGRA8UnormSrgb, wgpu.TextureFormatBGRA8Unorm, wgpu.TextureFormatRGBA8Unorm,
		} {
			s := newStage(t, d, 320, 180, render.Config{Format: f, Look: look})
			img := s.shot(t, front, newBatch(t, s, newArena(t, poses(1)...), cubeMesh(t, d), render.BatchConfig{}))
			if first == nil {
				first = img
			}
			for i := range img.Pix {
				if d := int(img.Pix[i]) - int(first.Pix[i]); d < -2 || d > 2 {
					t.Errorf("%v, format %v: byte %d is %d, not %d", look, f, i, img.Pix[i], first.Pix[i])
					break
				}
			}
		}
	}
}

// The comparison with golden pictures notices one cube of many that moved by a
// tenth of its size, changed its colour a little, or is missing.
func TestGoldenNotices(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 320, 180, render.Config{MSAA: 4})
	draw := func(change func(*render.Instance)) *image.NRGBA {
		all := poses(1)
		change(&all[7])
		return s.shot(t, front, newBatch(t, s, newArena(t, all...), cubeMesh(t, d), render.BatchConfig{}))
	}
	want := draw(func(*render.Instance) {})
	if n := off(want, draw(func(*render.Instance) {})); n > 0 {
		t.Errorf("%d pixels of the same scene differ", n)
	}
	for name, change := range map[string]func(*render.Instance){
		"moved":    func(i *render.Instance) { i.Model = mgl32.Translate3D(0.1, 0, 0).Mul4(i.Model) },
		"coloured": func(i *render.Instance) { i.Color = i.Color.Mul(0.8) },
		"missing":  func(i *render.Instance) { *i = render.Instance{} },
	} {
		if n := off(want, draw(change)); n <= 320*180/200 {
			t.Errorf("%s: only %d pixels", name, n)
		}
	}
}
