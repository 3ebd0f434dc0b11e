//go:build cgo || js

package render

import (
	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload"
)

// A batchPage is what the shaders need to draw one page of the uploader.
type batchPage struct {
	page    upload.Page
	uniform *wgpu.Buffer
	placed  batchUniform // what uniform holds
	group   *wgpu.BindGroup
	cull    *cullPage // nil: the page was never culled
}

// bindPages makes a batchPage for every page of the uploader that is new.
func (b *Batch[T]) bindPages() error {
	b.listed = false // until all below has succeeded, draw all slots
	for i, p := range b.uploader.Pages() {
		if i < len(b.pages) {
			if b.pages[i].page.Buffer == p.Buffer {
				b.pages[i].page = p
				continue
			}
			b.releasePages(i)
		}
		b.uniform.First = uint32(p.First)
		bp := batchPage{page: p, placed: b.uniform}
		var err error
		if bp.uniform, err = newBuffer(b.renderer.device, "batch", arena.Bytes([]batchUniform{b.uniform}),
			wgpu.BufferUsageUniform|wgpu.BufferUsageCopyDst); err != nil {
			return err
		}
		bp.group, err = newGroup(b.renderer.device, "batch", b.renderer.batchLayout,
			wgpu.BindGroupEntry{Binding: 0, Buffer: p.Buffer, Size: wgpu.WholeSize},
			wgpu.BindGroupEntry{Binding: 1, Buffer: bp.uniform, Size: wgpu.WholeSize})
		if err != nil {
			bp.release()
			return err
		}
		b.pages = append(b.pages, bp)
	}
	return b.bindCulling()
}

// bindCulling prepares the pages to be drawn from lists, once that pays.
func (b *Batch[T]) bindCulling() error {
	if err := b.bindShapes(); err != nil {
		return err
	}
	c := b.program.culling
	if c == nil || !c.sorts && b.stats.HighWater < cullFromSlots && b.stats.HighWater*b.triangles() < cullFromTriangles {
		return nil
	}
	m := &b.meshes.shapes[0]
	mesh := cullUniform{IndexCount: cubeIndexCount, Run: cubeRun, Center: m.center.Vec4(b.meshes.draws[0].inner), Half: m.half.Vec4(0)}
	if d := &b.meshes.draws[0]; d.kind.hasVertices() {
		mesh.Run, mesh.IndexCount = 0, d.data.count
	}
	for i := range b.pages {
		p := &b.pages[i]
		if p.cull == nil {
			var err error
			p.cull, err = c.newPage(b.renderer, p.page.Buffer, p.uniform, b.sortSet, p.page.Count, mesh, len(b.meshes.draws)+1)
			if err != nil {
				return err
			}
		}
		if err := c.setSlots(p.cull, b.renderer.device, max(0, b.slotsToDraw(p))); err != nil {
			return err
		}
		if err := b.writeShapes(p); err != nil {
			return err
		}
	}
	b.shapeOf.written()
	b.listed = true
	return nil
}

// triangles returns how many triangles are drawn for a slot.
func (b *Batch[T]) triangles() int {
	if d := &b.meshes.draws[0]; d.kind.hasVertices() {
		return int(d.data.count) / 3
	}
	return cubeIndexCount / 3
}

// slotsToDraw returns how many slots of a page are below the high water. It is negative for a page above it.
func (b *Batch[T]) slotsToDraw(p *batchPage) int {
	return min(p.page.Count, b.stats.HighWater-p.page.First)
}

// releasePages releases the pages from number first on.
func (b *Batch[T]) releasePages(first int) {
	for i := first; i < len(b.pages); i++ {
		b.pages[i].release()
	}
	b.pages = b.pages[:first]
}

func (p *batchPage) release() { releaseAll(p.cull, p.group, p.uniform) }
