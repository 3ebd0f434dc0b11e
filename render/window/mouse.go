//go:build cgo

package window

import "math"

const (
	orbitPerView = math.Pi // radians for a drag across the height of the window
	zoomPerNotch = 0.9     // of the distance
	clickSlack   = 4       // pixels between press and release that still make a click
)

// A mouse steers the camera and tells clicks from drags.
type mouse struct {
	x, y           float64 // where it was at the event under way, in pixels: by now it may be elsewhere
	seen           bool    // it has moved since the window opened
	pressX, pressY float64
	pressed        Button // the button that drags, if dragging
	dragging       bool
	moved          bool // since the press, by more than a click allows
}

func (d *mouse) button(w *Window, b Button, a Action, m Mods) {
	if w.OnButton != nil && w.OnButton(b, a, m) {
		return
	}
	switch {
	case a == Press && !d.dragging:
		d.x, d.y = w.Cursor()
		d.pressX, d.pressY, d.pressed, d.dragging, d.moved = d.x, d.y, b, true, false
	case a == Release && d.dragging && b == d.pressed:
		d.dragging = false
		if !d.moved && w.OnClick != nil {
			w.OnClick(b, d.pressX, d.pressY)
		}
	}
}

func (d *mouse) move(w *Window, x, y float64) {
	dx, dy := x-d.x, y-d.y
	d.x, d.y, d.seen = x, y, true
	if !d.dragging {
		return
	}
	if math.Hypot(x-d.pressX, y-d.pressY) > clickSlack {
		d.moved = true
	}
	if w.Camera == nil || w.height == 0 {
		return
	}
	fx, fy := float32(dx/float64(w.height)), float32(dy/float64(w.height))
	if d.pressed == Left {
		w.Camera.Orbit(-fx*orbitPerView, fy*orbitPerView)
	} else {
		w.Camera.Pan(-fx, fy) // what is under the cursor stays there
	}
}

func (d *mouse) scroll(w *Window, dx, dy float64) {
	if w.OnScroll != nil && w.OnScroll(dx, dy) || w.Camera == nil {
		return
	}
	w.Camera.Zoom(float32(math.Pow(zoomPerNotch, dy)))
}
