//go:build cgo

package render

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/shaders"
	"github.com/slotstream/slotstream/upload/gpu"
)

// A Hit is what Pick has found.
type Hit struct {
	Batch int // which of the batches given
	Slot  int // the arena index of the slot
}

// Pick finds the slot that is seen at a pixel of a picture of width × height pixels,
// counted from its upper left: of all batches the nearest, as they were uploaded last
// and at Now. ok is false where no batch covers the pixel. Batches with a Module are
// not found.
//
// It draws that one pixel, with culling next to nothing beside it, and waits for the
// GPU: for a frame or so. Call it between frames, on the goroutine that draws them: not between
// Encode and the submit of what that recorded.
func (r *Renderer) Pick(c *Camera, width, height, x, y int, batches ...Drawable) (hit Hit, ok bool, err error) {
	r.check("Pick")
	if err := r.draws("Pick", c, batches); err != nil {
		return hit, false, err
	}
	if x < 0 || y < 0 || x >= width || y >= height {
		return hit, false, nil
	}
	if r.picker == nil {
		if r.picker, err = newPicker(r); err != nil {
			return hit, false, err
		}
	}
	numbers := make(map[uint32]int, len(batches))
	for i, b := range batches {
		id, err := b.picks()
		if err != nil {
			return hit, false, err
		}
		numbers[id] = i
	}
	v := r.picker.view
	v.frame = r.eye.frame
	projection, eye := onePixel(width, height, x, y).Mul4(c.Projection(float32(width)/float32(height))), c.fromOrigin()
	v.frame.ViewProj, v.frame.EyeProj = projection.Mul4(c.View()), projection.Mul4(c.turn())
	v.frame.Eye = c.Eye().Vec4(1)
	for _, b := range batches {
		if err := b.place(c.Origin, eye); err != nil {
			return hit, false, err
		}
	}
	v.frame.Now = MotionClock(r.Now)
	id, slot, err := r.picker.draw(r, batches)
	if err != nil || slot == 0 {
		return hit, false, err
	}
	return Hit{Batch: numbers[id], Slot: int(slot) - 1}, true, nil
}

// onePixel makes a pixel all that there is to see, in clip coordinates.
func onePixel(width, height, x, y int) mgl32.Mat4 {
	w, h := float32(width), float32(height)
	m := mgl32.Scale3D(w, h, 1)
	m[12], m[13] = w-2*float32(x)-1, 2*float32(y)+1-h
	return m
}

// picker draws which slot of which batch covers a pixel, into a picture of one.
type picker struct {
	view   *view
	color  *wgpu.Texture
	target *wgpu.TextureView
	depth  *wgpu.Texture
	behind *wgpu.TextureView
	buffer *wgpu.Buffer // what is read back
}

const pickFormat = wgpu.TextureFormatRG32Uint

func newPicker(r *Renderer) (*picker, error) {
	p := &picker{}
	if err := p.init(r); err != nil {
		p.Release()
		return nil, err
	}
	return p, nil
}

func (p *picker) init(r *Renderer) (err error) {
	d := r.device
	if p.view, err = newView(r, 0, "pick"); err != nil {
		return err
	}
	p.view.draws = drawsSlots
	if p.color, p.target, err = newTexture(d, "pick", 1, 1, pickFormat, 1, wgpu.TextureUsageRenderAttachment|wgpu.TextureUsageCopySrc); err != nil {
		return err
	}
	if p.depth, p.behind, err = newTexture(d, "pick depth", 1, 1, depthFormat, 1, wgpu.TextureUsageRenderAttachment); err != nil {
		return err
	}
	p.buffer, err = d.GPU.CreateBuffer(&wgpu.BufferDescriptor{Label: "pick", Size: 256, Usage: wgpu.BufferUsageCopyDst | wgpu.BufferUsageCopySrc})
	if err != nil {
		return fmt.Errorf("render: create the buffer of picking: %w", err)
	}
	return nil
}

