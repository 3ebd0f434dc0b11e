// Package overlay draws text, panels and a graph of frame times over a finished frame.
//
//	o, err := overlay.New(w.Device(), w.Format(), w.Scale())
//	...
//	target := o.Over(w)
//	for w.Next() {
//		o.Clear()
//		o.HUD(16, 16, &times, []overlay.Row{{Name: "cubes", Value: "3,000"}})
//		r.Frame(target, &camera, batch)
//	}
//
// In each frame, call Clear, build the overlay (Text, Box, Panel, HUD, Keys, Label), and draw the frame to
// Over(target).
//
// Positions are in pixels at a display scale of 1, from the top left corner, y down. New's scale turns them into the
// target's pixels. Colours are linear and not premultiplied. A HUD (head-up display) is a panel with the state of
// the program.
//
// The whole overlay is drawn by one draw call, an instance for each rectangle and each character.
//
// An Overlay is for the goroutine that draws. After Release its methods panic.
package overlay

import (
	_ "embed"
	"fmt"
	"math"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/internal/targets"
	"github.com/slotstream/slotstream/shaders"
	"github.com/slotstream/slotstream/upload/gpu"
)

//go:embed overlay.wgsl
var shader string

// quad is one instance, as overlay.wgsl reads it.
type quad struct {
	rect, texels [4]float32
	color        render.Color
	edge         [2]float32
	behind       [3]float32 // of a label that things may hide: its pixel and its depth
}

// Overlay is a picture that lies over frames. Build it anew for each frame, after Clear.
type Overlay struct {
	device *render.Device
	format wgpu.TextureFormat
	scale  float32
	atlas  *atlas
	quads  []quad // built since Clear, in drawing order
	labels labels

	view      *wgpu.Buffer
	depth     depth
	instances *wgpu.Buffer
	capacity  int           // of instances, in quads
	texture   *wgpu.Texture // of the atlas
	rows      int           // of texels in it
	texels    *wgpu.TextureView
	layout    *wgpu.BindGroupLayout
	group     *wgpu.BindGroup
}

const mostScale = 8

// New makes an overlay for targets of a format, on a display of a scale: a Window's Format and Scale, or a picture's
// Format and 1. The scale must be above 0 and at most 8. Release the overlay before the device.
func New(d *render.Device, format wgpu.TextureFormat, scale float32) (*Overlay, error) {
	if !(scale > 0 && scale <= mostScale) {
		return nil, fmt.Errorf("overlay: a display scale of %v: it must be above 0 and at most %d", scale, mostScale)
	}
	d.Wait() // panics if the device has been released
	o := &Overlay{device: d, format: format, scale: scale}
	if err := o.init(); err != nil {
		o.Release()
		return nil, err
	}
	return o, nil
}

func (o *Overlay) init() (err error) {
	if o.atlas, err = newAtlas(float64(o.scale), o.device.MaxSize()); err != nil {
		return err
	}
	gpu := o.device.GPU
	if o.view, err = gpu.CreateBuffer(&wgpu.BufferDescriptor{
		Label: "overlay view", Size: 16, Usage: wgpu.BufferUsageUniform | wgpu.BufferUsageCopyDst,
	}); err != nil {
		return fmt.Errorf("overlay: create a buffer: %w", err)
	}
	if o.layout, err = gpu.CreateBindGroupLayout(&wgpu.BindGroupLayoutDescriptor{Label: "overlay", Entries: []wgpu.BindGroupLayoutEntry{
		{Binding: 0, Visibility: wgpu.ShaderStageVertex | wgpu.ShaderStageFragment, Buffer: wgpu.BufferBindingLayout{Type: wgpu.BufferBindingTypeUniform}},
		{Binding: 1, Visibility: wgpu.ShaderStageFragment, Texture: wgpu.TextureBindingLayout{
			SampleType: wgpu.TextureSampleTypeUnfilterableFloat, ViewDimension: wgpu.TextureViewDimension2D,
		}},
	}}); err != nil {
		return fmt.Errorf("overlay: lay out bindings: %w", err)
	}
	if err = o.depth.init(gpu); err != nil {
		return err
	}
	if err = o.upload(); err != nil {
		return err
	}
	return o.initPipeline()
}

