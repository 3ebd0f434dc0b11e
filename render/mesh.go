//go:build cgo || js

package render

import (
	"fmt"
	"math"
	"slices"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/arena"
)

// A Vertex is a corner of a mesh, in the mesh's own coordinates: right-handed, y up, metres. Normal points outward; its
// length does not matter. If it is zero or not finite, NewMesh takes the mean normal of the vertex's triangles.
//
// Color is multiplied with the slot's colour, and is blended between a triangle's corners. The zero Color is white.
type Vertex struct {
	Position, Normal mgl32.Vec3
	Color            RGBA8
}

// A Mesh is a mesh of triangles on the GPU. It never changes. Any number of batches may draw it, of any renderer of its
// device. Make and release meshes on the render goroutine.
type Mesh struct {
	life
	device       *Device
	data         *meshData
	center, half mgl32.Vec3 // middle and half of the sides of the box around the corners
	inner        float32    // how much of the box is within the mesh: see innerPart
	fill         float32    // area of the triangles over that of the box
	color        Color      // mean of the vertices' colours, by area
	colored      bool       // a vertex has a colour that is not white
	cube         bool       // the unit cube, which has a vertex shader of its own
	surface      meshKind   // kindLine or kindPoint; 0 for other meshes
	alone        *MeshSet   // the set of this mesh alone; nil: never needed
}

// NewMesh makes a mesh from its vertices and from three indices for each triangle, counter-clockwise seen from outside.
// It copies both slices. Give a flat face vertices of its own, because a vertex has one normal. A vertex that no
// triangle uses may be anywhere, and may be NaN. A slot whose matrix mirrors turns the mesh inside out.
func NewMesh(d *Device, vertices []Vertex, indices []uint32) (*Mesh, error) {
	lo, hi, err := boundsOf("NewMesh", vertices, indices)
	if err != nil {
		return nil, err
	}
	d.check("NewMesh")
	m := &Mesh{device: d, data: &meshData{count: uint32(len(indices)), kept: 1}}
	for _, v := range indices {
		m.colored = m.colored || vertices[v].Color != RGBA8{} && vertices[v].Color != white
	}
	lo, hi = lo.Mul(0.5), hi.Mul(0.5)
	m.center, m.half = lo.Add(hi), hi.Sub(lo)
	if m.colored {
		vertices = slices.Clone(vertices)
		for i := range vertices {
			if vertices[i].Color == (RGBA8{}) {
				vertices[i].Color = white
			}
		}
	}
	m.inner = innerPart(vertices, indices, m.center, m.half)
	m.fill, m.color = fill(vertices, indices, m.half, m.colored)
	if m.data.vertices, err = newBuffer(d, "mesh vertices", arena.Bytes(withNormals(vertices, indices)), wgpu.BufferUsageVertex); err != nil {
		return nil, err
	}
	if m.data.indices, err = newBuffer(d, "mesh indices", arena.Bytes(indices), wgpu.BufferUsageIndex); err != nil {
		m.Release()
		return nil, err
	}
	return m, nil
}

var white = RGBA8{255, 255, 255, 255}

// boundsOf checks a mesh, and returns the corners of the box around its triangles.
func boundsOf(doing string, vertices []Vertex, indices []uint32) (lo, hi mgl32.Vec3, err error) {
	if len(vertices) == 0 || len(indices) == 0 || len(indices)%3 != 0 {
		return lo, hi, fmt.Errorf("render: %s: %d vertices and %d indices: give vertices, and three indices for each triangle",
			doing, len(vertices), len(indices))
	}
	inf := float32(math.Inf(1))
	lo, hi = mgl32.Vec3{inf, inf, inf}, mgl32.Vec3{-inf, -inf, -inf}
	for i, v := range indices {
		if int(v) >= len(vertices) {
			return lo, hi, fmt.Errorf("render: %s: index %d is vertex %d, but there are %d vertices", doing, i, v, len(vertices))
		}
		place := vertices[v].Position
		if !finite(place[:]...) { // culling needs the box
			return lo, hi, fmt.Errorf("render: %s: vertex %d is at %v, which is not finite", doing, v, place)
		}
		for k, x := range place {
			lo[k], hi[k] = min(lo[k], x), max(hi[k], x)
		}
	}
	return lo, hi, nil
}