// draw draws the pixel and reads it: a batch's number, and the slot's index from 1; 0
// for nothing.
func (p *picker) draw(r *Renderer, batches []Drawable) (id, slot uint32, err error) {
	err = r.device.submit(func(e *wgpu.CommandEncoder) error {
		if err := r.prepare(e, p.view, batches); err != nil {
			return err
		}
		pass := e.BeginRenderPass(&wgpu.RenderPassDescriptor{
			ColorAttachments:       []wgpu.RenderPassColorAttachment{{View: p.target, LoadOp: wgpu.LoadOpClear, StoreOp: wgpu.StoreOpStore}},
			DepthStencilAttachment: &wgpu.RenderPassDepthStencilAttachment{View: p.behind, DepthLoadOp: wgpu.LoadOpClear, DepthStoreOp: wgpu.StoreOpDiscard},
		})
		defer pass.Release()
		pass.SetBindGroup(0, p.view.group, nil)
		for _, b := range batches {
			b.draw(pass, p.view)
		}
		if err := pass.End(); err != nil {
			return err
		}
		return e.CopyTextureToBuffer(p.color.AsImageCopy(),
			&wgpu.ImageCopyBuffer{Buffer: p.buffer, Layout: wgpu.TextureDataLayout{BytesPerRow: 256, RowsPerImage: 1}},
			&wgpu.Extent3D{Width: 1, Height: 1, DepthOrArrayLayers: 1})
	})
	if err != nil {
		return 0, 0, fmt.Errorf("render: pick: %w", err)
	}
	var found [8]byte
	if err := gpu.ReadBuffer(r.device.GPU, p.buffer, found[:]); err != nil {
		return 0, 0, fmt.Errorf("render: pick: %w", err)
	}
	return binary.LittleEndian.Uint32(found[:]), binary.LittleEndian.Uint32(found[4:]), nil
}

func (p *picker) Release() {
	releaseAll(p.target, p.color, p.behind, p.depth, p.buffer, p.view)
}

// picks compiles the pipelines that picking needs, the first time.
func (b *Batch[T]) picks() (id uint32, err error) {
	id = b.uniform.ID
	if b.shared == "" {
		return id, nil
	}
	if b.pipelines[drawsSlots] == nil {
		b.pipelines[drawsSlots], err = b.pickPipeline(b.renderer.batchLayout, shaders.PlaceAll, shaders.PlacedRecord)
	}
	if c := b.culling; err == nil && c != nil && c.pipelines[drawsSlots] == nil {
		placed := shaders.PlacedRecord
		if c.keeps {
			placed = shaders.PlacedKept
		}
		c.pipelines[drawsSlots], err = b.pickPipeline(c.seen, shaders.PlaceSeen, placed)
	}
	return id, err
}

// pickStages are the vertex and fragment stages that pick, but for slot_at and placed.
func (b *Batch[T]) pickStages() []string {
	if b.vertices != nil {
		return []string{shaders.VertexMesh, shaders.Pick}
	}
	return []string{shaders.Corner, shaders.VertexCube, shaders.Pick}
}

func (b *Batch[T]) pickPipeline(group *wgpu.BindGroupLayout, place, placed string) (*wgpu.RenderPipeline, error) {
	o := pipelineConfig{vertex: "vs_main", fragment: "fs_pick", topology: wgpu.PrimitiveTopologyTriangleList, format: pickFormat, samples: 1}
	if b.vertices != nil {
		o.buffers = vertexLayout
	}
	parts := append([]string{b.shared, place, placed}, b.pickStages()...)
	module, err := newModule(b.renderer.device, strings.Join(parts, "\n"))
	if err != nil {
		return nil, err
	}
	defer module.Release()
	if o.layout, err = newPipelineLayout(b.renderer.device, b.renderer.frameLayout, group); err != nil {
		return nil, err
	}
	defer o.layout.Release()
	return b.renderer.newPipeline(module, o)
}
