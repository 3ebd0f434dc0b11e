//go:build cgo || js

package render

import (
	"errors"

	"github.com/cogentcore/webgpu/wgpu"
)

// ErrSkip says that the target cannot take a frame now: the window is minimised, or its surface was lost and will
// come back. Frame changed nothing. Try again with the next frame.
var ErrSkip = errors.New("render: the target cannot take a frame now: try again with the next frame")

// A Target receives frames: an Offscreen picture, a window, or a target of yours.
//
// A target may have three more methods. Device() *Device makes renderers of other devices refuse it. Opaque() bool is
// true for a target that keeps no alpha. Unwrap() Target is for a target that wraps another one: methods that the
// wrapper lacks are looked for in the wrapped target.
type Target interface {
	// Size returns the size in physical pixels.
	Size() (width, height int)

	// Format returns the pixel format, which never changes.
	Format() wgpu.TextureFormat

	// Acquire returns the view to draw the next frame into, or ErrSkip. The view stays the target's. If the frame
	// fails, Present is not called, and the next Acquire must work.
	Acquire() (*wgpu.TextureView, error)

	// Present shows the frame. Frame calls it after the submit.
	Present() error
}

type (
	deviceTarget interface{ Device() *Device }
	opaqueTarget interface{ Opaque() bool }

	// expiringTarget is the canvas of a page: the browser may show the acquired frame while Frame waits for the browser.
	expiringTarget interface{ Expired() bool }
)
