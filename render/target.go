//go:build cgo

package render

import (
	"errors"

	"github.com/cogentcore/webgpu/wgpu"
)

// ErrSkip: there is nothing to draw into this frame (a minimised window, a
// surface that was lost and comes back). Nothing was synced and nothing is
// lost: try again with the next frame.
var ErrSkip = errors.New("render: nothing to draw into this frame")

// Target is what a frame is drawn into: a window or an offscreen picture.
type Target interface {
	// Size is in physical pixels.
	Size() (width, height int)
	// Format is fixed for the target's life.
	Format() wgpu.TextureFormat
	// Acquire gives the view for the next frame, or ErrSkip. The view stays the
	// target's. A frame that fails is acquired but not presented; Acquire must
	// then work again.
	Acquire() (*wgpu.TextureView, error)

	// Present shows the frame. It is called after the submit.
	Present() error
}

// What a target may have besides. One that wraps another says which, and is asked for
// the rest in its place.
type (
	deviceTarget interface{ Device() *Device } // refused by renderers of other devices
	opaqueTarget interface{ Opaque() bool }    // true: keeps no alpha, and stores colours as they are
	wrapTarget   interface{ Unwrap() Target }
)

// unwrap is the target behind all wrappers.
func unwrap(t Target) Target {
	for {
		w, ok := t.(wrapTarget)
		if !ok {
			return t
		}
		t = w.Unwrap()
	}
}
