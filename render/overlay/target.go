package overlay

import (
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/render"
)

// Over is t with the overlay on top of every frame: a pass of its own between the frame's and its being shown, so
// that text is neither multisampled nor hidden by depth.
func (o *Overlay) Over(t render.Target) render.Target { return &target{Target: t, overlay: o} }

type target struct {
	render.Target
	overlay *Overlay
	view    *wgpu.TextureView // of the frame under way; the Target's
}

// Unwrap is what the overlay is over.
func (t *target) Unwrap() render.Target { return t.Target }

func (t *target) Acquire() (view *wgpu.TextureView, err error) {
	t.view, err = t.Target.Acquire()
	return t.view, err
}

func (t *target) Present() error {
	if err := t.draw(); err != nil {
		return err
	}
	return t.Target.Present()
}

func (t *target) draw() error {
	t.overlay.check()
	if len(t.overlay.quads) == 0 {
		return nil
	}
	d := t.overlay.device
	e, err := d.GPU.CreateCommandEncoder(nil)
	if err != nil {
		return fmt.Errorf("overlay: create encoder: %w", err)
	}
	defer e.Release()
	pass := e.BeginRenderPass(&wgpu.RenderPassDescriptor{Label: "overlay", ColorAttachments: []wgpu.RenderPassColorAttachment{
		{View: t.view, LoadOp: wgpu.LoadOpLoad, StoreOp: wgpu.StoreOpStore}}})
	defer pass.Release()
	width, height := t.Size()
	if err := t.overlay.Draw(pass, width, height); err != nil {
		pass.End()
		return err
	}
	if err := pass.End(); err != nil {
		return fmt.Errorf("overlay: end pass: %w", err)
	}
	commands, err := e.Finish(nil)
	if err != nil {
		return fmt.Errorf("overlay: encode: %w", err)
	}
	d.Queue.Submit(commands)
	commands.Release()
	return nil
}
