package overlay

import (
	"errors"
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/render"
)

// Over is t with the overlay on top of every frame: a pass of its own between the frame's and its being shown, so
// that text is neither multisampled nor hidden by depth. Where t is of another format or device than the overlay, no
// frame can be acquired: the error says so.
func (o *Overlay) Over(t render.Target) render.Target {
	o.check()
	return &target{Target: t, overlay: o, unfit: o.fits(t)}
}

type target struct {
	render.Target
	overlay *Overlay
	unfit   error             // why the overlay cannot be drawn over Target
	view    *wgpu.TextureView // of the frame under way, the Target's; nil: none is
}

func (o *Overlay) fits(t render.Target) error {
	if f := t.Format(); f != o.format {
		return fmt.Errorf("overlay: a target of format %v, but the overlay was made for %v: give overlay.New the target's Format()", f, o.format)
	}
	if d := deviceOf(t); d != nil && d != o.device {
		return errors.New("overlay: the target is of another device than the overlay: make it with the overlay's device")
	}
	return nil
}

// deviceOf is the device of the target behind all wrappers, or nil where that does not say.
func deviceOf(t render.Target) *render.Device {
	for {
		switch of := t.(type) {
		case interface{ Device() *render.Device }:
			return of.Device()
		case interface{ Unwrap() render.Target }:
			t = of.Unwrap()
		default:
			return nil
		}
	}
}

// Unwrap is what the overlay is over.
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
		panic("overlay: Present without a frame: Acquire comes first")
	}
	if err := t.draw(); err != nil {
		return err
	}
	t.view = nil // it may be over from here on
	return t.Target.Present()
}

func (t *target) draw() error {
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
