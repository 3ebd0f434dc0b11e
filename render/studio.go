//go:build cgo

package render

import (
	"fmt"
	"math"
	"strings"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/shaders"
)

// studio is what the look Studio needs: depth maps seen from the sun and from
// above, and a ground with a horizon.
type studio struct {
	size       int           // texels a side of a depth map
	maps       *wgpu.Texture // two layers
	mapsView   *wgpu.TextureView
	compare    *wgpu.Sampler
	lamps      [2]lamp
	layout     *wgpu.PipelineLayout // of depth maps
	mapsLayout *wgpu.BindGroupLayout
	mapsGroup  *wgpu.BindGroup // group 0 of the scene, with the maps
	ground     *wgpu.RenderPipeline
	horizon    *wgpu.RenderPipeline
	sceneRoot  *wgpu.PipelineLayout // of ground and horizon

	// Where in the world the texels of the depth maps count from: an Origin of a camera
	// that was near. (Texels counted from far away would fall otherwise in two places
	// where all else is the same.)
	anchor mgl64.Vec3

	pass      wgpu.RenderPassDescriptor
	depthPass wgpu.RenderPassDepthStencilAttachment
}

// lamp is a light infinitely far away with a depth map of its own.
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
		Label: "depth maps", Dimension: wgpu.TextureDimension2D, Format: depthFormat, MipLevelCount: 1, SampleCount: 1,
		Size:  wgpu.Extent3D{Width: uint32(s.size), Height: uint32(s.size), DepthOrArrayLayers: uint32(len(s.lamps))},
		Usage: wgpu.TextureUsageRenderAttachment | wgpu.TextureUsageTextureBinding,
	}); err != nil {
		return fmt.Errorf("render: create depth maps: %w", err)
	}
	layers := func(dimension wgpu.TextureViewDimension, first, count int) (*wgpu.TextureView, error) {
		return s.maps.CreateView(&wgpu.TextureViewDescriptor{
			Format: depthFormat, Dimension: dimension, MipLevelCount: 1,
			BaseArrayLayer: uint32(first), ArrayLayerCount: uint32(count), Aspect: wgpu.TextureAspectAll,
		})
	}
	if s.mapsView, err = layers(wgpu.TextureViewDimension2DArray, 0, len(s.lamps)); err != nil {
		return fmt.Errorf("render: view depth maps: %w", err)
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
			return fmt.Errorf("render: view depth map: %w", err)
		}
		if l.view, err = newView(r, 1+i, "lamp"); err != nil {
			return err
		}
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
		wgpu.BindGroupEntry{Binding: 0, Buffer: r.eye.data, Size: wgpu.WholeSize},
		wgpu.BindGroupEntry{Binding: 1, TextureView: s.mapsView},
		wgpu.BindGroupEntry{Binding: 2, Sampler: s.compare},
	); err != nil {
		return err
	}
	if s.sceneRoot, err = newPipelineLayout(d, s.mapsLayout); err != nil {
		return err
	}
	module, err := newModule(d, strings.Join([]string{shaders.RecordInstance, r.scene(), shaders.LookStudio, shaders.Backdrop}, "\n"))
	if err != nil {
		return err
	}
	defer module.Release()
	if s.ground, err = r.newPipeline(module, pipelineConfig{layout: s.sceneRoot, vertex: "vs_ground", fragment: "fs_ground",
		topology: wgpu.PrimitiveTopologyTriangleStrip, behind: true}); err != nil {
		return err
	}
	if s.horizon, err = r.newPipeline(module, pipelineConfig{layout: s.sceneRoot, vertex: "vs_horizon", fragment: "fs_horizon",
		topology: wgpu.PrimitiveTopologyTriangleList, behind: true}); err != nil {
		return err
	}
	s.pass.DepthStencilAttachment = &s.depthPass
	return nil
}

