//go:build cgo || js

package render

import (
	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/gpu"
)

func (b *Batch[T]) culls() bool { return b.listed }

func (b *Batch[T]) encodeCull(pass *wgpu.ComputePassEncoder, v *view, s stage) {
	if !b.listed {
		return
	}
	if s != stageAll && !b.hides() {
		if s == stageOcclude {
			return
		}
		s = stageAll
	}
	for i := range b.pages {
		if p := &b.pages[i]; b.slotsToDraw(p) > 0 {
			b.program.culling.encode(pass, p.cull, v.index, s)
		}
	}
}

// encodeDraw records one instanced draw for each page and mesh: of the slots that the view sees or, without culling, of
// all slots; for cubes a second draw then has the last few, which do not fill an instance.
//
// Meshes come first, pages second: so a batch of several meshes is drawn in the order of one batch for each mesh.
func (b *Batch[T]) encodeDraw(pass *wgpu.RenderPassEncoder, v *view) {
	var set *wgpu.RenderPipeline
	for i, draw := range b.meshes.draws {
		kind := draw.kind
		if b.wgsl.module != "" {
			kind = kindMesh
		}
		pipeline := b.program.all[v.kind]
		if b.listed {
			pipeline = b.program.culling.pipelines[kind][v.kind]
		}
		if pipeline == nil {
			return
		}
		if pipeline != set {
			pass.SetPipeline(pipeline)
			set = pipeline
		}
		if kind.hasVertices() {
			pass.SetVertexBuffer(0, draw.data.vertices, 0, wgpu.WholeSize)
			pass.SetIndexBuffer(draw.data.indices, wgpu.IndexFormatUint32, 0, wgpu.WholeSize)
		} else {
			pass.SetIndexBuffer(b.renderer.runs[kind], wgpu.IndexFormatUint16, 0, wgpu.WholeSize)
		}
		for k := range b.pages {
			p := &b.pages[k]
			n := b.slotsToDraw(p)
			switch {
			case n <= 0:
			case b.listed && b.program.wgsl.sorts:
				seen := &p.cull.views[v.index]
				b.offset[0] = uint32(sortPartBytes * i)
				pass.SetBindGroup(1, seen.draw, b.offset[:])
				gpu.DrawIndexedIndirect(pass, seen.parts, uint64(sortPartBytes*i))
			case b.listed:
				seen := &p.cull.views[v.index]
				pass.SetBindGroup(1, seen.draw, nil)
				gpu.DrawIndexedIndirect(pass, seen.list, 0)
			case kind == kindCube:
				pass.SetBindGroup(1, p.group, nil)
				drawCubes(pass, n)
			default:
				pass.SetBindGroup(1, p.group, nil)
				pass.DrawIndexed(draw.data.count, uint32(n), 0, 0, 0)
			}
		}
	}
}
