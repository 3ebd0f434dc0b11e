package render_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

// BenchmarkFrame draws lit cubes at 1280×720, none of which changes: a frame with
// the upload left out.
func BenchmarkFrame(b *testing.B) {
	d := openDevice(b)
	for _, c := range []struct {
		cubes, msaa int
		look        render.Look
	}{
		{0, 1, render.Plain}, {1_000, 1, render.Plain}, {10_000, 1, render.Plain}, {100_000, 1, render.Plain},
		{10_000, 4, render.Plain}, {10_000, 1, render.Studio},
	} {
		b.Run(fmt.Sprintf("cubes=%d/msaa=%d/look=%v", c.cubes, c.msaa, c.look), func(b *testing.B) {
			benchFrame(b, d, c.cubes, render.Config{MSAA: c.msaa, Look: c.look}, cubeMesh(b, d), render.BatchConfig{})
		})
	}
}

// BenchmarkCube draws the frame of BenchmarkFrame with each way to make a cube.
func BenchmarkCube(b *testing.B) {
	d := openDevice(b)
	// Eight corners shared by the faces, wound as seen from outside: the normal comes from derivatives.
	var corners []render.Vertex
	for i := range 8 {
		p := mgl32.Vec3{float32(i & 1), float32(i >> 1 & 1), float32(i >> 2)}.Sub(mgl32.Vec3{0.5, 0.5, 0.5})
		corners = append(corners, render.Vertex{Position: p, Normal: mgl32.Vec3{0, 1, 0}})
	}
	shared, err := render.NewMesh(d, corners, []uint32{
		0, 2, 3, 0, 3, 1, 4, 5, 7, 4, 7, 6, 0, 1, 5, 0, 5, 4, 2, 6, 7, 2, 7, 3, 0, 4, 6, 0, 6, 2, 1, 3, 7, 1, 7, 5,
	})
	check(b, err)
	defer shared.Release()
	const derivatives = `fn shade(p: Point) -> vec4f {
		var q = p;
		q.normal = normalize(cross(dpdy(p.position), dpdx(p.position)));
		return vec4f(lit(q), 1.0);
	}`
	for _, way := range []struct {
		name  string
		mesh  *render.Mesh
		shade string
	}{
		{"visible-faces", cubeMesh(b, d), ""},
		{"24-vertices", plainCube(b, d), ""},
		{"8-vertices-derivative-normals", shared, derivatives},
	} {
		for _, cubes := range []int{10_000, 100_000} {
			b.Run(fmt.Sprintf("%s/cubes=%d", way.name, cubes), func(b *testing.B) {
				benchFrame(b, d, cubes, render.Config{MSAA: 1}, way.mesh, render.BatchConfig{Shade: way.shade})
			})
		}
	}
}

// benchFrame times frames of a block of cubes, waiting for each.
func benchFrame(b *testing.B, d *render.Device, cubes int, c render.Config, m *render.Mesh, o render.BatchConfig) {
	_, frame := benchBlock(b, d, cubes, c, m, o)
	for range 3 {
		frame()
	}
	for b.Loop() {
		frame()
	}
}

// benchBlock returns the slots of a block of cubes, and a function that draws them and waits for the picture.
func benchBlock(b *testing.B, d *render.Device, cubes int, c render.Config, m *render.Mesh, o render.BatchConfig) (arena.Span[mgl32.Mat4], func()) {
	a, err := arena.New(arena.Config[mgl32.Mat4]{})
	check(b, err)
	span, err := a.AllocSpan(cubes, mgl32.Mat4{})
	check(b, err)
	side := benchSide(cubes)
	for i := range cubes {
		cube := benchCube(i, side)
		span.Set(i, &cube)
	}
	span.Flush()
	s := newStage(b, d, 1280, 720, c)
	batch := newBatch(b, s, a, m, o)
	camera := render.NewCamera(mgl32.Vec3{}, float32(side)*2.5)
	return span, func() {
		_, err := s.renderer.Frame(s.target, &camera, batch)
		check(b, err)
		d.Wait()
	}
}

// benchSide is the side of the smallest block that has so many cubes.
func benchSide(cubes int) int { return int(math.Cbrt(float64(cubes)) + 0.999) }

// benchCube is cube i of a block of side³, each turned its own way. The
// comparison with raylib draws the same.
func benchCube(i, side int) mgl32.Mat4 {
	x, y, z := i%side, i/side%side, i/side/side
	half := float32(side-1) / 2
	turn := mgl32.HomogRotate3D(float32(i), mgl32.Vec3{float32(x + 1), float32(y + 1), float32(z + 1)}.Normalize())
	return mgl32.Translate3D(float32(x)-half, float32(y)-half, float32(z)-half).Mul4(turn).Mul4(mgl32.Scale3D(0.5, 0.5, 0.5))
}
