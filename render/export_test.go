package render

import (
	"encoding/binary"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload/gpu"
)

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

// CullFrom has batches be culled from so many slots on, and from what follows for triangles and for occlusion.
func CullFrom(slots int) {
	cullFromSlots = slots
	cullFromTriangles = slots * cubeIndexCount / 3
	occludeFrom = 4 * cullFromTriangles
}

// OccludeFrom has batches leave out slots behind others from so many triangles on, and returns the number before.
func OccludeFrom(triangles int) (before int) {
	before = occludeFrom
	occludeFrom = triangles
	return before
}

// Inner is how much of the box around the mesh is within the mesh.
func (m *Mesh) Inner() float32 { return m.inner }

// Listed returns how many slots the camera's lists had last.
func (b *Batch[T]) Listed() (slots int, err error) {
	for i := range b.pages {
		p := &b.pages[i]
		if b.slotsToDraw(p) <= 0 {
			break
		}
		from, at, size := p.cull.views[0].list, 20, 24
		draws := 1
		if b.program.wgsl.sorts {
			from, at, draws = p.cull.views[0].parts, 24, len(b.meshes.draws)
			size = sortPartBytes * draws
		}
		bytes := make([]byte, size)
		if err := gpu.ReadBuffer(b.renderer.device.GPU, from, bytes); err != nil {
			return 0, err
		}
		for d := range draws {
			slots += int(binary.LittleEndian.Uint32(bytes[sortPartBytes*d+at:]))
		}
	}
	return slots, nil
}

// OcclusionRests reports whether the last frame was without occlusion because it did not pay.
func (r *Renderer) OcclusionRests() (bool, error) {
	var wait [4]byte
	err := gpu.ReadBuffer(r.device.GPU, r.occlusion.depths, wait[:])
	return binary.LittleEndian.Uint32(wait[:]) > 0, err
}

// Fitted returns the ball that the shadow maps of the last frame cover, the matrices of the two maps, and the texels
// along a side of a map.
func (r *Renderer) Fitted() (ball mgl32.Vec4, maps [2]mgl32.Mat4, texels int, err error) {
	u := make([]frameUniform, 1)
	err = gpu.ReadBuffer(r.device.GPU, r.eye.buffer, arena.Bytes(u))
	return u[0].Region, [2]mgl32.Mat4{u[0].SunMap, u[0].SkyMap}, r.studio.size, err
}

// Blind draws without weighing: so the ball follows the near plane, and with it the camera's Distance, as it did once.
func (r *Renderer) Blind(draw func()) {
	kernels := map[*program]*wgpu.ComputePipeline{}
	for _, p := range r.programs {
		kernels[p], p.weigh = p.weigh, nil
	}
	draw()
	for p, kernel := range kernels {
		p.weigh = kernel
	}
}
