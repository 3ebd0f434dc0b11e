package render_test

import (
	"fmt"
	"image"
	"math"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

// apart tells how many bytes of two pictures differ, and by how much at most.
func apart(a, b *image.NRGBA) (bytes, most int) {
	for i := range a.Pix {
		if d := max(int(a.Pix[i]), int(b.Pix[i])) - min(int(a.Pix[i]), int(b.Pix[i])); d > 0 {
			bytes, most = bytes+1, max(most, d)
		}
	}
	return bytes, most
}

// alike is what two pictures of one scene in two places may differ by.
func alike(a, b *image.NRGBA) bool {
	bytes, most := apart(a, b)
	return most <= 3 && bytes <= len(a.Pix)/1000
}

// drawnOn is how many pixels are not the background's.
func drawnOn(img *image.NRGBA) (n int) {
	for i := 0; i < len(img.Pix); i += 4 {
		if string(img.Pix[i:i+4]) != string(img.Pix[:4]) {
			n++
		}
	}
	return n
}

// far are places in the world, on the lines of the studio's grid.
var far = []mgl64.Vec3{{1e5, 0, 0}, {0, 0, -1e7}, {1e9, 0, 1e9}, {-1e9, 0, 1e5}}

// A scene far from the world's origin looks as it does there: every shader, with and without culling, motions too.
func TestFarAway(t *testing.T) {
	const tick = 100 * time.Millisecond
	d := openDevice(t)
	sphere, err := render.NewSphere(d, 16, 8)
	check(t, err)
	t.Cleanup(sphere.Release)
	const shade = "fn shade(p: Point) -> vec4f { return vec4f(lit(p) * (0.5 + 0.5 * fract(2.0 * (p.position - batch.origin.xyz))), 1.0); }"
	city, crowd := cityModels(), awkward(crowd(5000))
	motions := make([]render.Motion, len(city))
	for i, m := range city {
		motions[i] = render.Motion{
			From: m.Col(3).Vec3(), FromTurn: mgl32.QuatIdent(), Start: render.MotionClock(time.Second),
			To: m.Col(3).Vec3().Add(mgl32.Vec3{0.5, 0.3, 0}), ToTurn: mgl32.QuatRotate(1, mgl32.Vec3{0, 1, 0}), Scale: 0.7,
		}
	}
	camera := render.NewCamera(mgl32.Vec3{0.25, 0.5, -0.125}, 6)
	camera.Yaw = 0.61 // on no edge of the city
	for _, c := range []render.Config{{MSAA: 1}, {Look: render.Studio, MSAA: 4}} {
		s := newStage(t, d, 240, 135, c)
		s.renderer.Now = time.Second + tick/3
		for name, draw := range map[string]func(origin mgl64.Vec3) (render.Drawable, func()){
			"cubes":   at(t, s, city, cubeMesh(t, d), render.BatchConfig{}),
			"shaded":  at(t, s, city, cubeMesh(t, d), render.BatchConfig{Shade: shade}),
			"spheres": at(t, s, city, sphere, render.BatchConfig{}),
			"motions": at(t, s, motions, sphere, render.BatchConfig{Tick: tick}),
			"culled":  at(t, s, crowd, cubeMesh(t, d), render.BatchConfig{}),
		} {
			if inPage && c.Look == render.Studio && name != "shaded" {
				continue // SwiftShader draws Studio slowly, and the look has no part in where a slot lies
			}
			t.Run(fmt.Sprintf("%v/%s", c.Look, name), func(t *testing.T) {
				shot := func(batch mgl64.Vec3, camera render.Camera) *image.NRGBA {
					b, release := draw(batch)
					defer release()
					return s.shot(t, camera, b)
				}
				want := shot(mgl64.Vec3{}, camera)
				if n := drawnOn(want); n < 3000 {
					t.Fatalf("%d pixels are drawn on", n)
				}
				for _, place := range far {
					there := camera
					there.Origin = place
					if got := shot(place, there); !alike(got, want) {
						bytes, most := apart(got, want)
						t.Errorf("at %v: %d bytes differ by up to %d", place, bytes, most)
					}
					if alike(shot(place.Add(mgl64.Vec3{0.03, 0, 0}), there), want) {
						t.Error("this comparison does not see 3 cm")
					}
					// The same eye by another origin, 1,500 km away.
					if there.Origin[0] += 1.5e6; c.Look == render.Plain && name != "shaded" {
						if there.Target[0] -= 1.5e6; there.Target[0] != -1.5e6+0.25 {
							t.Fatal("this test's target is rounded")
						}
						if got := shot(place, there); !alike(got, want) {
							bytes, most := apart(got, want)
							t.Errorf("at %v, from another origin: %d bytes differ by up to %d", place, bytes, most)
						}
					}
				}
			})
		}
	}
}

// at makes batches of the slots that count from a place.
func at[T any](t *testing.T, s stage, slots []T, m *render.Mesh, o render.BatchConfig) func(mgl64.Vec3) (render.Drawable, func()) {
	a, err := arena.New(arena.Config[T]{MaxSlots: len(slots)})
	check(t, err)
	span, err := a.AllocSpan(len(slots), slots[0])
	check(t, err)
	span.StoreAll(slots)
	return func(origin mgl64.Vec3) (render.Drawable, func()) {
		o.Origin = origin
		b, err := render.NewBatch(s.renderer, a, m, o)
		check(t, err)
		return b, b.Release
	}
}

// What moves a millimetre a frame moves evenly, whether a slot, the camera's target or its origin is what moves.
func TestFarAwayMovesEvenly(t *testing.T) {
	const frames, pixelsPerStep = 24, 1.3
	d := openDevice(t)
	s := newStage(t, d, 320, 180, render.Config{MSAA: 4})
	cube := cubeMesh(t, d)
	// uneven is how far from the mean the most uneven step is, and the mean, in pixels.
	uneven := func(origin mgl64.Vec3, step func(i int, c *render.Camera, m *mgl32.Mat4)) (worst, mean float64) {
		a := newArena[mgl32.Mat4](t)
		slot, err := a.Alloc(mgl32.Mat4{})
		check(t, err)
		b := newBatch(t, s, a, cube, render.BatchConfig{Origin: origin})
		var last, first float64
		var steps []float64
		for i := range frames + 1 {
			camera := render.Camera{Origin: origin, Distance: 1, FovY: 180 / pixelsPerStep * 1e-3, Near: 0.1}
			m := mgl32.Scale3D(0.03, 0.03, 0.03)
			step(i, &camera, &m)
			slot.Store(&m)
			x, n := 0, 0
			img := s.shot(t, camera, b)
			for p := 0; p < len(img.Pix); p += 4 {
				weight := max(int(img.Pix[p])-int(img.Pix[0]), 0)
				x, n = x+weight*(p/4%320), n+weight
			}
			if n == 0 {
				t.Fatal("the cube is not in the picture")
			}
			now := float64(x) / float64(n)
			if i == 0 {
				first = now
			} else {
				steps = append(steps, now-last)
			}
			last = now
		}
		mean = (last - first) / frames
		for _, s := range steps {
			worst = max(worst, math.Abs(s-mean))
		}
		return worst, mean
	}
	const mm = 1e-3
	moves := map[string]func(i int, c *render.Camera, m *mgl32.Mat4){
		"the slot":   func(i int, c *render.Camera, m *mgl32.Mat4) { m[12] = float32(i-frames/2) * mm },
		"the target": func(i int, c *render.Camera, m *mgl32.Mat4) { c.Target[0] = float32(i-frames/2) * mm },
		"the origin": func(i int, c *render.Camera, m *mgl32.Mat4) { c.Origin[0] += float64(i-frames/2) * mm },
	}
	for name, move := range moves {
		for _, x := range []float64{0, 1e5, 1e7, 1e9} {
			if worst, mean := uneven(mgl64.Vec3{x, 0, -x}, move); worst > 0.25 || math.Abs(math.Abs(mean)-pixelsPerStep) > 0.05 {
				t.Errorf("%s at %.0e m: steps of %.2f pixels, one off by %.2f", name, x, mean, worst)
			}
		}
	}
	// The control: a slot that holds its place in the world has steps of 8 mm at 100 km.
	if worst, _ := uneven(mgl64.Vec3{}, func(i int, c *render.Camera, m *mgl32.Mat4) {
		c.Origin[0], m[12] = 1e5, 1e5+float32(i-frames/2)*mm
	}); worst < 1 {
		t.Errorf("rounded places are uneven by %.2f pixels only: this test sees nothing", worst)
	}
}

// Slots and a target that are far from an origin of 0 are drawn exactly where a float32 has them.
func TestNothingIsRoundedBeforeTheEye(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 240, 135, render.Config{})
	for _, x := range []float32{1e5, 1e6, 1e7} {
		shot := func(x float32) *image.NRGBA {
			var slots []mgl32.Mat4
			for i := range 20 { // on places that a float32 has at 1e7
				slots = append(slots, mgl32.Translate3D(x+float32(i%5*2-4), float32(i/5), float32(i%3)).Mul4(mgl32.Scale3D(0.8, 0.6, 0.7)))
			}
			return s.shot(t, render.NewCamera(mgl32.Vec3{x, 1, 0}, 8), newBatch(t, s, newArena(t, slots...), cubeMesh(t, d), render.BatchConfig{}))
		}
		if got, want := shot(x), shot(0); !alike(got, want) {
			bytes, most := apart(got, want)
			t.Errorf("at %v: %d bytes differ by up to %d", x, bytes, most)
		}
	}
}

// The ground's grid and its height stay where they are in the world, from any origin of the camera, and shadows do
// not shimmer where the origin moves with the camera.
func TestGroundStaysInTheWorld(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 240, 135, render.Config{Look: render.Studio, MSAA: 4, GroundY: 2})
	b := newBatch(t, s, newArena(t, mgl32.Translate3D(0, 2.5, 0)), cubeMesh(t, d), render.BatchConfig{})
	camera := render.NewCamera(mgl32.Vec3{1, 3, -0.5}, 6)
	want := s.shot(t, camera, b)
	for _, origin := range []mgl64.Vec3{{0.5, 1, 0.25}, {-3, 2, 1}, {128, -64, 32}} {
		c := camera
		c.Origin, c.Target = origin, narrow(mgl64.Vec3{1, 3, -0.5}.Sub(origin))
		got := s.shot(t, c, b)
		if bytes, most := apart(got, want); most > 3 || bytes > len(want.Pix)/200 {
			t.Errorf("from %v: %d bytes differ by up to %d", origin, bytes, most)
		}
	}
}

func narrow(v mgl64.Vec3) mgl32.Vec3 {
	return mgl32.Vec3{float32(v[0]), float32(v[1]), float32(v[2])}
}
