package render_test

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/internal/rendertest"
	"github.com/slotstream/slotstream/upload"
)

// goldenTolerance is what a golden picture of a scene may differ by on another version of the driver.
var goldenTolerance = rendertest.Tolerance{Steps: 8, Share: 200}

func init() {
	goldenTolerance.Edges = inPage // Chromium draws by SwiftShader here
}

// TestGolden draws what a renderer can draw and compares it with pictures made
// on llvmpipe. A picture that differs is left beside its golden.
func TestGolden(t *testing.T) {
	d := openDevice(t)
	sphere, err := render.NewSphere(d, 32, 16)
	check(t, err)
	t.Cleanup(sphere.Release)
	up := mgl32.Vec3{0, 1, 0}
	plane, err := render.NewMesh(d, []render.Vertex{ // a square of edge 1 that faces up
		{Position: mgl32.Vec3{-0.5, 0, -0.5}, Normal: up}, {Position: mgl32.Vec3{-0.5, 0, 0.5}, Normal: up},
		{Position: mgl32.Vec3{0.5, 0, 0.5}, Normal: up}, {Position: mgl32.Vec3{0.5, 0, -0.5}, Normal: up},
	}, []uint32{0, 1, 2, 0, 2, 3})
	check(t, err)
	t.Cleanup(plane.Release)
	pyramid, err := render.NewMesh(d, pyramidVertices(), []uint32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 13, 12, 15, 14})
	check(t, err)
	t.Cleanup(pyramid.Release)
	corners := pyramidVertices()
	for i := range corners[:12] { // the base stays white
		corners[i].Color = []render.RGBA8{{255, 40, 20, 255}, {20, 80, 255, 255}, {255, 220, 40, 255}}[i%3]
	}
	colored, err := render.NewMesh(d, corners, []uint32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 13, 12, 15, 14})
	check(t, err)
	t.Cleanup(colored.Release)
	cube := cubeMesh(t, d)
	near := render.NewCamera(mgl32.Vec3{0, 0.5, 0}, 6)

	cases := []struct {
		name   string
		config render.Config
		camera render.Camera
		batch  func(t *testing.T, s stage) []render.Drawable
	}{
		{"cube", render.Config{}, near, one(cube)},
		{"sphere", render.Config{}, near, one(sphere)},
		{"plane", render.Config{}, near, one(plane)},
		{"own-vertices", render.Config{}, near, one(pyramid)},
		{"msaa", render.Config{MSAA: 4}, near, one(cube)},
		{"srgb-target", render.Config{Format: wgpu.TextureFormatBGRA8UnormSrgb}, near, one(sphere)},
		{"srgb-msaa", render.Config{Format: wgpu.TextureFormatRGBA8UnormSrgb, MSAA: 4}, near, one(cube)},
		{"studio", render.Config{Look: render.Studio, MSAA: 4}, near, city(cube, render.BatchConfig{})},
		{"plain-city", render.Config{}, near, city(cube, render.BatchConfig{})},
		{"two-pages", render.Config{}, near, city(cube, render.BatchConfig{Upload: upload.Config{PageSlots: 10}})},
		{"camera-inside", render.Config{},
			render.Camera{Target: mgl32.Vec3{0, 0.6, 0}, Distance: 0.3, Yaw: 2.2, Pitch: -0.1, FovY: 1.3, Near: 0.01}, city(cube, render.BatchConfig{})},
		{"camera-above", render.Config{Look: render.Studio}, render.Camera{Distance: 12, Pitch: 1.5, FovY: 0.6, Near: 0.1}, city(cube, render.BatchConfig{})},
		{"motion", render.Config{Look: render.Studio, MSAA: 4}, near, motions(cube)},
		{"far", render.Config{Look: render.Studio, MSAA: 4},
			render.Camera{Origin: tenThousandKilometres, Target: mgl32.Vec3{0, 0.5, 0}, Distance: 6, Yaw: 0.6, Pitch: 0.45, FovY: 0.8, Near: 0.1},
			city(cube, render.BatchConfig{Origin: tenThousandKilometres})},
		{"hidden-slot", render.Config{}, near, hidden(cube)},
		{"instance-colour", render.Config{}, near, colours(sphere)},
		{"vertex-colours", render.Config{Look: render.Studio, MSAA: 4}, near, func(t *testing.T, s stage) []render.Drawable {
			red := newArena(t, render.Instance{Model: mgl32.Translate3D(0, 1, 0).Mul4(mgl32.HomogRotate3DZ(2.5)), Color: render.Color{1, 0.2, 0.2, 1}})
			turned := newArena(t, render.Instance{Model: mgl32.Translate3D(1.5, 0.5, 0).Mul4(mgl32.HomogRotate3DZ(2.5)), Color: render.Color{1, 1, 1, 1}})
			return append(append(one(colored)(t, s), newBatch(t, s, red, colored, render.BatchConfig{})), newBatch(t, s, turned, colored, render.BatchConfig{}))
		}},
		{"two-batches", render.Config{Look: render.Studio}, near, func(t *testing.T, s stage) []render.Drawable {
			return append(city(cube, render.BatchConfig{})(t, s), colours(sphere)(t, s)...)
		}},
		{"shapes", render.Config{Look: render.Studio, MSAA: 4}, near, park(pyramid, cube, sphere, plane)},
		{"detail", render.Config{MSAA: 4}, render.Camera{Target: mgl32.Vec3{0, 0, -14}, Distance: 22, Yaw: 0.5, Pitch: 0.35, FovY: 0.8, Near: 0.1},
			detailed(sphere)},
		{"shade", render.Config{}, near, city(cube, render.BatchConfig{Shade: `
fn shade(p: Point) -> vec4f {
    let edge = max(max(min(abs(p.local.x), abs(p.local.y)), min(abs(p.local.y), abs(p.local.z))), min(abs(p.local.z), abs(p.local.x)));
    return vec4f(select(lit(p), vec3f(1.0, 0.9, 0.3), edge > 0.44), 1.0);
}`})},
		{"record", render.Config{Look: render.Studio}, near, records(cube)},
		{"module", render.Config{Look: render.Studio}, near, city(sphere, render.BatchConfig{Module: `
struct Frame { view_proj: mat4x4f }
@group(0) @binding(0) var<uniform> frame: Frame;
@group(1) @binding(0) var<storage, read> models: array<mat4x4f>;
struct Out { @builtin(position) clip: vec4f, @location(0) normal: vec3f }
@vertex fn vs_main(@location(0) p: vec3f, @location(1) n: vec3f, @builtin(instance_index) i: u32) -> Out {
    return Out(frame.view_proj * models[i] * vec4f(p, 1.0), n);
}
@fragment fn fs_main(in: Out) -> @location(0) vec4f { return output(normalize(in.normal) * 0.5 + 0.5); }`})},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t, d, 320, 180, c.config)
			_, err := s.renderer.Frame(s.target, &c.camera, c.batch(t, s)...)
			check(t, err)
			got, err := s.target.Image()
			check(t, err)
			rendertest.Golden(t, filepath.Join("testdata", c.name+".png"), got, goldenTolerance)
		})
	}
}

