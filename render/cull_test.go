package render_test

import (
	"errors"
	"flag"
	"fmt"
	"image"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/shaders"
	"github.com/slotstream/slotstream/upload"
)

// awkward are matrices that a careless bound loses: shears, mirrors, needles and plates, hidden and flat ones, huge
// and tiny ones, near the edges of the view, behind it and around the eye.
func awkward(n int) []mgl32.Mat4 {
	rng := rand.New(rand.NewPCG(5, 6))
	f := func(scale float64) float32 { return float32((rng.Float64()*2 - 1) * scale) }
	models := make([]mgl32.Mat4, n)
	for i := range models {
		m := mgl32.Translate3D(f(12), f(8), f(12)).Mul4(mgl32.HomogRotate3D(f(3), mgl32.Vec3{f(1), f(1), f(1) + 2}.Normalize()))
		switch i % 9 {
		case 0:
			m = m.Mul4(mgl32.Scale3D(0.3, 0.3, 0.3))
		case 1: // a shear: long along a direction that no column has
			m = m.Mul4(mgl32.Mat4{1, 0, 0, 0, 3, 0.2, 0, 0, 3, 0.1, 0.2, 0, 0, 0, 0, 1}).Mul4(mgl32.Scale3D(0.5, 0.5, 0.5))
		case 2:
			m = m.Mul4(mgl32.Scale3D(-0.5, 0.4, 0.3))
		case 3: // a needle
			m = m.Mul4(mgl32.Scale3D(0.02, 6, 0.02))
		case 4: // a plate
			m = m.Mul4(mgl32.Scale3D(2, 0, 2))
		case 5:
			m = mgl32.Mat4{}
		case 6:
			m = m.Mul4(mgl32.Scale3D(1e-6, 1e-6, 1e-6))
		case 7:
			m = m.Mul4(mgl32.Scale3D(0.5, 0.1, 0.7))
		case 8:
			m = m.Mul4(mgl32.Mat4{0.4, 0.3, 0, 0, -0.4, 0.3, 0, 0, 0.2, 0.2, 0.1, 0, 0, 0, 0, 1})
		}
		if i%200 == 7 {
			m = m.Mul4(mgl32.Scale3D(20, 0.1, 20))
		}
		models[i] = m
	}
	return models
}

var cullCameras = []render.Camera{
	render.NewCamera(mgl32.Vec3{}, 30),
	render.NewCamera(mgl32.Vec3{4, 2, 3}, 3),                                    // inside
	{Target: mgl32.Vec3{0, 0, 0}, Distance: 14, Yaw: 2.4, Pitch: -0.6},          // from below
	{Target: mgl32.Vec3{40, 0, 0}, Distance: 20, Yaw: 3, FovY: 0.5},             // away
	{Target: mgl32.Vec3{0, 3, 0}, Distance: 4000, FovY: 0.01},                   // far
	{Target: mgl32.Vec3{1, 1, 1}, Distance: 2, Yaw: 1, FovY: 2.6, Near: 0.5},    // wide
	{Target: mgl32.Vec3{-9, 4, -9}, Distance: 5, Yaw: -2, Pitch: 1.2, FovY: .3}, // at an edge
}

func init() {
	if inPage {
		cullCameras = cullCameras[:3]
	}
}

// differ draws models with and without culling from every camera, and returns how many pictures are not the same.
func differ[T any](t *testing.T, d *render.Device, slots []T, mesh render.Shapes, c render.Config, o render.BatchConfig) (wrong int) {
	t.Helper()
	s := newStage(t, d, 96, 54, c)
	s.renderer.Now = 50 * time.Millisecond
	a, err := arena.New(arena.Config[T]{})
	check(t, err)
	span, err := a.AllocSpan(len(slots), slots[0])
	check(t, err)
	span.StoreAll(slots)
	culled, err := render.NewBatch(s.renderer, a, mesh, o)
	check(t, err)
	defer culled.Release()
	o.NoCull = true
	all, err := render.NewBatch(s.renderer, a, mesh, o)
	check(t, err)
	defer all.Release()
	for _, camera := range cullCameras {
		if got, want := s.shot(t, camera, culled), s.shot(t, camera, all); string(got.Pix) != string(want.Pix) {
			wrong++
		}
	}
	return wrong
}

