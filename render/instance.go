//go:build cgo || js

package render

import "github.com/go-gl/mathgl/mgl32"

// Instance is a slot with a matrix and a colour of its own, 80 bytes. The zero Instance draws nothing.
type Instance struct {
	Model mgl32.Mat4 // turns mesh coordinates into world coordinates, which count from the batch's origin; affine
	Color Color
}
