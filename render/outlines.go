//go:build cgo || js

package render

import "github.com/go-gl/mathgl/mgl32"

// Lines that show matrices, boxes and cameras. Each function takes the width and the colours from like, and returns
// lines for you to store.

// Axes returns the axes of a matrix, from its origin: x in red, y in green, z in blue.
func Axes(m mgl32.Mat4, like Line) [3]Line {
	var lines [3]Line
	for k, c := range [3]Color{RGB(0xe5484d), RGB(0x46a758), RGB(0x3e80f0)} {
		lines[k] = like
		lines[k].A, lines[k].B = m.Col(3).Vec3(), m.Col(3).Vec3().Add(m.Col(k).Vec3())
		lines[k].ColorA, lines[k].ColorB = Quantize(c), Quantize(c)
	}
	return lines
}

// BoxOutline returns the edges of the cube of edge 1 around the origin, as a matrix places it. Give it a slot's
// matrix, or that of a box: mgl32.Translate3D(middle…).Mul4(mgl32.Scale3D(sides…)).
func BoxOutline(m mgl32.Mat4, like Line) [12]Line {
	return edges(like, func(x, y, z float32) mgl32.Vec3 { return mgl32.TransformCoordinate(mgl32.Vec3{x, y, z}.Mul(0.5), m) })
}

// FrustumOutline returns the edges of what a camera sees in a picture of this aspect, width over height, from its near
// plane to a distance. They count from the camera's Origin.
func FrustumOutline(c *Camera, aspect, distance float32, like Line) [12]Line {
	near := c.whole().Near
	right, up, back := c.axes()
	slope := tan(c.whole().FovY / 2)
	return edges(like, func(x, y, z float32) mgl32.Vec3 {
		d := near
		if z > 0 {
			d = max(distance, near)
		}
		return c.eye().Add(right.Mul(x * slope * aspect * d)).Add(up.Mul(y * slope * d)).Sub(back.Mul(d))
	})
}

// edges returns the edges of a cube whose corners, at -1 and 1, corner places.
func edges(like Line, corner func(x, y, z float32) mgl32.Vec3) (lines [12]Line) {
	for i := range lines {
		axis := i / 4
		var a [3]float32
		a[axis], a[(axis+1)%3], a[(axis+2)%3] = -1, float32(i&1*2-1), float32(i>>1&1*2-1)
		b := a
		b[axis] = 1
		lines[i] = like
		lines[i].A, lines[i].B = corner(a[0], a[1], a[2]), corner(b[0], b[1], b[2])
	}
	return lines
}

// Grid returns the lines of a square of edge 1 in the plane of x and z, around the origin, cut into cells × cells, as
// a matrix places it: 2·(cells + 1) lines. cells is at least 1.
func Grid(m mgl32.Mat4, cells int, like Line) []Line {
	if cells < 1 {
		panic("render: Grid: give one cell at least")
	}
	lines := make([]Line, 0, 2*(cells+1))
	for i := range cells + 1 {
		at := float32(i)/float32(cells) - 0.5
		for _, ends := range [2][2]mgl32.Vec3{{{at, 0, -0.5}, {at, 0, 0.5}}, {{-0.5, 0, at}, {0.5, 0, at}}} {
			l := like
			l.A, l.B = mgl32.TransformCoordinate(ends[0], m), mgl32.TransformCoordinate(ends[1], m)
			lines = append(lines, l)
		}
	}
	return lines
}
