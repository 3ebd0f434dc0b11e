package render_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/shaders"
	"github.com/slotstream/slotstream/upload"
)

// A simpler mesh depends on the frame alone: the picture is the same after any other. A simpler mesh that no slot is
// small enough for changes no pixel, and neither does culling.
func TestDetailDependsOnTheFrameAlone(t *testing.T) {
	d := openDevice(t)
	sphere := sphereMesh(t, d, 8, 4)
	a := stored(t, awkward(crowd(3000)))
	for _, look := range []render.Look{render.Plain, render.Studio} {
		s := newStage(t, d, 96, 54, render.Config{Look: look, GroundY: -8})
		full := newBatch[mgl32.Mat4](t, s, a, sphere, render.BatchConfig{})
		noCull := false
		detailed := func(levels ...any) *render.Batch[mgl32.Mat4] {
			set := newSet(t, d, sphere)
			for i := 0; i < len(levels); i += 2 {
				mesh, _ := levels[i].(*render.Mesh)
				check(t, set.Detail(0, mesh, float32(levels[i+1].(float64))))
			}
			return newBatch[mgl32.Mat4](t, s, a, set, render.BatchConfig{NoCull: noCull, Upload: upload.Config{PageSlots: crowd(700)}})
		}
		simple := sphereMesh(t, d, 4, 2)
		noCull = true
		unculled := detailed(simple, 20.0, nil, 9.0)
		noCull = false
		culled := detailed(simple, 20.0, nil, 9.0)
		never := detailed(simple, 1e-12, nil, 1e-13)
		some, again := detailed(simple, 20.0, nil, 3.0), detailed(simple, 20.0, nil, 3.0)
		changed := 0
		for i, camera := range cullCameras {
			want := s.shot(t, camera, full)
			if got := s.shot(t, camera, never); string(got.Pix) != string(want.Pix) {
				t.Errorf("%v, camera %d: a mesh that no slot is small enough for is drawn", look, i)
			}
			if got, want := s.shot(t, camera, culled), s.shot(t, camera, unculled); string(got.Pix) != string(want.Pix) {
				t.Errorf("%v, camera %d: culling shows", look, i)
			}
			first := s.shot(t, camera, some)
			s.shot(t, cullCameras[(i+1)%len(cullCameras)], again)
			if second := s.shot(t, camera, again); string(first.Pix) != string(second.Pix) {
				t.Errorf("%v, camera %d: the picture depends on the one before", look, i)
			}
			if string(first.Pix) != string(want.Pix) {
				changed++
			}
		}
		if changed == 0 {
			t.Errorf("%v: no simpler mesh is drawn", look)
		}
	}
}

// The size that chooses is the diagonal of the box in pixels: the picture changes from one mesh to the other within a
// percent of the distance at which a projection in float64 says so. Turning changes nothing. The control counts half
// the pixels.
func TestDetailCountsPixels(t *testing.T) {
	d := openDevice(t)
	const height, pixels = 600, 30.0
	right := shaders.Sort
	defer func() { shaders.Sort = right }()
	shown := func(away float64, turn float32) bool { // whether the simpler mesh is shown
		s := newStage(t, d, 800, height, render.Config{})
		set := newSet(t, d, sphereMesh(t, d, 8, 4))
		plate := cubeMesh(t, d)
		check(t, set.Detail(0, plate, pixels))
		a := stored(t, []mgl32.Mat4{mgl32.HomogRotate3D(turn, mgl32.Vec3{0.6, 0.8, 0})})
		camera := render.Camera{Distance: float32(away), FovY: 0.8, Near: 0.1}
		got := s.shot(t, camera, newBatch[mgl32.Mat4](t, s, a, set, render.BatchConfig{}))
		want := s.shot(t, camera, newBatch[mgl32.Mat4](t, s, a, plate, render.BatchConfig{}))
		return string(got.Pix) == string(want.Pix)
	}
	// The sphere's box has a diagonal of sqrt(3) × 0.97, since 8 segments do not reach the whole diameter along x and z.
	diagonal := math.Sqrt(3)
	at := diagonal * height / (2 * math.Tan(0.4)) / pixels
	check := func() (wrong int) {
		for _, turn := range []float32{0, 0.3, 1.1} {
			if shown(at*0.99, turn) || !shown(at*1.01, turn) {
				wrong++
			}
		}
		return wrong
	}
	if wrong := check(); wrong > 0 {
		t.Errorf("%d of 3 turns change elsewhere", wrong)
	}
	shaders.Sort = strings.Replace(right, "4.0 * size", "1.0 * size", 1)
	if shaders.Sort == right || check() == 0 {
		t.Error("half the pixels are not found")
	}
}

