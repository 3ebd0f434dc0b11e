package render_test

import (
	"fmt"
	"image"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/shaders"
)

// The awkward set: matrices and meshes that are no rotation and no unit, drawn through every path and compared with a
// float64 reference.

const awkwardColumns, awkwardRows = 6, 4

// A misfit is a matrix at a place.
type misfit struct {
	name string
	at   func(place mgl32.Mat4) mgl32.Mat4
}

func misfits() []misfit {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	pose := mgl32.HomogRotate3D(0.7, mgl32.Vec3{1, 2, 3}.Normalize()).Mul4(mgl32.Scale3D(0.6, 0.6, 0.6))
	times := func(m mgl32.Mat4) func(mgl32.Mat4) mgl32.Mat4 {
		return func(place mgl32.Mat4) mgl32.Mat4 { return place.Mul4(pose).Mul4(m) }
	}
	whole := func(k float32) func(mgl32.Mat4) mgl32.Mat4 {
		return func(place mgl32.Mat4) mgl32.Mat4 { return place.Mul4(pose).Mul(k) }
	}
	set := func(i int, x float32) func(mgl32.Mat4) mgl32.Mat4 {
		return func(place mgl32.Mat4) mgl32.Mat4 { m := place.Mul4(pose); m[i] = x; return m }
	}
	return []misfit{
		{"plain", times(mgl32.Ident4())},
		{"all halved", whole(0.5)},
		{"all negative", whole(-1)},
		{"all × 1e30", whole(1e30)},
		{"all × 1e-30", whole(1e-30)},
		{"w 2", func(place mgl32.Mat4) mgl32.Mat4 {
			m := place.Mul4(pose)
			for i := range 15 {
				m[i] *= 2
			}
			m[15] = 2
			return m
		}},
		{"w 0", set(15, 0)},
		{"w NaN", set(15, nan)},
		{"projective", set(3, 0.3)},
		{"last row NaN", set(7, nan)},
		{"mirrored", times(mgl32.Scale3D(-1, 1, 1))},
		{"mirrored thrice", times(mgl32.Scale3D(-1, -1, -0.5))},
		{"shear", times(mgl32.Mat4{1, 0, 0, 0, 0.8, 0.6, 0, 0, 0.3, 0.1, 0.7, 0, 0, 0, 0, 1})},
		{"left-handed shear", times(mgl32.Mat4{0.2, 1, 0, 0, 1, 0.3, 0, 0, 0.3, 0.1, 0.7, 0, 0, 0, 0, 1})},
		{"needle", times(mgl32.Scale3D(0.08, 1.5, 0.08))},
		{"plate", times(mgl32.Scale3D(1.3, 0, 1.3))},
		{"denormal side", times(mgl32.Scale3D(1.3, 1e-41, 1.3))},
		{"denormal", times(mgl32.Scale3D(1e-41, 1e-41, 1e-41))},
		{"place NaN", set(12, nan)},
		{"side NaN", set(0, nan)},
		{"side infinite", set(5, inf)},
		{"place infinite", set(13, -inf)},
		{"zero", func(mgl32.Mat4) mgl32.Mat4 { return mgl32.Mat4{} }},
		{"small", times(mgl32.Scale3D(0.3, 0.3, 0.3))},
	}
}