// fill returns the area of the triangles over that of the box with these half sides, 1 at most. For a convex mesh this
// is the part of the box's silhouette that the mesh covers, in the mean over all directions (Cauchy). color is the mean
// of the corners' colours, weighted by the area of their triangles.
func fill(vertices []Vertex, indices []uint32, half mgl32.Vec3, colored bool) (part float32, color Color) {
	area, h := 0.0, wide(half)
	var sum mgl64.Vec4
	for i := 0; i < len(indices); i += 3 {
		a, b, c := &vertices[indices[i]], &vertices[indices[i+1]], &vertices[indices[i+2]]
		from := wide(a.Position)
		size := wide(b.Position).Sub(from).Cross(wide(c.Position).Sub(from)).Len() / 2
		area += size
		if colored {
			for k := range sum {
				sum[k] += size * (float64(a.Color[k]) + float64(b.Color[k]) + float64(c.Color[k])) / (3 * 255)
			}
		}
	}
	part, color = 1, Color{1, 1, 1, 1} // also for a box without an area
	if k := area / (8 * (h[0]*h[1] + h[1]*h[2] + h[2]*h[0])); k < 1 {
		part = float32(k)
	}
	for k := range color {
		if colored && area > 0 {
			color[k] = float32(sum[k] / area)
		}
	}
	return part, color
}

// NewCube makes the cube of edge 1 around the origin. It is the cheapest mesh: its shader draws only the three faces
// that the eye can see. A matrix that mirrors does not turn it inside out.
func NewCube(d *Device) (*Mesh, error) {
	var vertices []Vertex
	var indices []uint32
	for axis := range 3 {
		for _, sign := range []float32{1, -1} {
			var n, u, v mgl32.Vec3
			n[axis], u[(axis+1)%3], v[(axis+2)%3] = sign, sign, 1 // u × v = n
			first := uint32(len(vertices))
			for _, c := range [][2]float32{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
				vertices = append(vertices, Vertex{Position: n.Add(u.Mul(c[0])).Add(v.Mul(c[1])).Mul(0.5), Normal: n})
			}
			indices = append(indices, first, first+1, first+2, first, first+2, first+3)
		}
	}
	m, err := NewMesh(d, vertices, indices)
	if err == nil {
		m.cube = d.Info.Backend != "gl" // OpenGL takes flat values from the last corner of a triangle
	}
	return m, err
}

// NewSphere makes the sphere of diameter 1 around the origin, with at least 3 segments around the y axis and at least 2
// rings from pole to pole.
func NewSphere(d *Device, segments, rings int) (*Mesh, error) {
	if segments < 3 || rings < 2 {
		return nil, fmt.Errorf("render: NewSphere: %d segments and %d rings: use at least 3 and 2", segments, rings)
	}
	const most = 10_000_000 // vertices: nearly as many as fit a buffer of WebGPU
	if rings > most/(segments+1)-1 {
		return nil, fmt.Errorf("render: NewSphere: %d segments and %d rings: at most %d vertices fit a mesh", segments, rings, most)
	}
	var vertices []Vertex
	var indices []uint32
	for ring := range rings + 1 {
		polar := math.Pi * float64(ring) / float64(rings)
		around := math.Sin(polar)
		if ring == rings { // and so is the pole
			around = 0
		}
		for segment := range segments + 1 {
			turn := 2 * math.Pi * float64(segment%segments) / float64(segments) // the seam is closed exactly
			n := mgl32.Vec3{
				float32(around * math.Sin(turn)),
				float32(math.Cos(polar)),
				float32(around * math.Cos(turn)),
			}
			vertices = append(vertices, Vertex{Position: n.Mul(0.5), Normal: n})
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

// Release frees the mesh's buffers, unless a MeshSet has the mesh: then the last of them frees them. Release the mesh's
// batches first. A second Release does nothing.
func (m *Mesh) Release() {
	if m.end() {
		m.data.drop()
		m.device.flush()
	}
}
