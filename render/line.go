//go:build cgo || js

package render

import "github.com/go-gl/mathgl/mgl32"

// A Line is a slot of 48 bytes that is drawn as a straight line with round ends. It is not lit, unless
// BatchConfig.Shade says so. Places count from the batch's origin, like those of all slots.
//
// The line is as wide as Width says, in metres, but at least Pixels wide on the screen. Set Pixels alone for a line
// that is equally wide at any distance, and Width alone for a thing in the world. A shadow has only the width in
// metres.
//
// Nothing is drawn of a line without length, of one whose widths are both 0 or below, or where a number is not
// finite. The zero Line draws nothing.
type Line struct {
	A      mgl32.Vec3
	Width  float32 // metres
	B      mgl32.Vec3
	Pixels float32 // the least width, in pixels

	ColorA, ColorB RGBA8 // at the ends, blended between them; the zero RGBA8 is white
	_              [2]uint32
}

// lineMesh makes the strip of vertex_line.wgsl: x is 0 at A and 1 at B, y is -1 and 1 at the sides.
func lineMesh(d *Device) (*Mesh, error) {
	return surfaceMesh(d, []mgl32.Vec3{{0, -1}, {1, -1}, {0, 1}, {1, 1}}, []uint32{0, 1, 2, 2, 1, 3})
}

// surfaceMesh makes a mesh whose vertices are numbers for a vertex stage of its own. The records' matrices turn the
// cube of edge 1 into the box of what is drawn: culling looks at that.
func surfaceMesh(d *Device, corners []mgl32.Vec3, indices []uint32) (*Mesh, error) {
	vertices := make([]Vertex, len(corners))
	for i, c := range corners {
		vertices[i].Position = c
	}
	m, err := NewMesh(d, vertices, indices)
	if err == nil {
		m.center, m.half = mgl32.Vec3{}, mgl32.Vec3{0.5, 0.5, 0.5}
	}
	return m, err
}
