package render_test

import (
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/internal/rendertest"
)

// TestCubeEqualsMesh: the cube's own way through the shaders draws the same
// picture as a mesh of 24 vertices, for turned, stretched and sheared cubes all
// around and close to the eye, in every look.
func TestCubeEqualsMesh(t *testing.T) {
	d := openDevice(t)
	mesh := plainCube(t, d)
	cube := cubeMesh(t, d)

	random := rand.New(rand.NewPCG(3, 4))
	number := func() float32 { return random.Float32()*2 - 1 }
	var models []mgl32.Mat4
	for len(models) < 300 {
		m := mgl32.Translate3D(number()*6, number()*6, number()*6).Mul4(
			mgl32.HomogRotate3D(number()*4, mgl32.Vec3{number(), number(), 1}.Normalize())).Mul4(
			mgl32.Scale3D(0.3+random.Float32(), 0.3+random.Float32(), 0.3+random.Float32()))
		if len(models)%2 == 0 {
			m = m.Mul4(mgl32.ShearX3D(number(), number()))
		}
		models = append(models, m)
	}
	for _, look := range []render.Look{render.Plain, render.Studio} {
		s := newStage(t, d, 320, 180, render.Config{Look: look})
		for view := range 6 {
			camera := render.Camera{Distance: 0.5 + 2*float32(view), Yaw: float32(view), Pitch: number(), FovY: 1.2, Near: 0.01}
			a := newBatch(t, s, newArena(t, models...), cube, render.BatchConfig{})
			_, err := s.renderer.Frame(s.target, &camera, a)
			check(t, err)
			fast, err := s.target.Image()
			check(t, err)
			b := newBatch(t, s, newArena(t, models...), mesh, render.BatchConfig{})
			_, err = s.renderer.Frame(s.target, &camera, b)
			check(t, err)
			slow, err := s.target.Image()
			check(t, err)
			if diff, off := rendertest.Difference(fast, slow, 8); off > 20 { // edges may round the other way
				check(t, render.WritePNG("testdata/cube.difference.png", diff))
				t.Errorf("%v, view %d: %d pixels differ", look, view, off)
			}
		}
	}
}

// plainCube is a cube of four vertices a face, each with the face's normal.
func plainCube(t testing.TB, d *render.Device) *render.Mesh {
	var vertices []render.Vertex
	var indices []uint32
	for axis := range 3 {
		for _, sign := range []float32{-1, 1} {
			var n, u, v mgl32.Vec3
			n[axis], u[(axis+1)%3], v[(axis+2)%3] = sign, 0.5*sign, 0.5
			first := uint32(len(vertices))
			for _, c := range [][2]float32{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
				vertices = append(vertices, render.Vertex{Position: n.Mul(0.5).Add(u.Mul(c[0])).Add(v.Mul(c[1])), Normal: n})
			}
			indices = append(indices, first, first+1, first+2, first, first+2, first+3)
		}
	}
	mesh, err := render.NewMesh(d, vertices, indices)
	check(t, err)
	t.Cleanup(mesh.Release)
	return mesh
}