// awkwardMeshes are meshes of about the size of the unit cube.
func awkwardMeshes() map[string]struct {
	vertices []render.Vertex
	indices  []uint32
} {
	type mesh = struct {
		vertices []render.Vertex
		indices  []uint32
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	var box mesh
	for axis := range 3 {
		for _, sign := range []float32{1, -1} {
			var n, u, v mgl32.Vec3
			n[axis], u[(axis+1)%3], v[(axis+2)%3] = sign, sign, 1
			first := uint32(len(box.vertices))
			for _, c := range [][2]float32{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
				box.vertices = append(box.vertices, render.Vertex{Position: n.Add(u.Mul(c[0])).Add(v.Mul(c[1])).Mul(0.5), Normal: n})
			}
			box.indices = append(box.indices, first, first+1, first+2, first, first+2, first+3)
		}
	}
	normals := func(of func(i int, n mgl32.Vec3) mgl32.Vec3) mesh {
		m := mesh{append([]render.Vertex{}, box.vertices...), box.indices}
		for i := range m.vertices {
			m.vertices[i].Normal = of(i, m.vertices[i].Normal)
		}
		return m
	}
	unused := mesh{append([]render.Vertex{}, box.vertices...), box.indices}
	for _, p := range []mgl32.Vec3{{3.4028234e38, 3.4028234e38, -3.4028234e38}, {nan, 0, 0}, {0, inf, 0}, {-2e38, 0, 2e38}} {
		unused.vertices = append(unused.vertices, render.Vertex{Position: p})
	}
	colored := mesh{append([]render.Vertex{}, box.vertices...), box.indices} // has a vertex stage of its own
	colored.vertices[0].Color = render.RGBA8{255, 0, 0, 255}
	return map[string]mesh{
		"box":            box,
		"coloured":       colored,
		"no normals":     normals(func(int, mgl32.Vec3) mgl32.Vec3 { return mgl32.Vec3{} }),
		"NaN normals":    normals(func(i int, n mgl32.Vec3) mgl32.Vec3 { n[i%3] = nan; return n }),
		"other lengths":  normals(func(i int, n mgl32.Vec3) mgl32.Vec3 { return n.Mul([]float32{1e-41, 1e-30, 0.2, 1e30, 3e38, 40}[i/4]) }),
		"unused corners": unused,
	}
}

const (
	showNormals = "fn shade(p: Point) -> vec4f { return vec4f(p.normal * 0.5 + 0.5, 1.0); }"
	showSun     = "fn shade(p: Point) -> vec4f { return vec4f(vec3f(sun_seen(p.position, p.normal)), 1.0); }"

	cellPixels               = 30
	awkwardWide, awkwardHigh = awkwardColumns * cellPixels, awkwardRows * cellPixels
)

// awkwardPlace is where slot i stands.
func awkwardPlace(i int) mgl32.Vec3 {
	return mgl32.Vec3{float32(i%awkwardColumns) - awkwardColumns/2 + 0.5, awkwardRows/2 - 0.5 - float32(i/awkwardColumns), 0}
}

// awkwardCamera sees all cells.
func awkwardCamera(distance float64) render.Camera {
	return render.Camera{Distance: float32(distance), FovY: 2 * float32(math.Atan(awkwardRows/2/distance))}
}

// outOfView returns the slots and a crowd of others that nobody sees: enough for culling.
func outOfView[T any](slots []T, other T) []T {
	return append(slices.Clone(slots), slices.Repeat([]T{other}, crowd(5000))...)
}

// Every matrix and every mesh of the awkward set is drawn and picked as the reference says, by the cube's shader and by
// that of meshes, with and without culling, and casts its shadow.
//
// It takes ten seconds of CPU: 24 slots × 6 meshes, culled and not, each pixel traced, and 1,200 picks.
func TestAwkwardSet(t *testing.T) {
	d := openDevice(t)
	var models []mgl32.Mat4
	for i, m := range misfits() {
		p := awkwardPlace(i)
		models = append(models, m.at(mgl32.Translate3D(p[0], p[1], p[2])))
	}
	for name, m := range awkwardMeshes() {
		mesh, err := render.NewMesh(d, m.vertices, m.indices)
		check(t, err)
		t.Cleanup(mesh.Release)
		meshes := map[string]*render.Mesh{"mesh": mesh}
		if name == "box" {
			meshes["cube"] = cubeMesh(t, d)
		}
		for kind, mesh := range meshes {
			var solids []solid
			for i, model := range models {
				solids = append(solids, solidOf(i, m.vertices, m.indices, model, kind == "cube"))
			}
			for path, slots := range map[string][]mgl32.Mat4{"all": models, "culled": outOfView(models, mgl32.Translate3D(0, 0, 3000))} {
				t.Run(fmt.Sprintf("%s/%s/%s", name, kind, path), func(t *testing.T) {
					drawnAsReferred(t, d, slots, mesh, solids, render.BatchConfig{}, func(i int) string { return misfits()[i].name })
				})
			}
		}
	}
}

// Turns of any length are drawn, picked and culled as those of length 1. A turn that is zero or NaN is none.
func TestAwkwardTurns(t *testing.T) {
	d := openDevice(t)
	nan := float32(math.NaN())
	const tick = 100 * time.Millisecond
	axis := mgl32.Vec3{1, 2, 3}.Normalize()
	var motions []render.Motion
	var names []string
	lengths := []float32{1, 5, 1e-3, 1e20, 1e-30, -1, 0, nan}
	for i := range awkwardColumns * awkwardRows {
		from, to := lengths[i%len(lengths)], lengths[(5*i+i/len(lengths))%len(lengths)]
		p := awkwardPlace(i)
		motions = append(motions, render.Motion{
			From: p, To: p, Scale: 0.6, Start: render.MotionClock(time.Second),
			FromTurn: mgl32.QuatRotate(0.4, axis).Scale(from), ToTurn: mgl32.QuatRotate(1.4, axis).Scale(to),
		})
		names = append(names, fmt.Sprint(from, " to ", to))
	}
	m := awkwardMeshes()["box"]
	var solids []solid
	for i := range motions {
		whole := motions[i]
		for _, q := range []*mgl32.Quat{&whole.FromTurn, &whole.ToTurn} {
			if q.W == 0 || q.W != q.W {
				*q = mgl32.QuatIdent()
			}
		}
		at := exact(&whole, 0.3)
		var model mgl32.Mat4
		for k := range at {
			model[k] = float32(at[k])
		}
		solids = append(solids, solidOf(i, m.vertices, m.indices, model, true))
		now := motions[i].At(time.Second+tick*3/10, tick)
		for k := range model {
			if math.Abs(float64(model[k]-now[k])) > 1e-4 {
				t.Errorf("%s: At is %v, want %v", names[i], now, model)
				break
			}
		}
	}
	for path, slots := range map[string][]render.Motion{"all": motions, "culled": outOfView(motions, render.Still(mgl32.Vec3{0, 0, 3000}, mgl32.QuatIdent(), 1))} {
		t.Run(path, func(t *testing.T) {
			drawnAsReferred(t, d, slots, cubeMesh(t, d), solids, render.BatchConfig{Tick: tick}, func(i int) string { return names[i] })
		})
	}
}

// A mesh whose box nearly fills a float is drawn: culling does not lose it where its sums become infinite or NaN.
func TestHugeMeshIsDrawn(t *testing.T) {
	d := openDevice(t)
	a := newArena(t, outOfView([]mgl32.Mat4{mgl32.Ident4()}, mgl32.Translate3D(0, 0, 1000))...)
	same := func(s stage, corner mgl32.Vec3) bool {
		front := mgl32.Vec3{0, 0, 1}
		mesh, err := render.NewMesh(d, []render.Vertex{
			{Position: mgl32.Vec3{-0.5, -0.5, 0}, Normal: front}, {Position: mgl32.Vec3{0.5, -0.5, 0}, Normal: front},
			{Position: mgl32.Vec3{0, 0.5, 0}, Normal: front}, {Position: corner, Normal: front},
		}, []uint32{0, 1, 2, 3, 3, 3}) // the last triangle has no area, but the box contains it
		check(t, err)
		defer mesh.Release()
		var pictures [2]string
		for i := range pictures {
			b := newBatch(t, s, a, mesh, render.BatchConfig{NoCull: i == 1})
			pictures[i] = string(s.shot(t, render.NewCamera(mgl32.Vec3{}, 2), b).Pix)
		}
		return pictures[0] == pictures[1]
	}
	corners := func() (wrong []mgl32.Vec3) {
		s := newStage(t, d, 64, 64, render.Config{}) // batches of one renderer share what was compiled before
		for _, far := range []float32{1e20, 1e38, 2e38, math.MaxFloat32} {
			for _, sign := range []mgl32.Vec3{{1, 1, 1}, {1, -1, 1}, {-1, -1, -1}, {1, 0, 0}} {
				if corner := sign.Mul(far); !same(s, corner) {
					wrong = append(wrong, corner)
				}
			}
		}
		return wrong
	}
	if wrong := corners(); len(wrong) > 0 {
		t.Errorf("culling loses meshes with these corners: %v", wrong)
	}
	right := shaders.Cull
	defer func() { shaders.Cull = right }()
	shaders.Cull = strings.Replace(right, "return bits > 0x80000000u && bits <= 0xff800000u;", "return !(bitcast<f32>(bits) >= 0.0);", 1)
	if wrong := corners(); len(wrong) == 0 {
		t.Error("the control is not found: a test that asks whether the box is inside")
	}
}

// drawnAsReferred draws slots, picks them and casts their shadows on a wall, a second and 0.3 ticks of 100 ms after the
// clock's 0. It reports each slot that does not look like its solid.
func drawnAsReferred[T any](t *testing.T, d *render.Device, slots []T, mesh *render.Mesh, solids []solid, cfg render.BatchConfig, name func(int) string) {
	a := newArena(t, slots...)
	report := func(what string, wrong []int) {
		t.Helper()
		cells := map[string]int{}
		for _, i := range wrong {
			cells[name(i/awkwardWide/cellPixels*awkwardColumns+i%awkwardWide/cellPixels)]++
		}
		if len(wrong) > 0 {
			t.Errorf("%s: pixels that are not the reference's, by slot: %v", what, cells)
		}
	}

	s := newStage(t, d, awkwardWide, awkwardHigh, render.Config{})
	s.renderer.Now = time.Second + 30*time.Millisecond
	camera := awkwardCamera(40)
	sun := mgl32.Vec3{0.2, 0.3, 1}.Normalize()
	want := look(solids, camera, awkwardWide, awkwardHigh, wide(sun), 1)
	cfg.Shade = showNormals
	b := newBatch(t, s, a, mesh, cfg)
	report("drawn", wrongPixels(s.shot(t, camera, b), want, func(s sight) (float64, float64, float64) {
		return s.normal[0]/2 + 0.5, s.normal[1]/2 + 0.5, s.normal[2]/2 + 0.5
	}))
	var wrong []int
	for i, w := range want {
		if !w.even || i%7 != 0 || i/awkwardWide%5 != 0 {
			continue
		}
		hit, ok, err := s.renderer.Pick(&camera, awkwardWide, awkwardHigh, i%awkwardWide, i/awkwardWide, b)
		check(t, err)
		if !ok {
			hit.Slot = -1
		}
		if hit.Slot != w.slot {
			wrong = append(wrong, i)
		}
	}
	report("picked", wrong)

	s = newStage(t, d, awkwardWide, awkwardHigh, render.Config{Look: render.Studio, Sun: sun, GroundY: -1000})
	s.renderer.Now = time.Second + 30*time.Millisecond
	camera = awkwardCamera(7)
	box, at := awkwardMeshes()["box"], mgl32.Translate3D(0, 0, -1.5).Mul4(mgl32.Scale3D(30, 30, 1))
	const wall = 1000
	want = look(append(slices.Clone(solids), solidOf(wall, box.vertices, box.indices, at, true)), camera, awkwardWide, awkwardHigh, wide(sun), 3)
	for i := range want {
		want[i].even = want[i].even && want[i].slot == wall // only the shadows are compared
	}
	lit := 0
	report("shadow", wrongPixels(s.shot(t, camera, newBatch(t, s, a, mesh, cfg), newBatch(t, s, newArena(t, at), cubeMesh(t, d), render.BatchConfig{Shade: showSun})), want,
		func(s sight) (float64, float64, float64) {
			if s.lit {
				return 1, 1, 1
			}
			lit++
			return 0, 0, 0
		}))
	if lit < 100 {
		t.Errorf("the reference has %d pixels in the shadow: this test sees nothing", lit)
	}
}

// wrongPixels are the even pixels that do not have the linear colour that the reference wants.
func wrongPixels(picture *image.NRGBA, want []sight, color func(sight) (r, g, b float64)) (wrong []int) {
	background := picture.Pix[:3] // the upper left corner's
	for i, s := range want {
		if !s.even {
			continue
		}
		expected := [3]int{int(background[0]), int(background[1]), int(background[2])}
		if s.slot >= 0 {
			r, g, b := color(s)
			for k, v := range []float64{r, g, b} {
				if v <= 0.0031308 {
					v *= 12.92
				} else {
					v = 1.055*math.Pow(v, 1/2.4) - 0.055
				}
				expected[k] = int(math.Round(255 * v))
			}
		}
		for k := range 3 {
			if d := int(picture.Pix[4*i+k]) - expected[k]; d < -6 || d > 6 {
				wrong = append(wrong, i)
				break
			}
		}
	}
	return wrong
}
