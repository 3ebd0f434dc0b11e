//go:build cgo || js

package render

import (
	"math"
	"math/bits"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"
)

// innerPart returns how much of the box around a mesh is within the mesh: the box with the same middle, and sides that
// are shorter by this factor, is wholly inside. It is 0 for a mesh that is not closed, is inside out, or does not
// contain its middle: what is behind such a mesh may be seen.
func innerPart(vertices []Vertex, indices []uint32, center, half mgl32.Vec3) float32 {
	if half[0]*half[1]*half[2] <= 0 {
		return 0
	}
	middle, size := wide(center), wide(half)
	corner := func(i int) (p mgl64.Vec3) {
		p = wide(vertices[indices[i]].Position).Sub(middle)
		for k := range p {
			p[k] /= size[k]
		}
		return p
	}
	part := 0.999 // for rounding
	for i := 0; i < len(indices); i += 3 {
		if part = min(part, boxReach(corner(i), corner(i+1), corner(i+2))); part < 0.1 {
			return 0
		}
	}
	around := 0.0
	for i := 0; i < len(indices); i += 3 {
		around += solidAngle(corner(i), corner(i+1), corner(i+2))
	}
	if around < 4*math.Pi-0.01 || !closed(vertices, indices) {
		return 0
	}
	return float32(part)
}

// boxReach returns half the side of the largest cube around the origin that a triangle leaves empty: the smallest
// max(|x|, |y|, |z|) of its points. This is at a corner, on an edge where two coordinates are equally far from 0, or
// where all three are.
func boxReach(a, b, c mgl64.Vec3) float64 {
	reach := func(p mgl64.Vec3) float64 { return max(math.Abs(p[0]), math.Abs(p[1]), math.Abs(p[2])) }
	least := min(reach(a), reach(b), reach(c))
	for _, edge := range [3][2]mgl64.Vec3{{a, b}, {b, c}, {c, a}} {
		p, along := edge[0], edge[1].Sub(edge[0])
		for i := range 3 {
			j := (i + 1) % 3
			for _, sign := range [2]float64{1, -1} {
				if t := -(p[i] + sign*p[j]) / (along[i] + sign*along[j]); t > 0 && t < 1 {
					least = min(least, reach(p.Add(along.Mul(t))))
				}
			}
		}
	}
	n := b.Sub(a).Cross(c.Sub(a))
	for _, diagonal := range [4]mgl64.Vec3{{1, 1, 1}, {-1, 1, 1}, {1, -1, 1}, {-1, -1, 1}} {
		t := n.Dot(a) / n.Dot(diagonal)
		p := diagonal.Mul(t)
		inside := func(p, q, x mgl64.Vec3) bool { return q.Sub(p).Cross(x.Sub(p)).Dot(n) >= 0 }
		if math.Abs(t) < least && inside(a, b, p) && inside(b, c, p) && inside(c, a, p) {
			least = math.Abs(t)
		}
	}
	return least
}

// solidAngle is the part of the sky, in steradians, that a triangle covers, seen from the origin; positive if its back
// is seen (Van Oosterom and Strackee, "The Solid Angle of a Plane Triangle", 1983).
func solidAngle(a, b, c mgl64.Vec3) float64 {
	x, y, z := a.Len(), b.Len(), c.Len()
	return 2 * math.Atan2(a.Dot(b.Cross(c)), x*y*z+a.Dot(b)*z+b.Dot(c)*x+c.Dot(a)*y)
}

// closed reports whether each edge of a triangle is, the other way round, an edge of another. Corners at the same place
// are the same. It sums hashes of the edges, positive one way and negative the other: no table of edges is needed.
func closed(vertices []Vertex, indices []uint32) bool {
	place := func(i uint32) (h uint64) {
		for _, x := range vertices[i].Position {
			h = mix(h ^ uint64(math.Float32bits(x+0))) // -0 + 0 is 0
		}
		return h
	}
	var sum uint64
	for i := range indices {
		next := i + 1
		if next%3 == 0 {
			next -= 3
		}
		p, q := place(indices[i]), place(indices[next])
		sum += mix(p+bits.RotateLeft64(q, 1)) - mix(q+bits.RotateLeft64(p, 1))
	}
	return sum == 0
}

// mix is the finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
func mix(h uint64) uint64 {
	h += 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// innerOf returns how much of a box, with the same middle, is within the mesh.
func (m *Mesh) innerOf(center, half mgl32.Vec3) float32 {
	part := float32(1)
	for k := range half {
		part = min(part, (m.inner*m.half[k]-absf(m.center[k]-center[k]))/half[k])
	}
	return max(part, 0)
}
