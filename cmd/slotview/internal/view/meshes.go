package view

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// meshes are the meshes of shapes, by name and colour. A mesh that cannot be read is a cube, with a warning.
type meshes struct {
	made  map[shape]*render.Mesh
	files map[string]triangles
	warn  func(error)
}

type triangles struct {
	vertices []render.Vertex
	indices  []uint32
}

// builtIn makes the meshes that need no file, about a metre large. The arrow points along z, the axis that a pose with
// z ahead, as a camera's or an arm's, has.
var builtIn = map[string]func() ([]render.Vertex, []uint32){"cube": cube, "sphere": sphere, "arrow": arrow}

// mesh returns the mesh of a shape. It stays the meshes' own.
func (m *meshes) mesh(d *render.Device, s shape) (*render.Mesh, error) {
	if made := m.made[s]; made != nil {
		return made, nil
	}
	mesh, err := m.make(d, s)
	if err == nil {
		m.made[s] = mesh
	}
	return mesh, err
}

func (m *meshes) make(d *render.Device, s shape) (*render.Mesh, error) {
	if (s.mesh == "" || s.mesh == "cube") && !s.colored {
		return render.NewCube(d)
	}
	vertices, indices := m.triangles(s.mesh)
	for i := range vertices {
		if s.colored {
			c := vertices[i].Color
			was := render.Color{float32(c[0]) / 255, float32(c[1]) / 255, float32(c[2]) / 255, 1}
			if c == (render.RGBA8{}) {
				was = render.Color{1, 1, 1, 1}
			}
			for k := range 3 {
				was[k] *= s.color[k]
			}
			vertices[i].Color = render.Quantize(was)
		}
	}
	return render.NewMesh(d, vertices, indices)
}

// triangles returns the mesh of a name: the vertices are the caller's to change.
func (m *meshes) triangles(name string) (vertices []render.Vertex, indices []uint32) {
	if make := builtIn[name]; make != nil {
		return make()
	}
	if name == "" {
		return cube()
	}
	read, seen := m.files[name]
	if !seen {
		var err error
		if read, err = readMesh(name); err != nil {
			m.warn(fmt.Errorf("the mesh %s: %w: cubes take its place", name, err))
			read.vertices, read.indices = cube()
		}
		m.files[name] = read
	}
	return slices.Clone(read.vertices), read.indices
}

func (m *meshes) release() {
	for _, mesh := range m.made {
		mesh.Release()
	}
}

// file returns the name of the mesh that a part may read: a built-in one, or a file below its folder, or any file if
// an absolute name is allowed there.
func file(name, folder string) string {
	if name == "" || builtIn[name] != nil || filepath.IsAbs(name) && folder != "" {
		return name
	}
	if folder == "" || !filepath.IsLocal(name) {
		return ""
	}
	return filepath.Join(folder, name)
}

// cube is a cube of edge 1.
func cube() (v []render.Vertex, indices []uint32) {
	for axis := range 3 {
		for _, side := range []float32{-1, 1} {
			first := uint32(len(v))
			for corner := range 4 {
				var p, n mgl32.Vec3
				n[axis] = side
				p[axis] = side / 2
				p[(axis+1)%3] = float32(corner&1) - 0.5
				p[(axis+2)%3] = float32(corner>>1) - 0.5
				v = append(v, render.Vertex{Position: p, Normal: n})
			}
			if side > 0 {
				indices = append(indices, first, first+1, first+3, first, first+3, first+2)
			} else {
				indices = append(indices, first, first+3, first+1, first, first+2, first+3)
			}
		}
	}
	return v, indices
}

// turned returns the surface that a line of points (radius, z) makes as it turns around the z axis. Normals are the
// mean of the faces, as render.NewMesh takes them.
func turned(line [][2]float32, around int) (v []render.Vertex, indices []uint32) {
	for i := range around {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(around))
		for _, p := range line {
			v = append(v, render.Vertex{Position: mgl32.Vec3{p[0] * float32(cos), p[0] * float32(sin), p[1]}})
		}
	}
	n := uint32(len(line))
	for i := range uint32(around) {
		a, b := i*n, (i+1)%uint32(around)*n
		for k := range n - 1 {
			if line[k][0] > 0 {
				indices = append(indices, a+k, b+k, b+k+1)
			}
			if line[k+1][0] > 0 {
				indices = append(indices, a+k, b+k+1, a+k+1)
			}
		}
	}
	return v, indices
}

// sphere is a sphere of diameter 1.
func sphere() ([]render.Vertex, []uint32) {
	const down = 12
	var line [][2]float32
	for i := range down + 1 {
		sin, cos := math.Sincos(math.Pi * float64(i) / down)
		line = append(line, [2]float32{float32(sin) / 2, -float32(cos) / 2})
	}
	line[0][0], line[down][0] = 0, 0
	v, indices := turned(line, 2*down)
	for i := range v {
		v[i].Normal = v[i].Position
	}
	return v, indices
}

// arrow is an arrow of length 1 from the origin along z.
func arrow() ([]render.Vertex, []uint32) {
	v, indices := turned([][2]float32{{0, 0}, {0.05, 0}, {0.05, 0}, {0.05, 0.7}, {0.05, 0.7}, {0.12, 0.7}, {0.12, 0.7}, {0, 1}}, 20)
	return v, indices
}