// tenThousandKilometres from the world's origin, a float32 has steps of a metre.
var tenThousandKilometres = mgl64.Vec3{8e6, 0, -6e6}

// TestFarDrawsTheSame: where a scene is changes no pixel.
func TestFarDrawsTheSame(t *testing.T) {
	here := rendertest.ReadPNG(t, "testdata/studio.png")
	far := rendertest.ReadPNG(t, "testdata/far.png")
	if !alike(far, here) {
		bytes, most := apart(far, here)
		t.Errorf("the scene at 10,000 km differs from that at the origin: %d bytes by up to %d", bytes, most)
	}
}

// TestPagesDrawTheSame: where the pages end changes no pixel.
func TestPagesDrawTheSame(t *testing.T) {
	one := rendertest.ReadPNG(t, "testdata/plain-city.png")
	two := rendertest.ReadPNG(t, "testdata/two-pages.png")
	if string(one.Pix) != string(two.Pix) {
		t.Error("the scene in pages of 10 slots differs from the scene in one page")
	}
}

type scene = func(t *testing.T, s stage) []render.Drawable

func newArena[T any](t *testing.T, slots ...T) *arena.Arena[T] {
	t.Helper()
	a, err := arena.New(arena.Config[T]{MaxSlots: max(1024, len(slots))})
	check(t, err)
	for _, v := range slots {
		_, err := a.Alloc(v)
		check(t, err)
	}
	return a
}

