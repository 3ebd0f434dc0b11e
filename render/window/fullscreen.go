//go:build cgo && !js

package window

import "github.com/go-gl/glfw/v3.3/glfw"

// bounds is the place and the size of a window, in screen coordinates.
type bounds struct{ x, y, width, height int }

// FullScreen reports whether the window fills a monitor.
func (w *Window) FullScreen() bool {
	w.check("FullScreen")
	return w.glfw.GetMonitor() != nil
}

// SetFullScreen makes the window fill the monitor that shows most of it, in the monitor's present video mode, or puts
// it back where it was.
func (w *Window) SetFullScreen(on bool) {
	if on == w.FullScreen() {
		return
	}
	if !on {
		b := w.windowed
		w.glfw.SetMonitor(nil, b.x, b.y, b.width, b.height, 0)
		return
	}
	x, y := w.glfw.GetPos()
	width, height := w.glfw.GetSize()
	w.windowed = bounds{x, y, width, height}
	if m := monitorOf(w.windowed); m != nil {
		if mode := m.GetVideoMode(); mode != nil { // otherwise it was unplugged just now: the window stays as it is
			w.glfw.SetMonitor(m, 0, 0, mode.Width, mode.Height, mode.RefreshRate)
		}
	}
}

// monitorOf returns the monitor that shows the largest part of b, or nil if there is no monitor.
func monitorOf(b bounds) *glfw.Monitor {
	best, area := glfw.GetPrimaryMonitor(), 0
	for _, m := range glfw.GetMonitors() {
		x, y := m.GetPos()
		mode := m.GetVideoMode()
		if mode == nil {
			continue
		}
		w := min(b.x+b.width, x+mode.Width) - max(b.x, x)
		h := min(b.y+b.height, y+mode.Height) - max(b.y, y)
		if w > 0 && h > 0 && w*h > area {
			best, area = m, w*h
		}
	}
	return best
}
