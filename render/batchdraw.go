//go:build cgo || js

package render

import (
	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/gpu"
)

func (b *Batch[T]) culls() bool { return b.listed }

func (b *Batch[T]) encodeCull(pass *wgpu.ComputePassEncoder, v *view) {
	if !b.listed {
		return
	}
	for i := range b.pages {
		if p := &b.pages[i]; b.slotsToDraw(p) > 0 {
			b.culling.encode(pass, p.cull, v.index)
		}
	}
}

// encodeDraw records, for each page, one instanced draw of the slots that the view sees. Without culling it is a draw
// of all slots; for cubes a second draw has the last few, which do not fill an instance.
func (b *Batch[T]) encodeDraw(pass *wgpu.RenderPassEncoder, v *view) {
	pipeline := b.pipelines[v.kind]
	if b.listed {
		pipeline = b.culling.pipelines[v.kind]
	}
	if pipeline == nil {
		return
	}
	pass.SetPipeline(pipeline)
	if b.vertices == nil {
		pass.SetIndexBuffer(b.indices, wgpu.IndexFormatUint16, 0, wgpu.WholeSize)
	} else {
		pass.SetVertexBuffer(0, b.vertices, 0, wgpu.WholeSize)
		pass.SetIndexBuffer(b.indices, wgpu.IndexFormatUint32, 0, wgpu.WholeSize)
	}
	for i := range b.pages {
		p := &b.pages[i]
		n := b.slotsToDraw(p)
		switch {
		case n <= 0:
		case b.listed:
			seen := &p.cull.views[v.index]
			pass.SetBindGroup(1, seen.draw, nil)
			gpu.DrawIndexedIndirect(pass, seen.list, 0)
		case b.vertices == nil:
			pass.SetBindGroup(1, p.group, nil)
			drawCubes(pass, n)
		default:
			pass.SetBindGroup(1, p.group, nil)
			pass.DrawIndexed(b.count, uint32(n), 0, 0, 0)
		}
	}
}
