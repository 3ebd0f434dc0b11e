//go:build cgo || js

package render

import (
	"slices"

	"github.com/go-gl/mathgl/mgl64"
)

// withNormals returns the vertices with normals of about length 1. A normal that is zero or not finite becomes the sum
// of its triangles' normals, each weighted by the triangle's area. It copies vertices if one of them changes.
func withNormals(vertices []Vertex, indices []uint32) []Vertex {
	out := vertices
	var lacking map[uint32]mgl64.Vec3 // the sum for each vertex without a direction
	for i := range vertices {
		n := wide(vertices[i].Normal)
		length := n.Len()
		if length > 0.5 && length < 2 { // the vertex shader does the rest
			continue
		}
		if &out[0] == &vertices[0] {
			out = slices.Clone(vertices)
		}
		if finite(out[i].Normal[:]...) && length > 0 {
			out[i].Normal = narrow(n.Mul(1 / length))
			continue
		}
		if lacking == nil {
			lacking = make(map[uint32]mgl64.Vec3)
		}
		lacking[uint32(i)] = mgl64.Vec3{}
	}
	if lacking == nil {
		return out
	}
	for t := 0; t < len(indices); t += 3 {
		a := wide(vertices[indices[t]].Position)
		b, c := wide(vertices[indices[t+1]].Position).Sub(a), wide(vertices[indices[t+2]].Position).Sub(a)
		for _, v := range indices[t : t+3] {
			if sum, ok := lacking[v]; ok {
				lacking[v] = sum.Add(b.Cross(c))
			}
		}
	}
	for v, sum := range lacking {
		out[v].Normal = [3]float32{}
		if length := sum.Len(); length > 0 {
			out[v].Normal = narrow(sum.Mul(1 / length))
		}
	}
	return out
}
