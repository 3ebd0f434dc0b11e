//go:build cgo || js

package render

import (
	"encoding/binary"
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/upload/gpu"
)

// A Hit is the slot that Pick found.
type Hit struct {
	Batch int // index of the batch in Pick's arguments
	Slot  int // arena index of the slot
	Shape int // the slot's shape, if the batch shows a MeshSet
}

// Pick finds the slot that is visible at a pixel of a picture of width × height pixels. x and y count from the upper
// left corner. The slots are those of the batches' last upload, at the time Now. ok is false where no batch covers the
// pixel. Pick does not find batches with a Module.
//
// Pick draws that one pixel and waits for the GPU, about as long as for a frame. Call it between frames, on the render
// goroutine, and not between Encode and the submit of what Encode recorded.
func (r *Renderer) Pick(c *Camera, width, height, x, y int, batches ...Drawable) (hit Hit, ok bool, err error) {
	r.check("Pick")
	if err := r.checkScene("Pick", c, batches); err != nil {
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
	indices := make(map[uint32]int, len(batches))
	for i, b := range batches {
		indices[b.id()] = i
	}
	v := r.picker.view
	v.uniform = r.eye.uniform
	projection := c.Projection(float32(width) / float32(height))
	v.uniform.Pixels = pixelsOf(projection, height)
	v.uniform.Width, v.uniform.Height = 1, 1 // the view is one pixel
	if err := r.aim(v, c, onePixel(width, height, x, y).Mul4(projection), batches); err != nil {
		return hit, false, err
	}
	found, err := r.picker.draw(r, batches)
	if err != nil || found.slot == 0 {
		return hit, false, err
	}
	return Hit{Batch: indices[found.id], Slot: int(found.slot) - 1, Shape: int(found.shape)}, true, nil
}

// onePixel scales clip coordinates so that one pixel fills the view.
func onePixel(width, height, x, y int) mgl32.Mat4 {
	w, h := float32(width), float32(height)
	m := mgl32.Scale3D(w, h, 1)
	m[12], m[13] = w-2*float32(x)-1, 2*float32(y)+1-h
	return m
}

// A picker draws, into a picture of one pixel, the number of the batch and the slot that cover it.
type picker struct {
	view      *view
	color     *wgpu.Texture
	colorView *wgpu.TextureView
	depth     *wgpu.Texture
	depthView *wgpu.TextureView
	buffer    *wgpu.Buffer // color is copied to it, to be read
}

const pickFormat = wgpu.TextureFormatRGBA32Uint

// picked is what a pixel of pickFormat holds (shaders/pick.wgsl). All is 0 where nothing covers the pixel.
type picked struct {
	id    uint32 // number of the batch
	slot  uint32 // arena index, plus 1
	shape uint32
}

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
	p.view.kind = passSlots
	if p.color, p.colorView, err = newTexture(d, "pick", 1, 1, pickFormat, 1, wgpu.TextureUsageRenderAttachment|wgpu.TextureUsageCopySrc); err != nil {
		return err
	}
	if p.depth, p.depthView, err = newTexture(d, "pick depth", 1, 1, depthFormat, 1, wgpu.TextureUsageRenderAttachment); err != nil {
		return err
	}
	p.buffer, err = newEmptyBuffer(d, "pick", 256, wgpu.BufferUsageCopyDst|wgpu.BufferUsageCopySrc)
	return err
}

// draw draws the pixel and reads it back.
func (p *picker) draw(r *Renderer, batches []Drawable) (picked, error) {
	err := r.device.submit(func(e *wgpu.CommandEncoder) error {
		if err := r.encodeCulling(e, p.view, batches); err != nil {
			return err
		}
		pass := e.BeginRenderPass(&wgpu.RenderPassDescriptor{
			ColorAttachments:       []wgpu.RenderPassColorAttachment{{View: p.colorView, LoadOp: wgpu.LoadOpClear, StoreOp: wgpu.StoreOpStore}},
			DepthStencilAttachment: &wgpu.RenderPassDepthStencilAttachment{View: p.depthView, DepthLoadOp: wgpu.LoadOpClear, DepthStoreOp: wgpu.StoreOpDiscard},
		})
		defer pass.Release()
		pass.SetBindGroup(0, p.view.group, nil)
		for _, b := range batches {
			b.encodeDraw(pass, p.view)
		}
		if err := gpu.End(pass); err != nil {
			return err
		}
		return e.CopyTextureToBuffer(p.color.AsImageCopy(),
			&wgpu.ImageCopyBuffer{Buffer: p.buffer, Layout: wgpu.TextureDataLayout{BytesPerRow: 256, RowsPerImage: 1}},
			&wgpu.Extent3D{Width: 1, Height: 1, DepthOrArrayLayers: 1})
	})
	if err != nil {
		return picked{}, fmt.Errorf("render: pick: %w", err)
	}
	var found [12]byte
	if err := gpu.ReadBuffer(r.device.GPU, p.buffer, found[:]); err != nil {
		return picked{}, fmt.Errorf("render: pick: %w", err)
	}
	word := func(i int) uint32 { return binary.LittleEndian.Uint32(found[4*i:]) }
	return picked{word(0), word(1), word(2)}, nil
}

func (p *picker) Release() {
	releaseAll(p.colorView, p.color, p.depthView, p.depth, p.buffer, p.view)
}

// id is the batch's number among all that the renderer ever had.
func (b *Batch[T]) id() uint32 { return b.uniform.ID }
