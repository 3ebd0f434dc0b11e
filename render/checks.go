//go:build cgo || js

package render

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/slotstream/slotstream/render/internal/targets"
)

// What a frame is made of is checked before any of it reaches C, where a mistake would end the process.

func (r *Renderer) check(doing string) {
	needs(r, doing, "the renderer")
	r.alive(doing, "the renderer")
	r.device.check(doing)
}

// checkTarget reports whether Frame can draw into t. It remembers the last target, because to ask for a method
// allocates now and then.
func (r *Renderer) checkTarget(t Target) error {
	r.check("Frame")
	if t == nil {
		panic("render: Frame: the target is nil")
	}
	if !(reflect.TypeOf(t).Comparable() && t == r.target) {
		if of, ok := targets.As[deviceTarget](t); ok && of.Device() != r.device {
			return errors.New("render: Frame: the target belongs to another device: make it with the renderer's device")
		}
		r.target = t
		of, ok := targets.As[opaqueTarget](t)
		r.opaque = ok && of.Opaque()
		r.expiring, _ = targets.As[expiringTarget](t)
	}
	if t.Format() != r.config.Format {
		return fmt.Errorf("render: Frame: the target's format is %v, the renderer's %v: give render.Config the target's Format()",
			t.Format(), r.config.Format)
	}
	return nil
}

// checkScene reports whether the camera is finite and the batches are of this renderer.
func (r *Renderer) checkScene(doing string, c *Camera, batches []Drawable) error {
	needs(c, doing, "the camera")
	if err := c.check(); err != nil {
		return err
	}
	for _, b := range batches {
		if b == nil {
			panic("render: " + doing + ": a batch is nil")
		}
		if b.rendererFor(doing) != r {
			return errors.New("render: " + doing + ": a batch belongs to another renderer: give NewBatch the renderer that draws it")
		}
	}
	return nil
}
