//go:build cgo || js

package window

import "github.com/slotstream/slotstream/render"

// zoomAt multiplies the camera's distance by factor, and keeps a point under its pixel: the point that the pixel shows
// at the distance of the target.
func zoomAt(c *render.Camera, factor, x, y float64, width, height int) {
	before := c.Distance
	if before == 0 {
		before = 10 // as the field says
	}
	c.Zoom(float32(factor))
	if width == 0 || height == 0 || c.Distance == 0 {
		return
	}
	// Pan counts in heights of the view at the target. The pixel keeps its distance from the middle, while the view
	// shrinks.
	shrunk := before/c.Distance - 1
	c.Pan(float32(x/float64(height)-float64(width)/float64(height)/2)*shrunk, float32(0.5-y/float64(height))*shrunk)
}