// upload brings new glyphs to the GPU, in a larger texture if they need one.
func (o *Overlay) upload() (err error) {
	picture := o.atlas.coverage
	width, rows := picture.Rect.Dx(), picture.Rect.Dy()
	if rows > o.rows {
		o.releaseTexture()
		if o.texture, err = o.device.GPU.CreateTexture(&wgpu.TextureDescriptor{
			Label: "overlay atlas", Usage: wgpu.TextureUsageTextureBinding | wgpu.TextureUsageCopyDst,
			Size:      wgpu.Extent3D{Width: uint32(width), Height: uint32(rows), DepthOrArrayLayers: 1},
			Dimension: wgpu.TextureDimension2D, Format: wgpu.TextureFormatR8Unorm, MipLevelCount: 1, SampleCount: 1,
		}); err != nil {
			return fmt.Errorf("overlay: create the atlas: %w", err)
		}
		if o.texels, err = o.texture.CreateView(nil); err != nil {
			return fmt.Errorf("overlay: view the atlas: %w", err)
		}
		if o.group, err = o.device.GPU.CreateBindGroup(&wgpu.BindGroupDescriptor{Label: "overlay", Layout: o.layout, Entries: []wgpu.BindGroupEntry{
			{Binding: 0, Buffer: o.view, Size: wgpu.WholeSize}, {Binding: 1, TextureView: o.texels},
		}}); err != nil {
			return fmt.Errorf("overlay: bind: %w", err)
		}
		o.rows, o.atlas.changed = rows, 0
	}
	first := o.atlas.changed
	if first >= rows {
		return nil
	}
	to := o.texture.AsImageCopy()
	to.Origin.Y = uint32(first)
	size := wgpu.Extent3D{Width: uint32(width), Height: uint32(rows - first), DepthOrArrayLayers: 1}
	if err = gpu.WriteTexture(o.device.Queue, to, picture.Pix[first*picture.Stride:],
		&wgpu.TextureDataLayout{BytesPerRow: uint32(picture.Stride), RowsPerImage: size.Height}, &size); err != nil {
		return fmt.Errorf("overlay: write the atlas: %w", err)
	}
	o.atlas.changed = rows
	return nil
}

func (o *Overlay) initPipeline() (err error) {
	for i := range o.depth.pipelines {
		if o.depth.pipelines[i], err = o.newPipeline(i); err != nil {
			return err
		}
	}
	return nil
}

// newPipeline makes a pipeline beside a depth texture of one sample, or of several.
func (o *Overlay) newPipeline(several int) (*wgpu.RenderPipeline, error) {
	d := o.device.GPU
	tone := shaders.ToneSRGB
	if targets.EncodesSRGB(o.format) {
		tone = shaders.ToneLinear
	}
	module, err := d.CreateShaderModule(&wgpu.ShaderModuleDescriptor{Label: "overlay", WGSLDescriptor: &wgpu.ShaderModuleWGSLDescriptor{Code: tone + depthTexts[several] + shader}})
	if err != nil {
		return nil, fmt.Errorf("overlay: compile the shader: %w", err)
	}
	defer module.Release()
	layout, err := d.CreatePipelineLayout(&wgpu.PipelineLayoutDescriptor{Label: "overlay", BindGroupLayouts: []*wgpu.BindGroupLayout{o.layout, o.depth.layouts[several]}})
	if err != nil {
		return nil, fmt.Errorf("overlay: lay out the pipeline: %w", err)
	}
	defer layout.Release()
	over := wgpu.BlendComponent{SrcFactor: wgpu.BlendFactorOne, DstFactor: wgpu.BlendFactorOneMinusSrcAlpha, Operation: wgpu.BlendOperationAdd}
	desc := wgpu.RenderPipelineDescriptor{
		Label:  "overlay",
		Layout: layout,
		Vertex: wgpu.VertexState{Module: module, EntryPoint: "vs_main", Buffers: []wgpu.VertexBufferLayout{{
			ArrayStride: uint64(unsafe.Sizeof(quad{})), StepMode: wgpu.VertexStepModeInstance,
			Attributes: []wgpu.VertexAttribute{
				{ShaderLocation: 0, Format: wgpu.VertexFormatFloat32x4, Offset: uint64(unsafe.Offsetof(quad{}.rect))},
				{ShaderLocation: 1, Format: wgpu.VertexFormatFloat32x4, Offset: uint64(unsafe.Offsetof(quad{}.texels))},
				{ShaderLocation: 2, Format: wgpu.VertexFormatFloat32x4, Offset: uint64(unsafe.Offsetof(quad{}.color))},
				{ShaderLocation: 3, Format: wgpu.VertexFormatFloat32x2, Offset: uint64(unsafe.Offsetof(quad{}.edge))},
				{ShaderLocation: 4, Format: wgpu.VertexFormatFloat32x3, Offset: uint64(unsafe.Offsetof(quad{}.behind))},
			},
		}}},
		Primitive:   wgpu.PrimitiveState{Topology: wgpu.PrimitiveTopologyTriangleStrip},
		Multisample: wgpu.MultisampleState{Count: 1, Mask: math.MaxUint32},
		Fragment: &wgpu.FragmentState{Module: module, EntryPoint: "fs_main", Targets: []wgpu.ColorTargetState{{
			Format: o.format, WriteMask: wgpu.ColorWriteMaskAll, Blend: &wgpu.BlendState{Color: over, Alpha: over},
		}}},
	}
	var pipeline *wgpu.RenderPipeline
	err = gpu.Check(d, func() (err error) { pipeline, err = d.CreateRenderPipeline(&desc); return err })
	if err != nil {
		return nil, fmt.Errorf("overlay: make the pipeline: %w", err)
	}
	return pipeline, nil
}

