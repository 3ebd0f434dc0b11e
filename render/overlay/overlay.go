// Package overlay draws text, panels and a frame-time graph over a finished frame.
//
// All of it is quads: one instance each, one pipeline, one draw. Positions are in pixels at a display scale of 1,
// from the top left, y down; New's scale turns them into the target's pixels. Colours are linear, alpha is straight.
//
// Each frame: Clear, build (Text, Box, Panel, Graph, HUD, Keys), and draw the frame through Over(target), or record
// Draw into a pass of one's own. An Overlay is for the goroutine that draws.
package overlay

import (
	_ "embed"
	"fmt"
	"math"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/shaders"
)

//go:embed overlay.wgsl
var shader string

// quad is one instance, as overlay.wgsl reads it.
type quad struct {
	rect, texels [4]float32
	color        render.Color
	edge         [2]float32
}

// Overlay is a picture to lay over frames. Build it anew for each frame, Clear first. One goroutine at a time.
type Overlay struct {
	device *render.Device
	format wgpu.TextureFormat
	scale  float32
	atlas  *atlas
	quads  []quad // what was built since Clear, in drawing order

	view      *wgpu.Buffer
	instances *wgpu.Buffer
	capacity  int // of instances, in quads
	texture   *wgpu.Texture
	texels    *wgpu.TextureView
	layout    *wgpu.BindGroupLayout
	group     *wgpu.BindGroup
	pipeline  *wgpu.RenderPipeline
}

const mostScale = 8

// New makes an overlay for targets of one format, on a display of the given scale: window.Window's Scale, or 1 for a
// picture; above 0, 8 at most. Release it before the device.
func New(d *render.Device, format wgpu.TextureFormat, scale float32) (*Overlay, error) {
	if !(scale > 0 && scale <= mostScale) {
		return nil, fmt.Errorf("overlay: a display scale of %v: it must be above 0, and %d at most", scale, mostScale)
	}
	d.Wait() // which panics, with a sentence, where the device has been released
	o := &Overlay{device: d, format: format, scale: scale}
	if err := o.init(); err != nil {
		o.Release()
		return nil, err
	}
	return o, nil
}

func (o *Overlay) init() (err error) {
	if o.atlas, err = newAtlas(float64(o.scale)); err != nil {
		return err
	}
	gpu := o.device.GPU
	picture := o.atlas.coverage
	size := wgpu.Extent3D{Width: uint32(picture.Rect.Dx()), Height: uint32(picture.Rect.Dy()), DepthOrArrayLayers: 1}
	if o.texture, err = gpu.CreateTexture(&wgpu.TextureDescriptor{
		Label: "overlay atlas", Usage: wgpu.TextureUsageTextureBinding | wgpu.TextureUsageCopyDst, Size: size,
		Dimension: wgpu.TextureDimension2D, Format: wgpu.TextureFormatR8Unorm, MipLevelCount: 1, SampleCount: 1,
	}); err != nil {
		return fmt.Errorf("overlay: create atlas: %w", err)
	}
	if err = o.device.Queue.WriteTexture(o.texture.AsImageCopy(), picture.Pix,
		&wgpu.TextureDataLayout{BytesPerRow: uint32(picture.Stride), RowsPerImage: size.Height}, &size); err != nil {
		return fmt.Errorf("overlay: write atlas: %w", err)
	}
	if o.texels, err = o.texture.CreateView(nil); err != nil {
		return fmt.Errorf("overlay: view atlas: %w", err)
	}
	if o.view, err = gpu.CreateBuffer(&wgpu.BufferDescriptor{
		Label: "overlay view", Size: 16, Usage: wgpu.BufferUsageUniform | wgpu.BufferUsageCopyDst,
	}); err != nil {
		return fmt.Errorf("overlay: create view: %w", err)
	}
	if o.layout, err = gpu.CreateBindGroupLayout(&wgpu.BindGroupLayoutDescriptor{Label: "overlay", Entries: []wgpu.BindGroupLayoutEntry{
		{Binding: 0, Visibility: wgpu.ShaderStageVertex | wgpu.ShaderStageFragment, Buffer: wgpu.BufferBindingLayout{Type: wgpu.BufferBindingTypeUniform}},
		{Binding: 1, Visibility: wgpu.ShaderStageFragment, Texture: wgpu.TextureBindingLayout{
			SampleType: wgpu.TextureSampleTypeUnfilterableFloat, ViewDimension: wgpu.TextureViewDimension2D,
		}},
	}}); err != nil {
		return fmt.Errorf("overlay: lay out bindings: %w", err)
	}
	if o.group, err = gpu.CreateBindGroup(&wgpu.BindGroupDescriptor{Label: "overlay", Layout: o.layout, Entries: []wgpu.BindGroupEntry{
		{Binding: 0, Buffer: o.view, Size: wgpu.WholeSize}, {Binding: 1, TextureView: o.texels},
	}}); err != nil {
		return fmt.Errorf("overlay: bind: %w", err)
	}
	return o.initPipeline()
}