func one(m *render.Mesh) scene {
	return func(t *testing.T, s stage) []render.Drawable {
		a := newArena(t, mgl32.Translate3D(0, 0.5, 0).Mul4(mgl32.HomogRotate3DY(0.3)).Mul4(mgl32.Scale3D(3, 1.5, 2)))
		return []render.Drawable{newBatch(t, s, a, m, render.BatchConfig{Colors: []render.Color{render.RGB(0x2f9c95)}})}
	}
}

func cityModels() []mgl32.Mat4 {
	random := rand.New(rand.NewPCG(1, 2))
	var models []mgl32.Mat4
	for x := -3; x <= 3; x++ {
		for z := -3; z <= 3; z++ {
			h := 0.3 + random.Float32()*random.Float32()*2
			models = append(models, mgl32.Translate3D(float32(x), h/2, float32(z)).
				Mul4(mgl32.HomogRotate3DY(random.Float32())).Mul4(mgl32.Scale3D(0.6, h, 0.6)))
		}
	}
	return models
}

func city(m *render.Mesh, o render.BatchConfig) scene {
	return func(t *testing.T, s stage) []render.Drawable {
		return []render.Drawable{newBatch(t, s, newArena(t, cityModels()...), m, o)}
	}
}

// hidden frees the middle one of three cubes.
func hidden(m *render.Mesh) scene {
	return func(t *testing.T, s stage) []render.Drawable {
		a := newArena[mgl32.Mat4](t)
		for x := range 3 {
			slot, err := a.Alloc(mgl32.Translate3D(float32(2*x-2), 0.5, 0))
			check(t, err)
			if x == 1 {
				defer func() { check(t, slot.Free()) }()
			}
		}
		return []render.Drawable{newBatch(t, s, a, m, render.BatchConfig{})}
	}
}

func colours(m *render.Mesh) scene {
	return func(t *testing.T, s stage) []render.Drawable {
		a := newArena[render.Instance](t)
		for i := range 5 {
			_, err := a.Alloc(render.Instance{
				Model: mgl32.Translate3D(float32(i)-2, 1.9, 0).Mul4(mgl32.Scale3D(0.8, 0.8, 0.8)),
				Color: render.Color{float32(i) / 4, 0.2, 1 - float32(i)/4, 1},
			})
			check(t, err)
		}
		return []render.Drawable{newBatch(t, s, a, m, render.BatchConfig{})}
	}
}

// motions are rows of bodies that all go the same way, a little and far, each later than the one on its left: the first
// has yet to start, the last has arrived.
func motions(m *render.Mesh) scene {
	return func(t *testing.T, s stage) []render.Drawable {
		const tick = 100 * time.Millisecond
		a := newArena[render.MotionInstance](t)
		for i := range 33 {
			x, z, color := float32(i%11)*0.6-3, float32(i/11)*1.2-1.2, float32(i%11)/10
			_, err := a.Alloc(render.MotionInstance{Color: render.Color{color, 0.2, 1 - color, 1}, Motion: render.Motion{
				From: mgl32.Vec3{x, 0.2, z}, FromTurn: mgl32.QuatIdent(), Start: render.MotionClock(time.Second - time.Duration(i%11-1)*tick/8),
				To: mgl32.Vec3{x, 1.4, z}, ToTurn: mgl32.QuatRotate(float32(i/11)*0.75, mgl32.Vec3{0, 1, 0.3}.Normalize()), Scale: 0.4,
			}})
			check(t, err)
		}
		s.renderer.Now = time.Second
		return []render.Drawable{newBatch(t, s, a, m, render.BatchConfig{Tick: tick})}
	}
}

// particle is a record of a user's own: a place and a size.
type particle struct {
	Place mgl32.Vec3
	Size  float32
}