// Scale returns the display scale that New was given: how many of the target's pixels one of the overlay's is.
func (o *Overlay) Scale() float32 { return o.scale }

// draw records the overlay into a pass over a target of width × height pixels, which has one sample and no depth. It
// may be recorded once for each submit.
func (o *Overlay) draw(pass *wgpu.RenderPassEncoder, width, height int) error {
	o.layLabels(width, height)
	if err := o.upload(); err != nil {
		return err
	}
	n := len(o.labels.quads) + len(o.quads)
	if n == 0 { // all labels are out of the picture
		return nil
	}
	if n > o.capacity {
		if o.instances != nil {
			o.instances.Release()
			o.instances, o.capacity = nil, 0
		}
		most := int(o.device.GPU.GetLimits().Limits.MaxBufferSize / uint64(unsafe.Sizeof(quad{})))
		if n > most {
			return fmt.Errorf("overlay: draw: %d letters and boxes in one frame: a buffer of this device holds %d: draw less text", n, most)
		}
		capacity := min(2*n, most)
		b, err := o.device.GPU.CreateBuffer(&wgpu.BufferDescriptor{
			Label: "overlay quads", Size: uint64(capacity) * uint64(unsafe.Sizeof(quad{})), Usage: wgpu.BufferUsageVertex | wgpu.BufferUsageCopyDst,
		})
		if err != nil {
			return fmt.Errorf("overlay: create a buffer of %d quads: %w", capacity, err)
		}
		o.instances, o.capacity = b, capacity
	}
	at := uint64(0) // labels lie below all else
	for _, quads := range [2][]quad{o.labels.quads, o.quads} {
		if len(quads) == 0 {
			continue
		}
		if err := gpu.WriteBuffer(o.device.Queue, o.instances, at, wgpu.ToBytes(quads)); err != nil {
			return fmt.Errorf("overlay: write quads: %w", err)
		}
		at += uint64(len(quads)) * uint64(unsafe.Sizeof(quad{}))
	}
	view := [4]float32{float32(width), float32(height)}
	if err := gpu.WriteBuffer(o.device.Queue, o.view, 0, wgpu.ToBytes(view[:])); err != nil {
		return fmt.Errorf("overlay: write the size of the target: %w", err)
	}
	pipeline, group, err := o.depth.bind(o.device.GPU, o.labels.renderer)
	if err != nil {
		return err
	}
	pass.SetPipeline(pipeline)
	pass.SetBindGroup(0, o.group, nil)
	pass.SetBindGroup(1, group, nil)
	pass.SetVertexBuffer(0, o.instances, 0, wgpu.WholeSize)
	pass.Draw(4, uint32(n), 0, 0)
	return nil
}

// check panics after Release, when the fields are zero.
func (o *Overlay) check() {
	if o.atlas == nil {
		panic("overlay: used after Release, or not made by New")
	}
}

// Release frees what New made. A second Release does nothing.
func (o *Overlay) Release() {
	o.depth.release()
	o.releaseTexture()
	if o.layout != nil {
		o.layout.Release()
	}
	for _, b := range []*wgpu.Buffer{o.view, o.instances} {
		if b != nil {
			b.Release()
		}
	}
	*o = Overlay{}
}

func (o *Overlay) releaseTexture() {
	if o.group != nil {
		o.group.Release()
	}
	if o.texels != nil {
		o.texels.Release()
	}
	if o.texture != nil {
		o.texture.Release()
	}
	o.group, o.texels, o.texture, o.rows = nil, nil, nil, 0
}
