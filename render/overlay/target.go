package overlay

import (
	"errors"
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/internal/targets"
	"github.com/slotstream/slotstream/upload/gpu"
)

// Over returns a target that draws to t and lays the overlay over each frame. The overlay has a pass of its own after
// the frame's passes, so that text is neither multisampled nor hidden by depth. If t has another format or another
// device than the overlay, Frame returns an error that says so.
func (o *Overlay) Over(t render.Target) render.Target {
	o.check()
	return &target{Target: t, overlay: o, unfit: o.fits(t)}
}

type target struct {
	render.Target
	overlay *Overlay
	unfit   error             // why the overlay cannot be drawn over Target, or nil
	view    *wgpu.TextureView // the Target's, of the frame under way; nil: there is none
}

func (o *Overlay) fits(t render.Target) error {
	if f := t.Format(); f != o.format {
		return fmt.Errorf("overlay: the target has format %v, the overlay was made for %v: give overlay.New the target's Format()", f, o.format)
	}
	if of, ok := targets.As[interface{ Device() *render.Device }](t); ok && of.Device() != o.device {
		return errors.New("overlay: the target belongs to another device: make target and overlay on one device")
	}
	return nil
}

// Unwrap returns the target that the overlay lies over.
func (t *target) Unwrap() render.Target { return t.Target }

func (t *target) Acquire() (view *wgpu.TextureView, err error) {
	if t.unfit != nil {
		return nil, t.unfit
	}
	t.view, err = t.Target.Acquire()
	return t.view, err
}

func (t *target) Present() error {
	t.overlay.check()
	if t.view == nil {
		panic("overlay: Present without a frame: call Acquire first")
	}
	if err := t.draw(); err != nil {
		return err
	}
	t.view = nil // Present ends it
	return t.Target.Present()
}

func (t *target) draw() error {
	if len(t.overlay.quads) == 0 && len(t.overlay.labels.all) == 0 {
		return nil
	}
	d := t.overlay.device
	e, err := d.GPU.CreateCommandEncoder(nil)
	if err != nil {
		return fmt.Errorf("overlay: create an encoder: %w", err)
	}
	defer e.Release()
	pass := e.BeginRenderPass(&wgpu.RenderPassDescriptor{Label: "overlay", ColorAttachments: []wgpu.RenderPassColorAttachment{
		{View: t.view, LoadOp: wgpu.LoadOpLoad, StoreOp: wgpu.StoreOpStore}}})
	defer pass.Release()
	width, height := t.Size()
	if err := t.overlay.draw(pass, width, height); err != nil {
		gpu.End(pass)
		return err
	}
	if err := gpu.End(pass); err != nil {
		return fmt.Errorf("overlay: end the pass: %w", err)
	}
	commands, err := e.Finish(nil)
	if err != nil {
		return fmt.Errorf("overlay: encode: %w", err)
	}
	d.Queue.Submit(commands)
	commands.Release()
	return nil
}