func records(m *render.Mesh) scene {
	return func(t *testing.T, s stage) []render.Drawable {
		a := newArena[particle](t)
		for i := range 12 {
			turn := float32(i) * 0.7
			_, err := a.Alloc(particle{mgl32.Rotate3DY(turn).Mul3x1(mgl32.Vec3{0.3 + turn/4, 0.2 + turn/9, 0}), 0.2 + turn/20})
			check(t, err)
		}
		return []render.Drawable{newBatch(t, s, a, m, render.BatchConfig{Record: `
struct Record { place: vec3f, size: f32 }
fn model(r: Record) -> mat4x4f {
    return mat4x4f(vec4f(r.size, 0.0, 0.0, 0.0), vec4f(0.0, r.size, 0.0, 0.0), vec4f(0.0, 0.0, r.size, 0.0), vec4f(r.place, 1.0));
}
fn tint(r: Record, index: u32) -> vec4f { return vec4f(0.9, 0.3 + 0.04 * f32(index), 0.1, 1.0); }`})}
	}
}

// park is trees, houses, balls and tiles: one arena, four meshes.
func park(pyramid, cube, sphere, plane *render.Mesh) scene {
	return func(t *testing.T, s stage) []render.Drawable {
		a := newArena[render.Instance](t)
		b := newBatch(t, s, a, newSet(t, s.device, pyramid, cube, sphere, plane), render.BatchConfig{})
		add := func(shape uint8, color uint32, at, size mgl32.Vec3) {
			slot, err := a.Alloc(render.Instance{Color: render.RGB(color),
				Model: mgl32.Translate3D(at[0], at[1], at[2]).Mul4(mgl32.Scale3D(size[0], size[1], size[2]))})
			check(t, err)
			b.SetShape(slot.Index(), 1, shape)
		}
		for i := range 25 {
			x, z := float32(i%5)*1.2-2.4, float32(i/5)*1.2-2.4
			switch i * 7 % 4 {
			case 0:
				add(0, 0x2f7d4f, mgl32.Vec3{x, 0.9, z}, mgl32.Vec3{0.8, 1.2, 0.8})
				add(1, 0x6b4a2f, mgl32.Vec3{x, 0.15, z}, mgl32.Vec3{0.15, 0.3, 0.15})
			case 1:
				add(1, 0xf2efe6, mgl32.Vec3{x, 0.3, z}, mgl32.Vec3{0.7, 0.6, 0.6})
				add(0, 0xc73e4f, mgl32.Vec3{x, 0.8, z}, mgl32.Vec3{0.9, 0.4, 0.8})
			case 2:
				add(2, 0xf4b942, mgl32.Vec3{x, 0.3, z}, mgl32.Vec3{0.6, 0.6, 0.6})
			default:
				add(3, 0x33658a, mgl32.Vec3{x, 0.02, z}, mgl32.Vec3{1, 1, 1})
				add(2, 0x9ad1d4, mgl32.Vec3{x, 0.15, z}, mgl32.Vec3{0.3, 0.3, 0.3})
			}
		}
		return []render.Drawable{b}
	}
}

// detailed is rows of spheres that become simpler with the distance, down to squares.
func detailed(sphere *render.Mesh) scene {
	return func(t *testing.T, s stage) []render.Drawable {
		set := newSet(t, s.device, sphere)
		check(t, set.Detail(0, sphereMesh(t, s.device, 16, 8), 40))
		check(t, set.Detail(0, sphereMesh(t, s.device, 8, 4), 12))
		check(t, set.Detail(0, nil, 4))
		var models []mgl32.Mat4
		for i := range 6000 {
			models = append(models, mgl32.Translate3D(float32(i%60)*1.5-45, 0, 4-float32(i/60)*1.5))
		}
		return []render.Drawable{newBatch(t, s, stored(t, models), set, render.BatchConfig{})}
	}
}

func pyramidVertices() []render.Vertex {
	top := mgl32.Vec3{0, 0.5, 0}
	base := []mgl32.Vec3{{-0.5, -0.5, 0.5}, {0.5, -0.5, 0.5}, {0.5, -0.5, -0.5}, {-0.5, -0.5, -0.5}}
	var v []render.Vertex
	for i, a := range base {
		b := base[(i+1)%4]
		n := b.Sub(a).Cross(top.Sub(a)).Normalize()
		v = append(v, render.Vertex{Position: a, Normal: n}, render.Vertex{Position: b, Normal: n}, render.Vertex{Position: top, Normal: n})
	}
	for _, a := range base {
		v = append(v, render.Vertex{Position: a, Normal: mgl32.Vec3{0, -1, 0}})
	}
	return v
}
