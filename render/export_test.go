package render

import "github.com/cogentcore/webgpu/wgpu"

// Cull runs the kernels that list what the camera sees in a picture of that size, and draws nothing: for benchmarks.
func (r *Renderer) Cull(c *Camera, width, height int, batches ...Drawable) error {
	projection := c.Projection(float32(width) / float32(height))
	r.eye.uniform.Pixels = pixelsOf(projection, height)
	if err := r.aim(r.eye, c, projection, batches); err != nil {
		return err
	}
	return r.device.submit(func(e *wgpu.CommandEncoder) error { return r.encodeCulling(e, r.eye, batches) })
}

// Programs returns how many programs the batches share.
func (r *Renderer) Programs() int { return len(r.programs) }