func (o *Overlay) initPipeline() error {
	gpu := o.device.GPU
	tone := shaders.ToneSRGB
	if o.format == wgpu.TextureFormatRGBA8UnormSrgb || o.format == wgpu.TextureFormatBGRA8UnormSrgb {
		tone = shaders.ToneLinear
	}
	module, err := gpu.CreateShaderModule(&wgpu.ShaderModuleDescriptor{Label: "overlay", WGSLDescriptor: &wgpu.ShaderModuleWGSLDescriptor{Code: tone + shader}})
	if err != nil {
		return fmt.Errorf("overlay: compile shader: %w", err)
	}
	defer module.Release()
	layout, err := gpu.CreatePipelineLayout(&wgpu.PipelineLayoutDescriptor{Label: "overlay", BindGroupLayouts: []*wgpu.BindGroupLayout{o.layout}})
	if err != nil {
		return fmt.Errorf("overlay: lay out pipeline: %w", err)
	}
	defer layout.Release()
	over := wgpu.BlendComponent{SrcFactor: wgpu.BlendFactorOne, DstFactor: wgpu.BlendFactorOneMinusSrcAlpha, Operation: wgpu.BlendOperationAdd}
	o.pipeline, err = gpu.CreateRenderPipeline(&wgpu.RenderPipelineDescriptor{
		Label:  "overlay",
		Layout: layout,
		Vertex: wgpu.VertexState{Module: module, EntryPoint: "vs_main", Buffers: []wgpu.VertexBufferLayout{{
			ArrayStride: uint64(unsafe.Sizeof(quad{})), StepMode: wgpu.VertexStepModeInstance,
			Attributes: []wgpu.VertexAttribute{
				{ShaderLocation: 0, Format: wgpu.VertexFormatFloat32x4, Offset: uint64(unsafe.Offsetof(quad{}.rect))},
				{ShaderLocation: 1, Format: wgpu.VertexFormatFloat32x4, Offset: uint64(unsafe.Offsetof(quad{}.texels))},
				{ShaderLocation: 2, Format: wgpu.VertexFormatFloat32x4, Offset: uint64(unsafe.Offsetof(quad{}.color))},
				{ShaderLocation: 3, Format: wgpu.VertexFormatFloat32x2, Offset: uint64(unsafe.Offsetof(quad{}.edge))},
			},
		}}},
		Primitive:   wgpu.PrimitiveState{Topology: wgpu.PrimitiveTopologyTriangleStrip},
		Multisample: wgpu.MultisampleState{Count: 1, Mask: math.MaxUint32},
		Fragment: &wgpu.FragmentState{Module: module, EntryPoint: "fs_main", Targets: []wgpu.ColorTargetState{{
			Format: o.format, WriteMask: wgpu.ColorWriteMaskAll, Blend: &wgpu.BlendState{Color: over, Alpha: over},
		}}},
	})
	if err != nil {
		return fmt.Errorf("overlay: make pipeline: %w", err)
	}
	return nil
}

// Scale is how many of the target's pixels are one of the overlay's.
func (o *Overlay) Scale() float32 { return o.scale }

// Draw records the overlay into a pass over a target of width × height pixels: one sample, no depth. It may be
// recorded once for each submit.
func (o *Overlay) Draw(pass *wgpu.RenderPassEncoder, width, height int) error {
	o.check()
	if len(o.quads) == 0 {
		return nil
	}
	if len(o.quads) > o.capacity {
		if o.instances != nil {
			o.instances.Release()
			o.instances, o.capacity = nil, 0
		}
		capacity := 2 * len(o.quads)
		b, err := o.device.GPU.CreateBuffer(&wgpu.BufferDescriptor{
			Label: "overlay quads", Size: uint64(capacity) * uint64(unsafe.Sizeof(quad{})), Usage: wgpu.BufferUsageVertex | wgpu.BufferUsageCopyDst,
		})
		if err != nil {
			return fmt.Errorf("overlay: create buffer of %d quads: %w", capacity, err)
		}
		o.instances, o.capacity = b, capacity
	}
	if err := o.device.Queue.WriteBuffer(o.instances, 0, wgpu.ToBytes(o.quads)); err != nil {
		return fmt.Errorf("overlay: write quads: %w", err)
	}
	view := [4]float32{float32(width), float32(height)}
	if err := o.device.Queue.WriteBuffer(o.view, 0, wgpu.ToBytes(view[:])); err != nil {
		return fmt.Errorf("overlay: write view: %w", err)
	}
	pass.SetPipeline(o.pipeline)
	pass.SetBindGroup(0, o.group, nil)
	pass.SetVertexBuffer(0, o.instances, 0, wgpu.WholeSize)
	pass.Draw(4, uint32(len(o.quads)), 0, 0)
	return nil
}

// check finds an overlay that was released: its fields are zero.
func (o *Overlay) check() {
	if o.atlas == nil {
		panic("overlay: used after Release, or not made by New")
	}
}

// Release frees what New made. A second Release does nothing.
func (o *Overlay) Release() {
	if o.pipeline != nil {
		o.pipeline.Release()
	}
	if o.group != nil {
		o.group.Release()
	}
	if o.layout != nil {
		o.layout.Release()
	}
	if o.texels != nil {
		o.texels.Release()
	}
	if o.texture != nil {
		o.texture.Release()
	}
	for _, b := range []*wgpu.Buffer{o.view, o.instances} {
		if b != nil {
			b.Release()
		}
	}
	*o = Overlay{}
}
