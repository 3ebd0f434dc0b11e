package render_test

import (
	"math"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// A mesh hides what is behind a box within it: as large a box as fits, with the middle of the box around the mesh. A
// mesh through which one may see hides nothing.
func TestInnerPart(t *testing.T) {
	d := openDevice(t)
	cube := []mgl32.Vec3{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {0, 0, 1}, {1, 0, 1}, {0, 1, 1}, {1, 1, 1}}
	sides := []uint32{0, 2, 3, 0, 3, 1, 4, 5, 7, 4, 7, 6, 0, 1, 5, 0, 5, 4, 2, 6, 7, 2, 7, 3, 0, 4, 6, 0, 6, 2, 1, 3, 7, 1, 7, 5}
	part := func(places []mgl32.Vec3, indices []uint32) float32 {
		t.Helper()
		var vertices []render.Vertex
		for _, p := range places {
			vertices = append(vertices, render.Vertex{Position: p})
		}
		m, err := render.NewMesh(d, vertices, indices)
		check(t, err)
		defer m.Release()
		return m.Inner()
	}
	turned := make([]uint32, len(sides))
	for i := range sides {
		turned[i] = sides[i/3*3+(3-i%3)%3]
	}
	octahedron := []mgl32.Vec3{{3, 0, 0}, {-3, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 2}, {0, 0, -2}}
	faces := []uint32{0, 2, 4, 2, 1, 4, 1, 3, 4, 3, 0, 4, 2, 0, 5, 1, 2, 5, 3, 1, 5, 0, 3, 5}
	shifted := append([]mgl32.Vec3{}, cube...)
	shifted[7] = mgl32.Vec3{1, 1, 1.5} // a corner is drawn out: the top is not flat any more
	for name, c := range map[string]struct{ got, want float32 }{
		"cube":                    {part(cube, sides), 0.999},
		"the cube of NewCube":     {cubeMesh(t, d).Inner(), 0.999},
		"inside out":              {part(cube, turned), 0},
		"a side is open":          {part(cube, sides[6:]), 0},
		"half a side is open":     {part(cube, sides[3:]), 0},
		"a T in an edge":          {part(append(cube, mgl32.Vec3{0.5, 0, 0}), append([]uint32{0, 2, 3, 0, 3, 8, 8, 3, 1}, sides[6:]...)), 0},
		"octahedron":              {part(octahedron, faces), 1.0 / 3},
		"two apart":               {part(append(append([]mgl32.Vec3{}, cube...), besides(cube, 3)...), append(append([]uint32{}, sides...), plus(sides, 8)...)), 0},
		"flat":                    {part([]mgl32.Vec3{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}}, []uint32{0, 1, 2, 0, 2, 1}), 0},
		"sphere":                  {sphereMesh(t, d, 64, 32).Inner(), float32(1/math.Sqrt(3)) * 0.997},
		"a top that is not level": {part(shifted, sides), 0.5},
	} {
		if !(math.Abs(float64(c.got-c.want)) <= 0.003) {
			t.Errorf("%s: %.4f of the box is within the mesh, not %.4f", name, c.got, c.want)
		}
	}
}

func besides(places []mgl32.Vec3, by float32) (all []mgl32.Vec3) {
	for _, p := range places {
		all = append(all, p.Add(mgl32.Vec3{by, 0, 0}))
	}
	return all
}

func plus(indices []uint32, by uint32) (all []uint32) {
	for _, i := range indices {
		all = append(all, i+by)
	}
	return all
}
