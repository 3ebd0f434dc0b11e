//go:build cgo

package render

import (
	"errors"
	"fmt"
	"math"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"
)

// Vertex is a corner of a mesh in its own coordinates: right-handed, y up,
// metres. Front faces run counter-clockwise. Normal has length 1.
type Vertex struct {
	Position, Normal mgl32.Vec3
}

// Mesh is an indexed triangle mesh on the GPU, for any number of batches of any
// renderer of its device. Meshes are made and released on the goroutine that drives
// the device, also between frames; they do not change.
type Mesh struct {
	life
	device            *Device
	vertices, indices *wgpu.Buffer
	indexCount        uint32
	center, half      mgl32.Vec3 // of the box around the vertices
	cube              bool       // the unit cube, which has a vertex shader of its own
}

// NewMesh makes a mesh of triangles: three indices each, counter-clockwise seen
// from outside. Both slices are copied. A flat face wants vertices of its own, since a
// vertex has one normal. A slot whose matrix mirrors turns it inside out (NewCube's not).
func NewMesh(d *Device, vertices []Vertex, indices []uint32) (*Mesh, error) {
	if len(vertices) == 0 || len(indices) == 0 || len(indices)%3 != 0 {
		return nil, fmt.Errorf("render: a mesh of %d vertices and %d indices: needs vertices, and three indices a triangle", len(vertices), len(indices))
	}
	for i, v := range indices {
		if int(v) >= len(vertices) {
			return nil, fmt.Errorf("render: mesh index %d points at vertex %d of %d", i, v, len(vertices))
		}
	}
	d.check("NewMesh")
	m := &Mesh{device: d, indexCount: uint32(len(indices))}
	lo, hi := vertices[0].Position, vertices[0].Position
	for i, v := range vertices {
		if !finite(v.Position[:]...) { // its box would be none, by which slots are culled
			return nil, fmt.Errorf("render: vertex %d of a mesh is at %v: metres, all finite", i, v.Position)
		}
		for k, x := range v.Position {
			lo[k], hi[k] = min(lo[k], x), max(hi[k], x)
		}
	}
	lo, hi = lo.Mul(0.5), hi.Mul(0.5)
	m.center, m.half = lo.Add(hi), hi.Sub(lo)
	var err error
	if m.vertices, err = newBuffer(d, "mesh vertices", bytesOf(vertices), wgpu.BufferUsageVertex); err != nil {
		return nil, err
	}
	if m.indices, err = newBuffer(d, "mesh indices", bytesOf(indices), wgpu.BufferUsageIndex); err != nil {
		m.Release()
		return nil, err
	}
	return m, nil
}

// NewCube makes the cube of edge 1 around the origin. It is the cheapest mesh:
// the built-in shaders make only the three faces that can be seen.
func NewCube(d *Device) (*Mesh, error) {
	var vertices []Vertex
	var indices []uint32
	for axis := range 3 {
		for _, sign := range []float32{1, -1} {
			var n, u, v mgl32.Vec3
			n[axis], u[(axis+1)%3], v[(axis+2)%3] = sign, sign, 1 // u × v = n
			first := uint32(len(vertices))
			for _, c := range [][2]float32{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
				vertices = append(vertices, Vertex{n.Add(u.Mul(c[0])).Add(v.Mul(c[1])).Mul(0.5), n})
			}
			indices = append(indices, first, first+1, first+2, first, first+2, first+3)
		}
	}
	m, err := NewMesh(d, vertices, indices)
	if err == nil {
		m.cube = d.Info.Backend != "gl" // whose flat values come from the last corner of a triangle
	}
	return m, err
}

// NewPlane makes the square of edge 1 around the origin in the xz plane, facing +y.
func NewPlane(d *Device) (*Mesh, error) {
	up := mgl32.Vec3{0, 1, 0}
	return NewMesh(d, []Vertex{
		{mgl32.Vec3{-0.5, 0, -0.5}, up}, {mgl32.Vec3{-0.5, 0, 0.5}, up},
		{mgl32.Vec3{0.5, 0, 0.5}, up}, {mgl32.Vec3{0.5, 0, -0.5}, up},
	}, []uint32{0, 1, 2, 0, 2, 3})
}

// NewSphere makes the sphere of diameter 1 around the origin, of 3 or more
// segments around the y axis and 2 or more rings from pole to pole.
func NewSphere(d *Device, segments, rings int) (*Mesh, error) {
	if segments < 3 || rings < 2 {
		return nil, errors.New("render: a sphere needs 3 segments and 2 rings or more")
	}
	const most = 10_000_000 // corners that fit a buffer of WebGPU's, nearly
	if rings > most/(segments+1)-1 {
		return nil, fmt.Errorf("render: a sphere of %d segments and %d rings: at most %d corners fit a mesh", segments, rings, most)
	}
	var vertices []Vertex
	var indices []uint32
	for ring := range rings + 1 {
		polar := math.Pi * float64(ring) / float64(rings)
		for segment := range segments + 1 {
			turn := 2 * math.Pi * float64(segment) / float64(segments)
			n := mgl32.Vec3{
				float32(math.Sin(polar) * math.Sin(turn)),
				float32(math.Cos(polar)),
				float32(math.Sin(polar) * math.Cos(turn)),
			}
			vertices = append(vertices, Vertex{n.Mul(0.5), n})
		}
	}
	row := uint32(segments + 1)
	for ring := range uint32(rings) {
		for segment := range uint32(segments) {
			a := ring*row + segment // a b   upper ring
			b, c := a+1, a+row      // c d   lower ring
			d := c + 1
			if ring > 0 {
				indices = append(indices, a, c, b)
			}
			if ring < uint32(rings)-1 {
				indices = append(indices, b, c, d)
			}
		}
	}
	return NewMesh(d, vertices, indices)
}

// Release frees the mesh's buffers. Release its batches first. A second Release
// does nothing.
func (m *Mesh) Release() {
	if m.end() {
		releaseAll(m.vertices, m.indices)
		m.device.flush()
	}
}

// bytesOf is the memory of s.
func bytesOf[T any](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(s[0])))
}
