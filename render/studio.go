//go:build cgo || js

package render

import (
	"fmt"
	"strings"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/shaders"
	"github.com/slotstream/slotstream/upload/gpu"
)

// A studio has what the look Studio needs: two shadow maps, seen from the sun and from straight above, a ground and a
// horizon.
type studio struct {
	size       int           // texels along a side of a shadow map
	maps       *wgpu.Texture // a layer for each lamp
	mapsView   *wgpu.TextureView
	compare    *wgpu.Sampler
	lamps      [2]lamp // the sun, and the sky straight above
	fit        *fit
	layout     *wgpu.PipelineLayout // of the pipelines that draw shadow maps
	mapsLayout *wgpu.BindGroupLayout
	mapsGroup  *wgpu.BindGroup // group 0 of the picture: the frame and the maps
	ground     *wgpu.RenderPipeline
	horizon    *wgpu.RenderPipeline
	backdrop   *wgpu.PipelineLayout // of ground and horizon

	pass      wgpu.RenderPassDescriptor
	depthPass wgpu.RenderPassDepthStencilAttachment
}

// A lamp is a light infinitely far away that has a shadow map.
type lamp struct {
	*view
	target *wgpu.TextureView
}

func newStudio(r *Renderer) (*studio, error) {
	s := &studio{size: 2048}
	if r.device.Info.Software {
		s.size = 1024
	}
	if err := s.init(r); err != nil {
		s.Release()
		return nil, err
	}
	return s, nil
}

func (s *studio) init(r *Renderer) (err error) {
	d := r.device
	if s.maps, err = d.GPU.CreateTexture(&wgpu.TextureDescriptor{
		Label: "shadow maps", Dimension: wgpu.TextureDimension2D, Format: depthFormat, MipLevelCount: 1, SampleCount: 1,
		Size:  wgpu.Extent3D{Width: uint32(s.size), Height: uint32(s.size), DepthOrArrayLayers: uint32(len(s.lamps))},
		Usage: wgpu.TextureUsageRenderAttachment | wgpu.TextureUsageTextureBinding,
	}); err != nil {
		return fmt.Errorf("render: create shadow maps: %w", err)
	}
	layers := func(dimension wgpu.TextureViewDimension, first, count int) (*wgpu.TextureView, error) {
		return s.maps.CreateView(&wgpu.TextureViewDescriptor{
			Format: depthFormat, Dimension: dimension, MipLevelCount: 1,
			BaseArrayLayer: uint32(first), ArrayLayerCount: uint32(count), Aspect: wgpu.TextureAspectAll,
		})
	}
	if s.mapsView, err = layers(wgpu.TextureViewDimension2DArray, 0, len(s.lamps)); err != nil {
		return fmt.Errorf("render: view shadow maps: %w", err)
	}
	if s.compare, err = d.GPU.CreateSampler(&wgpu.SamplerDescriptor{
		AddressModeU: wgpu.AddressModeClampToEdge, AddressModeV: wgpu.AddressModeClampToEdge, AddressModeW: wgpu.AddressModeClampToEdge,
		MagFilter: wgpu.FilterModeLinear, MinFilter: wgpu.FilterModeLinear, MipmapFilter: wgpu.MipmapFilterModeNearest,
		LodMaxClamp: 1, MaxAnisotropy: 1, Compare: wgpu.CompareFunctionGreaterEqual,
	}); err != nil {
		return fmt.Errorf("render: create sampler: %w", err)
	}
	for i := range s.lamps {
		l := &s.lamps[i]
		if l.target, err = layers(wgpu.TextureViewDimension2D, i, 1); err != nil {
			return fmt.Errorf("render: view shadow map: %w", err)
		}
		if l.view, err = newView(r, 1+i, "lamp"); err != nil {
			return err
		}
	}
	if s.fit, err = newFit(r, s); err != nil {
		return err
	}
	if s.layout, err = newPipelineLayout(d, r.frameLayout, r.batchLayout); err != nil {
		return err
	}
	if s.mapsLayout, err = newLayout(d, "studio",
		uniformEntry(0, wgpu.ShaderStageVertex|wgpu.ShaderStageFragment),
		wgpu.BindGroupLayoutEntry{Binding: 1, Visibility: wgpu.ShaderStageFragment,
			Texture: wgpu.TextureBindingLayout{SampleType: wgpu.TextureSampleTypeDepth, ViewDimension: wgpu.TextureViewDimension2DArray}},
		wgpu.BindGroupLayoutEntry{Binding: 2, Visibility: wgpu.ShaderStageFragment,
			Sampler: wgpu.SamplerBindingLayout{Type: wgpu.SamplerBindingTypeComparison}},
	); err != nil {
		return err
	}
	if s.mapsGroup, err = newGroup(d, "studio", s.mapsLayout,
		wgpu.BindGroupEntry{Binding: 0, Buffer: r.eye.buffer, Size: wgpu.WholeSize},
		wgpu.BindGroupEntry{Binding: 1, TextureView: s.mapsView},
		wgpu.BindGroupEntry{Binding: 2, Sampler: s.compare},
	); err != nil {
		return err
	}
	if s.backdrop, err = newPipelineLayout(d, s.mapsLayout); err != nil {
		return err
	}
	module, err := newModule(d, strings.Join([]string{shaders.RecordInstance, r.scene(), shaders.LookStudio, shaders.Backdrop}, "\n"))
	if err != nil {
		return err
	}
	defer module.Release()
	if s.ground, err = r.newPipeline(module, pipelineConfig{layout: s.backdrop, vertex: "vs_ground", fragment: "fs_ground",
		topology: wgpu.PrimitiveTopologyTriangleStrip, behind: true}); err != nil {
		return err
	}
	if s.horizon, err = r.newPipeline(module, pipelineConfig{layout: s.backdrop, vertex: "vs_horizon", fragment: "fs_horizon",
		topology: wgpu.PrimitiveTopologyTriangleList, behind: true}); err != nil {
		return err
	}
	s.pass.DepthStencilAttachment = &s.depthPass
	return nil
}

