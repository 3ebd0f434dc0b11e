package overlay

import (
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/render"
)

// A depth is the depth texture of the frame below, of one sample or of several: index 0 or 1 of the arrays. Without a
// frame whose depth is kept it is a texture of one texel, infinitely far away.
type depth struct {
	pipelines [2]*wgpu.RenderPipeline
	layouts   [2]*wgpu.BindGroupLayout
	far       *wgpu.Texture
	farView   *wgpu.TextureView

	view  *wgpu.TextureView // that group has
	group *wgpu.BindGroup
}

// depthTexts declare frame_depth, which returns the depth of a pixel.
var depthTexts = [2]string{
	"@group(1) @binding(0) var depths: texture_depth_2d;\nfn frame_depth(at: vec2i) -> f32 { return textureLoad(depths, at, 0); }\n",
	"@group(1) @binding(0) var depths: texture_depth_multisampled_2d;\nfn frame_depth(at: vec2i) -> f32 { return textureLoad(depths, at, 0); }\n",
}

func (d *depth) init(gpu *wgpu.Device) (err error) {
	for i := range d.layouts {
		if d.layouts[i], err = gpu.CreateBindGroupLayout(&wgpu.BindGroupLayoutDescriptor{Label: "overlay depth", Entries: []wgpu.BindGroupLayoutEntry{{
			Binding: 0, Visibility: wgpu.ShaderStageVertex, Texture: wgpu.TextureBindingLayout{
				SampleType: wgpu.TextureSampleTypeDepth, ViewDimension: wgpu.TextureViewDimension2D, Multisampled: i == 1,
			},
		}}}); err != nil {
			return fmt.Errorf("overlay: lay out bindings: %w", err)
		}
	}
	if d.far, err = gpu.CreateTexture(&wgpu.TextureDescriptor{
		Label: "overlay depth", Usage: wgpu.TextureUsageTextureBinding, Size: wgpu.Extent3D{Width: 1, Height: 1, DepthOrArrayLayers: 1},
		Dimension: wgpu.TextureDimension2D, Format: wgpu.TextureFormatDepth32Float, MipLevelCount: 1, SampleCount: 1,
	}); err != nil {
		return fmt.Errorf("overlay: create a texture: %w", err)
	}
	if d.farView, err = d.far.CreateView(nil); err != nil {
		return fmt.Errorf("overlay: view a texture: %w", err)
	}
	return nil
}

// bind returns the pipeline and the group for the depth of a renderer's last frame. The renderer may be nil.
func (d *depth) bind(gpu *wgpu.Device, r *render.Renderer) (*wgpu.RenderPipeline, *wgpu.BindGroup, error) {
	view, several := d.farView, 0
	if r != nil {
		if v, samples := r.Depth(); v != nil {
			view = v
			if samples > 1 {
				several = 1
			}
		}
	}
	if view != d.view {
		d.unbind()
		group, err := gpu.CreateBindGroup(&wgpu.BindGroupDescriptor{
			Label: "overlay depth", Layout: d.layouts[several], Entries: []wgpu.BindGroupEntry{{Binding: 0, TextureView: view}},
		})
		if err != nil {
			return nil, nil, fmt.Errorf("overlay: bind: %w", err)
		}
		d.view, d.group = view, group
	}
	return d.pipelines[several], d.group, nil
}

func (d *depth) unbind() {
	if d.group != nil {
		d.group.Release()
	}
	d.view, d.group = nil, nil
}

func (d *depth) release() {
	d.unbind()
	for i := range d.layouts {
		if d.pipelines[i] != nil {
			d.pipelines[i].Release()
		}
		if d.layouts[i] != nil {
			d.layouts[i].Release()
		}
	}
	if d.farView != nil {
		d.farView.Release()
	}
	if d.far != nil {
		d.far.Release()
	}
}