// more has tests that compare pictures go through all looks and counts of samples: make check does that.
var more = flag.Bool("more", false, "compare pictures of each look with each count of samples")

// lookConfigs are Plain and Studio with 1 and 4 samples: two of the four, in which each occurs once, or all with -more.
func lookConfigs() []render.Config {
	configs := []render.Config{{Look: render.Plain, MSAA: 1, GroundY: -8}, {Look: render.Studio, MSAA: 4, GroundY: -8}}
	if *more {
		configs = append(configs, render.Config{Look: render.Plain, MSAA: 4, GroundY: -8}, render.Config{Look: render.Studio, MSAA: 1, GroundY: -8})
	}
	return configs
}

// Pictures with and without culling are the same, byte for byte.
//
// It takes 10 seconds of CPU: 2 of lookConfigs × 3 meshes × 4 batches × 7 cameras, each drawn twice.
func TestCulledPicturesAreTheSame(t *testing.T) {
	d := openDevice(t)
	sphere, err := render.NewSphere(d, 6, 3) // a finer sphere only takes longer
	check(t, err)
	t.Cleanup(sphere.Release)
	hook, err := render.NewMesh(d, []render.Vertex{ // far from its own origin
		{Position: mgl32.Vec3{2, 0, 0}, Normal: mgl32.Vec3{0, 0, 1}}, {Position: mgl32.Vec3{3, 0, 0}, Normal: mgl32.Vec3{0, 0, 1}},
		{Position: mgl32.Vec3{2, 1, 0}, Normal: mgl32.Vec3{0, 0, 1}}, {Position: mgl32.Vec3{2, 0, -1}, Normal: mgl32.Vec3{0, 1, 0}},
	}, []uint32{0, 1, 2, 0, 2, 3, 1, 3, 2})
	check(t, err)
	t.Cleanup(hook.Release)
	models := awkward(crowd(5000))
	motions := make([]render.MotionInstance, len(models))
	for i, m := range models {
		to := mgl32.QuatRotate(0.5, mgl32.Vec3{1, 0, 0})
		motions[i] = render.MotionInstance{Color: render.Color{0.2, 0.5, float32(i%7) / 7, 1}, Motion: render.Motion{
			From: m.Col(3).Vec3(), FromTurn: mgl32.QuatIdent(), To: m.Col(3).Vec3().Add(mgl32.Vec3{1, 0.5, 0}), ToTurn: to, Scale: float32(i%5) * 0.2,
		}}
	}
	for _, c := range lookConfigs() {
		for name, mesh := range map[string]*render.Mesh{"cube": cubeMesh(t, d), "sphere": sphere, "hook": hook} {
			if inPage && name == "sphere" {
				continue // the hook has its shaders
			}
			t.Run(fmt.Sprintf("%v/msaa%d/%s", c.Look, c.MSAA, name), func(t *testing.T) {
				for what, o := range map[string]render.BatchConfig{
					"one page":   {},
					"many pages": {Upload: upload.Config{PageSlots: crowd(700)}},
					"a shade":    {Shade: "fn shade(p: Point) -> vec4f { return vec4f(lit(p) * fract(p.local.x * 4.0), 1.0); }"},
				} {
					if inPage && what != "one page" && (name != "cube" || c.Look == render.Studio) {
						continue // the shaders of each are compiled anew
					}
					if n := differ(t, d, models, mesh, c, o); n > 0 {
						t.Errorf("%s: %d of %d pictures differ", what, n, len(cullCameras))
					}
				}
				if n := differ(t, d, motions, mesh, c, render.BatchConfig{Tick: 100 * time.Millisecond}); n > 0 {
					t.Errorf("motions: %d of %d pictures differ", n, len(cullCameras))
				}
			})
		}
	}
}

