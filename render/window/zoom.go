//go:build cgo

package window

import "github.com/slotstream/slotstream/render"

// zoomAt multiplies the camera's distance by factor, and moves the camera so that what is under a pixel of the picture,
// as far away as the target, stays under it.
func zoomAt(c *render.Camera, factor, x, y float64, width, height int) {
	before := c.Distance
	if before == 0 {
		before = 10 // as the field says
	}
	c.Zoom(float32(factor))
	if width == 0 || height == 0 || c.Distance == 0 {
		return
	}
	// In heights of the view at the target: the pixel is as far from the middle before and after, and the view has shrunk.
	shrunk := before/c.Distance - 1
	c.Pan(float32(x/float64(height)-float64(width)/float64(height)/2)*shrunk, float32(0.5-y/float64(height))*shrunk)
}
