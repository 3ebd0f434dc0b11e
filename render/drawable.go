//go:build cgo || js

package render

import (
	"time"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload"
)

// Drawable is a *Batch of any type. Only batches implement it.
type Drawable interface {
	// Upload is Batch.Upload.
	Upload() (upload.Stats, error)

	// Stats is Batch.Stats.
	Stats() upload.Stats

	// source returns the arena. Frame compares sources, so that it descends once into an arena that several batches
	// follow.
	source() any
	descend() arena.Delta

	// rendererFor returns the renderer that the batch was made for. It panics if something that the batch needs was
	// released.
	rendererFor(doing string) *Renderer

	// writePlace tells the shaders where the batch is, seen from a camera, and what its clock shows.
	writePlace(origin, eye mgl64.Vec3, now time.Duration) error

	// id returns the batch's number, by which Pick tells batches apart.
	id() uint32

	// culls reports whether the next frame draws from lists of visible slots, and hides whether it may leave out slots
	// behind others. encodeCull records the kernels that make a view's lists; encodeDraw records the draws.
	culls() bool
	hides() bool
	encodeCull(pass *wgpu.ComputePassEncoder, v *view, s stage)
	encodeDraw(pass *wgpu.RenderPassEncoder, v *view)

	// encodeWeighing records the kernel that weighs what the camera sees, for the look Studio.
	encodeWeighing(pass *wgpu.ComputePassEncoder)

	// encodeLacking records that the number of slots whose shape the set lacks is read back, and lackingShapes returns
	// the number that arrived last.
	encodeLacking(e *wgpu.CommandEncoder) error
	lackingShapes() int
}
