//go:build cgo || js

package render

import (
	"fmt"
	"math"

	"github.com/go-gl/mathgl/mgl64"
)

// Simplify returns a mesh of fewer triangles that looks alike from a distance: give it to NewMesh, and that mesh to
// MeshSet.Detail. It divides the box around the mesh into cubic cells, so many along the longest side. All corners in
// a cell move to their mean place, and triangles with two corners in one cell go (Rossignac and Borrel,
// "Multi-resolution 3D approximations for rendering complex scenes", 1993). The corners of a cell whose normals point
// into the same octant become one vertex, with their mean normal and colour, so that flat faces keep their edges. A
// part of the mesh that is thinner than a cell may close or vanish; corners at one place stay at one place, so no
// cracks open.
//
// The result depends on the arguments alone. Use about as many cells as the mesh is pixels high where it is shown.
// Simplify returns an error for no cells, for a mesh that NewMesh would refuse, and if no triangle remains. Any
// goroutine may call it.
func Simplify(vertices []Vertex, indices []uint32, cells int) ([]Vertex, []uint32, error) {
	if cells < 1 {
		return nil, nil, fmt.Errorf("render: Simplify: %d cells: use 1 at least", cells)
	}
	low, high, err := boundsOf("Simplify", vertices, indices)
	if err != nil {
		return nil, nil, err
	}
	lo := wide(low)
	size := wide(high).Sub(lo)
	edge := max(size[0], size[1], size[2]) / float64(cells)
	if edge == 0 {
		return nil, nil, fmt.Errorf("render: Simplify: all corners are at %v: nothing can be seen of the mesh", lo)
	}
	c := clusters{lo: lo, edge: edge, cells: map[[3]int32]int{}, corners: map[corner]uint32{}}
	out := make([]uint32, 0, len(indices))
	seen := map[[3]uint32]bool{}
	for i := 0; i < len(indices); i += 3 {
		var t [3]uint32
		var cells [3]int
		for k := range t {
			t[k], cells[k] = c.join(&vertices[indices[i+k]])
		}
		if cells[0] == cells[1] || cells[1] == cells[2] || cells[2] == cells[0] {
			continue
		}
		for t[0] > t[1] || t[0] > t[2] { // the smallest first, so that the same triangle is found again
			t[0], t[1], t[2] = t[1], t[2], t[0]
		}
		if !seen[t] {
			seen[t] = true
			out = append(out, t[:]...)
		}
	}
	if len(out) == 0 {
		return nil, nil, fmt.Errorf("render: Simplify: no triangle is larger than a cell: use more cells than %d", cells)
	}
	return c.vertices(), out, nil
}

// gridShift keeps the planes between cells away from the middle and the ends of a mesh, where many meshes have a seam:
// corners at nearly one place would fall into two cells.
const gridShift = 0.377

// A corner is all corners of triangles in a cell whose normals point into one octant.
type corner struct {
	cell   int
	octant uint8
}

// clusters joins corners. It sums in float64, in the order of the triangles.
type clusters struct {
	lo      mgl64.Vec3
	edge    float64
	cells   map[[3]int32]int  // index in places
	corners map[corner]uint32 // index in joined
	places  []cellPlace
	joined  []joinedCorner
}

type cellPlace struct {
	sum   mgl64.Vec3
	count float64
}

type joinedCorner struct {
	first  Vertex
	cell   int
	normal mgl64.Vec3 // these two are sums
	color  mgl64.Vec4
	count  float64
}

// join adds a corner of a triangle, and returns the index of its vertex and of its cell.
func (c *clusters) join(v *Vertex) (vertex uint32, cell int) {
	place, normal := wide(v.Position), wide(v.Normal)
	var at [3]int32
	var octant uint8
	for k := range at {
		at[k] = int32(min((place[k]-c.lo[k])/c.edge+gridShift, math.MaxInt32))
		if normal[k] < -1e-3 { // in spite of rounding, a normal along an axis belongs to one octant
			octant |= 1 << k
		}
	}
	cell, ok := c.cells[at]
	if !ok {
		cell = len(c.places)
		c.cells[at] = cell
		c.places = append(c.places, cellPlace{})
	}
	key := corner{cell, octant}
	vertex, ok = c.corners[key]
	if !ok {
		vertex = uint32(len(c.joined))
		c.corners[key] = vertex
		c.joined = append(c.joined, joinedCorner{first: *v, cell: cell})
	}
	p, j := &c.places[cell], &c.joined[vertex]
	p.sum, p.count = p.sum.Add(place), p.count+1
	j.normal, j.count = j.normal.Add(normal), j.count+1
	color := v.Color
	if color == (RGBA8{}) {
		color = white
	}
	for k := range color {
		j.color[k] += float64(color[k])
	}
	return vertex, cell
}

// vertices returns the means.
func (c *clusters) vertices() []Vertex {
	vertices := make([]Vertex, len(c.joined))
	for i, j := range c.joined {
		p := &c.places[j.cell]
		vertices[i] = j.first
		vertices[i].Position = narrow(p.sum.Mul(1 / p.count))
		if length := j.normal.Len(); length > 0 && length <= math.MaxFloat64 {
			vertices[i].Normal = narrow(j.normal.Mul(1 / length))
		}
		for k := range vertices[i].Color {
			vertices[i].Color[k] = uint8(j.color[k]/j.count + 0.5)
		}
	}
	return vertices
}
