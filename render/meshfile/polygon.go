package meshfile

import (
	"fmt"

	"github.com/go-gl/mathgl/mgl32"
)

const mostConcave = 2000 // corners of a polygon that is not convex, so that the time stays bounded

// triangulate cuts a polygon into triangles, and calls emit with the numbers of their corners. A polygon that is not
// convex is cut ear by ear (Meisters, "Polygons have ears", 1975).
func triangulate(p []mgl32.Vec3, emit func(a, b, c int)) error {
	if len(p) == 3 {
		emit(0, 1, 2)
		return nil
	}
	var normal mgl32.Vec3 // Newell's
	for i := range p {
		a, b := p[i], p[(i+1)%len(p)]
		normal = normal.Add(a.Sub(p[0]).Cross(b.Sub(p[0])))
	}
	normal = unit(normal)
	turns := func(a, b, c int) float32 { return area(p[a], p[b], p[c]).Dot(normal) }
	convex := true
	for i := range p {
		convex = convex && turns(i, (i+1)%len(p), (i+2)%len(p)) >= 0
	}
	if convex {
		for i := 1; i+1 < len(p); i++ {
			emit(0, i, i+1)
		}
		return nil
	}
	if len(p) > mostConcave {
		return fmt.Errorf("a polygon that is not convex has %d corners: %d at most are read: cut it into triangles", len(p), mostConcave)
	}
	left := make([]int, len(p))
	for i := range left {
		left[i] = i
	}
	for len(left) > 3 {
		ear := 1 // where rounding hides all ears, any corner is as good
		for i := range left {
			a, b, c := left[i], left[(i+1)%len(left)], left[(i+2)%len(left)]
			if turns(a, b, c) <= 0 {
				continue
			}
			empty := true
			for _, k := range left {
				inside := k != a && k != b && k != c && turns(a, b, k) >= 0 && turns(b, c, k) >= 0 && turns(c, a, k) >= 0
				if empty = !inside; inside {
					break
				}
			}
			if empty {
				ear = (i + 1) % len(left)
				break
			}
		}
		n := len(left)
		emit(left[(ear+n-1)%n], left[ear], left[(ear+1)%n])
		left = append(left[:ear], left[ear+1:]...)
	}
	emit(left[0], left[1], left[2])
	return nil
}
