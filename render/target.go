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
	// A target that has a method Device() *Device is refused by renderers of other
	// devices.

	// Present shows the frame. It is called after the submit.
	Present() error
}