// The same on OpenGL, where there is one: its cubes are meshes, and its draws take their
// arguments another way.
func TestCulledPicturesAreTheSameOnGL(t *testing.T) {
	d, err := render.Open(render.DeviceConfig{Backend: "gl", Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if errors.Is(err, render.ErrNoAdapter) {
		t.Skip(err)
	}
	check(t, err)
	t.Cleanup(d.Release)
	for _, look := range []render.Look{render.Plain, render.Studio} {
		for what, o := range map[string]render.BatchConfig{"one page": {}, "many pages": {Upload: upload.Config{PageSlots: crowd(700)}}} {
			if n := differ(t, d, awkward(crowd(5000)), cubeMesh(t, d), render.Config{Look: look, GroundY: -8}, o); n > 0 {
				t.Errorf("%v, %s: %d of %d pictures differ", look, what, n, len(cullCameras))
			}
		}
	}
}

// The same comparison must find a bound that is too small for shears, and lists in another order.
func TestCullingControls(t *testing.T) {
	d := openDevice(t)
	right := shaders.Cull
	defer func() { shaders.Cull = right }()
	replace := func(from, to string) string {
		t.Helper()
		return *replaced(t, right, from, to)
	}
	for name, wrong := range map[string]string{
		"the largest column times the radius": replace(
			"let reach = abs(dot(n.xyz, a)) + abs(dot(n.xyz, b)) + abs(dot(n.xyz, c));",
			"let reach = length(n.xyz) * sqrt(max(dot(a, a), max(dot(b, b), dot(c, c)))) * 1.7320508;"),
		"slots in another order": replace(
			"cull_seen.places[at] = id.x * 32u + firstTrailingBit(bits);",
			"cull_seen.places[word.y + countOneBits(word.x) - 1u - (at - word.y)] = id.x * 32u + firstTrailingBit(bits);"),
		"one slot is forgotten": replace("first; i < last; i++) { sum +=", "first; i + 1u < last; i++) { sum +="),
	} {
		t.Run(name, func(t *testing.T) {
			shaders.Cull = wrong
			models := awkward(crowd(5000))
			rng := rand.New(rand.NewPCG(1, 1))
			for i := range models {
				switch place := mgl32.Translate3D(rng.Float32()*30-15, rng.Float32()*20-10, rng.Float32()*10-5); {
				case strings.Contains(name, "order"): // which shows only where cubes share depth
					models[i] = mgl32.Translate3D(float32(i%3), float32(i/3%3), 0)
				case strings.Contains(name, "radius"): // three sides along nearly one line
					models[i] = place.Mul4(mgl32.Mat4{3, 0.1, 0, 0, 3, 0.3, 0.1, 0, 3, 0, 0.3, 0, 0, 0, 0, 1})
				}
			}
			if differ(t, d, models, cubeMesh(t, d), render.Config{}, render.BatchConfig{}) == 0 {
				t.Error("not found")
			}
		})
	}
}

// A frame draws no more instances than it must: everything that a camera cannot see is left out of the draw.
func TestNothingInViewDrawsNothing(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 96, 54, render.Config{})
	a, err := arena.New(arena.Config[mgl32.Mat4]{})
	check(t, err)
	span, err := a.AllocSpan(crowd(5000), mgl32.Ident4())
	check(t, err)
	b := newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{})
	away := render.Camera{Target: mgl32.Vec3{0, 0, 100}, Distance: 10, Yaw: 3.14159}
	blank := func(img *image.NRGBA) bool { return strings.Count(string(img.Pix), string(img.Pix[:4])) == 96*54 }
	if !blank(s.shot(t, away, b)) {
		t.Error("something is seen")
	}
	if blank(s.shot(t, render.NewCamera(mgl32.Vec3{}, 5), b)) {
		t.Error("nothing is seen")
	}
	// Fewer than culling is worth, and then many again, by the same batch.
	check(t, span.Free())
	slot, err := a.Alloc(mgl32.Ident4())
	check(t, err)
	if blank(s.shot(t, render.NewCamera(mgl32.Vec3{}, 5), b)) {
		t.Error("one cube is not seen")
	}
	check(t, slot.Free())
	_, err = a.AllocSpan(crowd(4500), mgl32.Ident4())
	check(t, err)
	if blank(s.shot(t, render.NewCamera(mgl32.Vec3{}, 5), b)) {
		t.Error("four and a half thousand are not seen")
	}
}