// encodeMaps records the passes that draw the shadow maps, each from what its lamp sees, after the kernels that fit the
// maps to what the camera sees.
func (s *studio) encodeMaps(e *wgpu.CommandEncoder, r *Renderer, c *Camera, batches []Drawable) error {
	frame := &r.eye.uniform
	towards := [len(s.lamps)]mgl32.Vec3{frame.Sun.Vec3(), {0, 1, 0}}
	if err := s.fit.encode(e, r, c, towards, batches); err != nil {
		return err
	}
	for i := range s.lamps {
		l := &s.lamps[i]
		l.uniform = *frame
		l.uniform.Eye = towards[i].Vec4(0)
		l.uniform.Width, l.uniform.Height = float32(s.size), float32(s.size)
		if err := r.encodeCulling(e, l.view, batches); err != nil {
			return err
		}
		s.depthPass = wgpu.RenderPassDepthStencilAttachment{View: l.target, DepthLoadOp: wgpu.LoadOpClear, DepthStoreOp: wgpu.StoreOpStore}
		pass := e.BeginRenderPass(&s.pass)
		pass.SetBindGroup(0, l.group, nil)
		for _, b := range batches {
			b.encodeDraw(pass, l.view)
		}
		err := gpu.End(pass)
		pass.Release()
		if err != nil {
			return fmt.Errorf("render: end shadow pass: %w", err)
		}
	}
	return nil
}

// encodeBackdrop draws the horizon and the ground, behind the batches.
func (s *studio) encodeBackdrop(pass *wgpu.RenderPassEncoder) {
	pass.SetPipeline(s.horizon)
	pass.Draw(3, 1, 0, 0)
	pass.SetPipeline(s.ground)
	pass.Draw(4, 1, 0, 0)
}

// Release frees all of it.
func (s *studio) Release() {
	for i := range s.lamps {
		l := &s.lamps[i]
		releaseAll(l.view, l.target)
	}
	releaseAll(s.fit, s.ground, s.horizon, s.backdrop, s.layout, s.mapsGroup, s.mapsLayout, s.compare, s.mapsView, s.maps)
}
