//go:build cgo || js

package window

import "math"

const (
	orbitPerView = math.Pi // radians for a drag across the height of the window
	zoomPerNotch = 0.9     // of the distance
)

// Cursor returns the place of the mouse at the event under way, or at the last event, in pixels from the top left
// corner. Inside a callback it is the place of that event, also if the frame before took long and the mouse has moved
// on.
func (w *Window) Cursor() (x, y float64) {
	w.check("Cursor")
	if w.pointer.seen {
		return w.pixels(w.pointer.x, w.pointer.y)
	}
	return w.pixels(w.cursorNow())
}

func (w *Window) onButton(b Button, a Action, m Mods) {
	if b < 0 || int(b) >= buttons {
		return
	}
	if a == Press {
		if !w.pointer.seen {
			w.pointer.moved(w.cursorNow())
		}
		w.pointer.press(b, w.OnButton != nil && w.OnButton(b, a, m))
		return
	}
	down, click := w.pointer.release(b)
	if down && w.OnButton != nil {
		w.OnButton(b, a, m)
	}
	if click && w.OnClick != nil {
		x, y := w.pixels(w.pointer.clickX, w.pointer.clickY)
		w.OnClick(b, x, y)
	}
}

// onMotion takes the place of the mouse, in screen coordinates.
func (w *Window) onMotion(x, y float64) {
	w.drag(w.pointer.moved(x, y))
	if w.OnCursor != nil {
		w.OnCursor(w.pixels(x, y))
	}
}

// drag steers the camera by a drag over so many screen coordinates.
func (w *Window) drag(dx, dy float64, drag bool) {
	if !drag || w.Camera == nil || w.high <= 0 {
		return
	}
	fx, fy := float32(dx/float64(w.high)), float32(dy/float64(w.high))
	if w.pointer.button == ButtonLeft {
		w.Camera.Orbit(-fx*orbitPerView, fy*orbitPerView)
	} else {
		w.Camera.Pan(-fx, fy) // the point under the cursor stays there
	}
}

func (w *Window) onScroll(dx, dy float64) {
	if w.OnScroll != nil && w.OnScroll(dx, dy) || w.Camera == nil {
		return
	}
	x, y := w.Cursor()
	zoomAt(w.Camera, math.Pow(zoomPerNotch, dy), x, y, w.width, w.height)
}
