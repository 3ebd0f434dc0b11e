//go:build cgo || js

package window

import (
	"time"

	"github.com/slotstream/slotstream/render"
)

// running is true while Run runs. It belongs to the main thread.
var running bool

// begin checks what Run was given, takes the one window that may be open, and fills in the title. The function that it
// returns gives the window back.
func begin(cfg *Config, f func(w *Window) error) (end func()) {
	if running {
		panic("window: Run inside of Run: one window at a time; call it again when the first Run has returned")
	}
	if f == nil {
		panic("window: Run without a function: it draws until Next returns false")
	}
	running = true
	if cfg.Title == "" {
		cfg.Title = "slotstream"
	}
	return func() { running = false }
}

// check panics after Run: GLFW would end the process.
func (w *Window) check(method string) {
	if w.closed {
		panic("window: " + method + " after Run: the window is closed when the function that Run calls returns")
	}
}

// NeedsRedraw reports whether the system has lost the picture in the window since the last call. A loop that draws only
// when something has changed must draw then, too.
func (w *Window) NeedsRedraw() bool {
	was := w.exposed
	w.exposed = false
	return was
}

// Present shows the acquired frame. With vsync, Present or the next Acquire waits for the display. In a page the
// browser itself shows the frame.
func (w *Window) Present() error {
	w.check("Present")
	if w.capture.acquired() {
		w.pace.interrupt() // reading a picture back takes long
		w.capture.deliver()
		return nil
	}
	if !w.acquired() {
		panic("window: Present without a frame: call Acquire first")
	}
	w.present()
	w.title.frame(w.pace.frame(time.Now()))
	return nil
}

// Close makes Next return false, and ends a Wait. Any goroutine may call it, at any time.
func (w *Window) Close() {
	w.closing.Store(true)
	w.Wake()
}

// Opaque returns true: a window does not show what lies behind it.
func (w *Window) Opaque() bool { return true }

// Device returns the device that draws in this window. It lives as long as the window.
func (w *Window) Device() *render.Device { return w.device }

// Size returns the size of the drawable part in physical pixels. It is 0×0 while some systems minimise the window. A
// window over several displays may be larger than the device can draw: then a part of it is drawn, and Size returns the
// size of that part (see render.Device.MaxSize).
func (w *Window) Size() (width, height int) { return w.width, w.height }

// Paused reports whether the window is paused, by the space key or by SetPaused. The program decides what that means.
// Any goroutine may call it, at any time.
func (w *Window) Paused() bool { return w.paused.Load() }

// SetPaused pauses the window or goes on, as the space key does, and ends a Wait. Any goroutine may call it, at any
// time.
func (w *Window) SetPaused(on bool) {
	w.paused.Store(on)
	w.Wake()
}

// resize takes the size of the window's drawable part. A user or a display chose it, so it may be larger than the
// device can draw.
func (w *Window) resize(width, height int) {
	w.fineX, w.fineY = width, height
	if w.device != nil {
		most := w.device.MaxSize()
		width, height = min(width, most), min(height, most)
	}
	w.width, w.height = width, height
}

// pixels turns a place in screen coordinates into pixels. They differ on some HiDPI systems.
func (w *Window) pixels(x, y float64) (float64, float64) {
	if w.wide > 0 && w.high > 0 {
		return x * float64(w.fineX) / float64(w.wide), y * float64(w.fineY) / float64(w.high)
	}
	return x, y
}

// SetVSync says whether frames wait for the display, from the next frame on.
func (w *Window) SetVSync(on bool) { w.cfg.NoVSync = !on }

// SetTitle changes the title. Statistics and Status are appended to it.
func (w *Window) SetTitle(s string) {
	w.check("SetTitle")
	w.cfg.Title = s
	w.title.shown = s
	w.showTitle(s)
}
