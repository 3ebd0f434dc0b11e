//go:build cgo || js

package window

import (
	"errors"

	"github.com/slotstream/slotstream/render"
)

// Config describes a window. The zero value is a window of 1280×720 with vsync. In a page, Width, Height and NoVSync
// have no effect: the page says how large its canvas is, and the browser when a frame is shown.
type Config struct {
	Title         string              // "slotstream" if empty
	Width, Height int                 // in pixels at a display scale of 1; 1280×720 if both are 0
	NoVSync       bool                // show frames at once instead of waiting for the display
	FullScreen    bool                // begin in full screen
	Stats         bool                // show the frame rate and the frame time in the title
	NoKeys        bool                // leave F11, S and space to the program
	Device        render.DeviceConfig // selects the adapter; zero: the driver's choice. Run sets its Surface
}

// ErrNoDisplay is wrapped by the error of Run if there is no display, or if the display cannot be reached.
var ErrNoDisplay = errors.New("window: no display")
