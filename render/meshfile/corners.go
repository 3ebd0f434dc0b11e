package meshfile

import (
	"fmt"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// corners are triangles, three corners each, of a format that has no indices to them.
type corners []render.Vertex

// part joins corners that are equal, and makes a part of them.
func (c corners) part(name string) (Part, error) {
	p := Part{Name: name, Place: mgl32.Ident4()}
	if len(c) > maxIndices {
		return p, fmt.Errorf("part %q has more than %d triangles: simplify it", name, maxIndices/3)
	}
	seen := make(map[render.Vertex]uint32)
	for _, v := range c {
		if !finite(v.Position[:]...) {
			return p, fmt.Errorf("part %q has a vertex at %v, which is not finite", name, v.Position)
		}
		if !finite(v.Normal[:]...) {
			v.Normal = mgl32.Vec3{}
		}
		i, ok := seen[v]
		if !ok {
			if i = uint32(len(p.Vertices)); i == maxVertices {
				return p, fmt.Errorf("part %q has more than %d vertices: simplify it", name, maxVertices)
			}
			seen[v] = i
			p.Vertices = append(p.Vertices, v)
		}
		p.Indices = append(p.Indices, i)
	}
	return p, p.finish()
}

const (
	smoothBelow = 0.766 // the cosine of 40°
	mostAround  = 256   // triangles around a point that is smooth; more are flat, so that the time stays bounded
)

// smooth gives normals to the corners that lack them. points[i] is the number of corner i's place: corners of one
// place have one number. An edge between triangles whose normals are less than 40° apart is smooth, any other edge is
// sharp.
func (c corners) smooth(points []uint32, places int) {
	areas := make([]mgl32.Vec3, len(c)/3)
	for t := range areas {
		areas[t] = area(c[3*t].Position, c[3*t+1].Position, c[3*t+2].Position)
	}
	// The triangles around each place, as a list: first and next.
	first, next, around := make([]int32, places), make([]int32, len(c)), make([]int32, places)
	for i := len(c) - 1; i >= 0; i-- {
		next[i], first[points[i]] = first[points[i]], int32(i)+1
		around[points[i]]++
	}
	for i := range c {
		if c[i].Normal != (mgl32.Vec3{}) {
			continue
		}
		own := areas[i/3]
		face := unit(own)
		if around[points[i]] <= mostAround {
			for k := first[points[i]]; k > 0; k = next[k-1] {
				if other := areas[(k-1)/3]; int(k-1)/3 != i/3 && unit(other).Dot(face) > smoothBelow {
					own = own.Add(other)
				}
			}
		}
		if face = unit(own); face != (mgl32.Vec3{}) {
			c[i].Normal = face
		}
	}
}