// Squares for far spheres change the picture by little, in each look; squares of another size or colour by more.
func TestSquaresLookLikeTheMesh(t *testing.T) {
	d := openDevice(t)
	right := shaders.VertexSquare
	defer func() { shaders.VertexSquare = right }()
	models := make([]mgl32.Mat4, crowd(8000))
	for i := range models {
		models[i] = benchCube(i, 20)
	}
	a := stored(t, models)
	sphere := sphereMesh(t, d, 12, 6)
	difference := func(look render.Look, shade string) float64 {
		s := newStage(t, d, 480, 270, render.Config{Look: look, GroundY: -12})
		set := newSet(t, d, sphere)
		check(t, set.Detail(0, nil, 1000))
		camera := render.NewCamera(mgl32.Vec3{}, 80) // a diagonal of 4 pixels
		got := s.shot(t, camera, newBatch[mgl32.Mat4](t, s, a, set, render.BatchConfig{Shade: shade}))
		want := s.shot(t, camera, newBatch[mgl32.Mat4](t, s, a, sphere, render.BatchConfig{Shade: shade}))
		sum := 0
		for i := range got.Pix { // in the mean of blocks: squares need not cover the same pixels
			sum += int(got.Pix[i]) - int(want.Pix[i])
		}
		blocks := 0.0
		for y := 0; y+9 <= 270; y += 9 {
			for x := 0; x+9 <= 480; x += 9 {
				var block float64
				for k := range 9 {
					at := got.PixOffset(x, y+k)
					for i := range 9 * 4 {
						block += float64(got.Pix[at+i]) - float64(want.Pix[at+i])
					}
				}
				blocks += math.Abs(block) / 81 / 3
			}
		}
		return blocks / (480 / 9) / (270 / 9)
	}
	striped := "fn shade(p: Point) -> vec4f { return vec4f(lit(p) * vec3f(1.0, 0.5, 0.2), 1.0); }"
	worst := 0.0
	for _, look := range []render.Look{render.Plain, render.Studio} {
		for _, shade := range []string{"", striped} {
			if inPage && (shade == striped) == (look == render.Plain) {
				continue // as in TestAlpha
			}
			by := difference(look, shade)
			worst = max(worst, by)
			t.Logf("%v: %.2f of 255", look, by)
		}
	}
	if worst > 2.5 {
		t.Errorf("blocks of pixels differ by %.2f of 255", worst)
	}
	for name, change := range map[string][2]string{
		"twice the size": {"sqrt(all * part.center.w)", "2.0 * sqrt(all * part.center.w)"},
		"half the light": {"* part_seen;", "* 0.5 * part_seen;"},
	} {
		if shaders.VertexSquare = strings.Replace(right, change[0], change[1], 1); shaders.VertexSquare == right {
			t.Fatalf("vertex_square.wgsl has no %q", change[0])
		}
		if by := difference(render.Plain, ""); by < 1.5*worst {
			t.Errorf("%s: only %.2f", name, by)
		}
	}
}