// encode draws the depth maps, each of what its lamp sees, and points the eye's frame
// at them.
func (s *studio) encode(e *wgpu.CommandEncoder, r *Renderer, c *Camera, batches []Drawable) error {
	radius := c.whole().Distance * 1.2
	if away := c.Origin.Sub(s.anchor).Len(); !(away < 1000*float64(radius)) {
		s.anchor = c.Origin
	}
	frame, eye := &r.eye.frame, c.fromOrigin()
	frame.Region = narrow(wide(c.Target).Sub(eye)).Vec4(radius)
	sun, sky := frame.Sun.Vec3(), mgl32.Vec3{0, 1, 0}
	var clip [2]mgl32.Mat4
	clip[0], frame.SunMap = s.lampMatrices(sun, c, eye, radius)
	clip[1], frame.SkyMap = s.lampMatrices(sky, c, eye, radius)
	for i, towards := range [2]mgl32.Vec3{sun, sky} {
		l := &s.lamps[i]
		l.frame = *frame
		l.frame.EyeProj, l.frame.Eye = clip[i], towards.Vec4(0)
		if err := r.prepare(e, l.view, batches); err != nil {
			return err
		}
		s.depthPass = wgpu.RenderPassDepthStencilAttachment{View: l.target, DepthLoadOp: wgpu.LoadOpClear, DepthStoreOp: wgpu.StoreOpStore}
		pass := e.BeginRenderPass(&s.pass)
		pass.SetBindGroup(0, l.group, nil)
		for _, b := range batches {
			b.draw(pass, l.view)
		}
		err := pass.End()
		pass.Release()
		if err != nil {
			return fmt.Errorf("render: end depth pass: %w", err)
		}
	}
	return nil
}

// backdrop draws what is behind the batches.
func (s *studio) backdrop(pass *wgpu.RenderPassEncoder) {
	pass.SetPipeline(s.horizon)
	pass.Draw(3, 1, 0, 0)
	pass.SetPipeline(s.ground)
	pass.Draw(4, 1, 0, 0)
}

// Release frees what newStudio made.
func (s *studio) Release() {
	for i := range s.lamps {
		l := &s.lamps[i]
		releaseAll(l.view, l.target)
	}
	releaseAll(s.ground, s.horizon, s.sceneRoot, s.layout, s.mapsGroup, s.mapsLayout, s.compare, s.mapsView, s.maps)
}

// lampMatrices turn what counts from the eye into the clip coordinates of a light in
// the given direction that sees the ball around the camera's target, depth 1 nearest to
// the light, and what counts from the camera's origin into those of its depth map. The
// picture moves in whole texels only, so that shadows do not shimmer.
func (s *studio) lampMatrices(towards mgl32.Vec3, c *Camera, eye mgl64.Vec3, radius float32) (clip, depthMap mgl32.Mat4) {
	hint := mgl32.Vec3{0, 0, -1}
	if absf(towards.Z()) > 0.9 {
		hint = mgl32.Vec3{0, 1, 0}
	}
	right := hint.Cross(towards).Normalize()
	up := towards.Cross(right)
	const deep = 4 // what stands this many radii in front still casts its shadow
	k, z := 1/float64(radius), 1/(2*deep*float64(radius))
	// Texels are counted from the anchor, distances from the camera's origin.
	texel, origin, target := 2*float64(radius)/float64(s.size), c.Origin.Sub(s.anchor), wide(c.Target)
	middle := func(axis mgl32.Vec3) float64 {
		moved := wide(axis).Dot(origin)
		return math.Floor((moved+wide(axis).Dot(target))/texel)*texel - moved
	}
	x, y, depth := middle(right), middle(up), wide(towards).Dot(target)
	from := func(zero mgl64.Vec3) mgl32.Mat4 { // for what counts from zero
		return mgl32.Mat4{
			right[0] * float32(k), up[0] * float32(k), towards[0] * float32(z), 0,
			right[1] * float32(k), up[1] * float32(k), towards[1] * float32(z), 0,
			right[2] * float32(k), up[2] * float32(k), towards[2] * float32(z), 0,
			float32((wide(right).Dot(zero) - x) * k), float32((wide(up).Dot(zero) - y) * k), float32(0.5 + (wide(towards).Dot(zero)-depth)*z), 1,
		}
	}
	return from(eye), clipToMap.Mul4(from(mgl64.Vec3{}))
}

// clipToMap turns clip coordinates into those of a texture, whose v runs down.
var clipToMap = mgl32.Mat4{0.5, 0, 0, 0, 0, -0.5, 0, 0, 0, 0, 1, 0, 0.5, 0.5, 0, 1}

func absf(v float32) float32 { return max(v, -v) }
