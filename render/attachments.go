//go:build cgo || js

package render

import (
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"
)

const depthFormat = wgpu.TextureFormatDepth32Float

// attachments are the textures beside the target that a frame is drawn with, in the size of the last target.
type attachments struct {
	width, height int
	keepDepth     bool          // shaders read depth after the frame
	depth, color  *wgpu.Texture // color: with MSAA only
	depthView     *wgpu.TextureView
	colorView     *wgpu.TextureView
	depthStore    wgpu.StoreOp

	// Kept from frame to frame, so that a frame allocates none of them.
	pass      wgpu.RenderPassDescriptor
	colorPass [1]wgpu.RenderPassColorAttachment
	depthPass wgpu.RenderPassDepthStencilAttachment
}

// resize makes the textures for a target of width × height pixels.
func (a *attachments) resize(d *Device, width, height int, cfg *Config) (err error) {
	if most := d.MaxSize(); width < 1 || height < 1 || width > most || height > most {
		return fmt.Errorf("render: a target of %d×%d pixels: each side must be 1 to %d", width, height, most)
	}
	if width == a.width && height == a.height {
		return nil
	}
	a.release()
	usage, store := wgpu.TextureUsageRenderAttachment, wgpu.StoreOpDiscard
	if a.keepDepth {
		usage, store = usage|wgpu.TextureUsageTextureBinding, wgpu.StoreOpStore
	}
	a.depthStore = store
	if a.depth, a.depthView, err = newTexture(d, "depth", width, height, depthFormat, cfg.MSAA, usage); err != nil {
		return err
	}
	if cfg.MSAA > 1 {
		if a.color, a.colorView, err = newTexture(d, "multisampled", width, height,
			cfg.Format, cfg.MSAA, wgpu.TextureUsageRenderAttachment); err != nil {
			return err
		}
	}
	a.width, a.height = width, height
	return nil
}

// passTo describes the pass that clears a view and draws to it.
func (a *attachments) passTo(view *wgpu.TextureView, clear wgpu.Color) *wgpu.RenderPassDescriptor {
	a.colorPass[0] = wgpu.RenderPassColorAttachment{View: view, LoadOp: wgpu.LoadOpClear, StoreOp: wgpu.StoreOpStore, ClearValue: clear}
	if a.colorView != nil {
		a.colorPass[0].View, a.colorPass[0].ResolveTarget, a.colorPass[0].StoreOp = a.colorView, view, wgpu.StoreOpDiscard
	}
	a.depthPass = wgpu.RenderPassDepthStencilAttachment{View: a.depthView, DepthLoadOp: wgpu.LoadOpClear, DepthStoreOp: a.depthStore}
	a.pass.ColorAttachments, a.pass.DepthStencilAttachment = a.colorPass[:], &a.depthPass
	return &a.pass
}

func (a *attachments) release() {
	releaseAll(a.depthView, a.depth, a.colorView, a.color)
	a.depth, a.depthView, a.color, a.colorView, a.width, a.height = nil, nil, nil, nil, 0, 0
}