// ball returns the vertices and indices of a sphere of diameter 1.
func ball(segments, rings int) (vertices []render.Vertex, indices []uint32) {
	for ring := range rings + 1 {
		for segment := range segments + 1 {
			a, b := math.Pi*float64(ring)/float64(rings), 2*math.Pi*float64(segment)/float64(segments)
			n := mgl32.Vec3{float32(math.Sin(a) * math.Sin(b)), float32(math.Cos(a)), float32(math.Sin(a) * math.Cos(b))}
			vertices = append(vertices, render.Vertex{Position: n.Mul(0.5), Normal: n})
		}
	}
	for ring := range uint32(rings) {
		for segment := range uint32(segments) {
			a := ring*uint32(segments+1) + segment
			c := a + uint32(segments+1)
			indices = append(indices, a, c, a+1, a+1, c, c+1)
		}
	}
	return vertices, indices
}

// A simplified mesh has fewer triangles, the same box within a cell, triangles that face the same way, and no holes:
// each edge, by its places, has a triangle on both sides.
func TestSimplify(t *testing.T) {
	for _, cells := range []int{2, 4, 8, 16} {
		vertices, indices := ball(64, 32)
		v, i, err := render.Simplify(vertices, indices, cells)
		check(t, err)
		if len(i) >= len(indices) || len(i) > 3*40*cells*cells {
			t.Errorf("%d cells: %d triangles of %d", cells, len(i)/3, len(indices)/3)
		}
		edges := map[[2]mgl32.Vec3]bool{}
		inward, far := 0, float32(0)
		for k := 0; k < len(i); k += 3 {
			a, b, c := v[i[k]].Position, v[i[k+1]].Position, v[i[k+2]].Position
			for _, e := range [][2]mgl32.Vec3{{a, b}, {b, c}, {c, a}} {
				edges[e] = true
			}
			if b.Sub(a).Cross(c.Sub(a)).Dot(a.Add(b).Add(c)) < 0 {
				inward++
			}
			far = max(far, a.Len())
		}
		for e := range edges {
			if !edges[[2]mgl32.Vec3{e[1], e[0]}] {
				t.Errorf("%d cells: an edge has a triangle on one side only", cells)
				break
			}
		}
		if inward > 0 || far > 0.5 || far < 0.5-1/float32(cells) {
			t.Errorf("%d cells: %d triangles face inward, the radius is %v", cells, inward, far)
		}
		again, _, err := render.Simplify(vertices, indices, cells)
		check(t, err)
		if fmt.Sprint(again) != fmt.Sprint(v) {
			t.Errorf("%d cells: another result for the same mesh", cells)
		}
	}
}

// What is no mesh is an error.
func TestSimplifyErrors(t *testing.T) {
	vertices, indices := ball(8, 4)
	nan := append([]render.Vertex{}, vertices...)
	nan[indices[0]].Position[1] = float32(math.NaN())
	point, thin := make([]render.Vertex, 3), make([]render.Vertex, 3)
	thin[1].Position, thin[2].Position = mgl32.Vec3{0.5, 0.1, 0}, mgl32.Vec3{1, 0, 0}
	for want, f := range map[string]func() error{
		"0 cells":       func() error { _, _, err := render.Simplify(vertices, indices, 0); return err },
		"7 indices":     func() error { _, _, err := render.Simplify(vertices, indices[:7], 4); return err },
		"0 vertices":    func() error { _, _, err := render.Simplify(nil, indices, 4); return err },
		"is vertex":     func() error { _, _, err := render.Simplify(vertices[:5], indices, 4); return err },
		"not finite":    func() error { _, _, err := render.Simplify(nan, indices, 4); return err },
		"all corners":   func() error { _, _, err := render.Simplify(point, []uint32{0, 1, 2}, 4); return err },
		"no triangle i": func() error { _, _, err := render.Simplify(thin, []uint32{0, 1, 2}, 1); return err },
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, is %v", want, err)
		}
	}
}
