// Package aabb has boxes along the axes: the tanks of the demo, and what the scene draws around bodies.
package aabb

import "github.com/go-gl/mathgl/mgl32"

// A Box is a box along the axes, in metres.
type Box struct{ Center, Half mgl32.Vec3 }

// Bounds returns the corners of the smallest box around all boxes. They are equal if there is none.
func Bounds(boxes []Box) (lo, hi mgl32.Vec3) {
	for i, b := range boxes {
		l, h := b.Center.Sub(b.Half), b.Center.Add(b.Half)
		if i == 0 {
			lo, hi = l, h
		}
		for k := range 3 {
			lo[k], hi[k] = min(lo[k], l[k]), max(hi[k], h[k])
		}
	}
	return lo, hi
}
