package window

import (
	"math"
	"syscall/js"
)

// touches are the fingers on the canvas. One finger is the left mouse button. A second finger ends that drag and begins
// a gesture: the two fingers keep what is under them. When one of the two goes, the gesture ends, and the other
// does nothing until all are gone.
//
//	none ── one finger ──► drag ── a second ──► gesture ── one goes ──► over ── all gone ──► none
type touches struct {
	finger  int     // that drags, or -1 in a gesture and behind it
	count   int     // fingers on the canvas
	x, y    float64 // the middle of the gesture's two fingers, in the page's pixels
	apart   float64 // their distance; 0: no gesture is under way
	touched bool    // some finger is there
}

// A touch is one finger, as an event tells.
type touch struct {
	id   int
	x, y float64
}

func (w *Window) listenToTouches() {
	w.canvas.Get("style").Set("touchAction", "none")
	for _, event := range []string{"touchstart", "touchmove", "touchend", "touchcancel"} {
		w.on(w.canvas, event, func(e js.Value) func() {
			e.Call("preventDefault") // else the browser makes mouse events of it, and scrolls
			list := e.Get("targetTouches")
			fingers := make([]touch, list.Length())
			for i := range fingers {
				t := list.Index(i)
				x, y := w.placeOf(t)
				fingers[i] = touch{t.Get("identifier").Int(), x, y}
			}
			cancelled := event == "touchcancel"
			return func() { w.onTouch(fingers, cancelled) }
		})
	}
}

// onTouch takes the fingers that are on the canvas now.
func (w *Window) onTouch(fingers []touch, cancelled bool) {
	t := &w.touches
	switch {
	case len(fingers) == 0:
		if t.touched && t.finger >= 0 {
			if cancelled {
				w.pointer.cancel()
			}
			w.onButton(ButtonLeft, Release, 0)
		}
		*t = touches{}
		return
	case !t.touched && len(fingers) == 1:
		*t = touches{finger: fingers[0].id, touched: true}
		w.onMotion(fingers[0].x, fingers[0].y)
		w.onButton(ButtonLeft, Press, 0)
	case len(fingers) == 2 && (t.apart > 0 || t.count < 2):
		w.gesture(fingers[0], fingers[1])
	case len(fingers) == 1 && t.finger == fingers[0].id:
		w.onMotion(fingers[0].x, fingers[0].y)
	default:
		t.apart = 0
	}
	t.count = len(fingers)
}

func (w *Window) gesture(a, b touch) {
	t := &w.touches
	x, y := (a.x+b.x)/2, (a.y+b.y)/2
	apart := max(math.Hypot(a.x-b.x, a.y-b.y), 1)
	if t.apart == 0 {
		if t.touched && t.finger >= 0 {
			w.pointer.cancel()
			w.onButton(ButtonLeft, Release, 0)
		}
		*t = touches{finger: -1, touched: true, x: x, y: y, apart: apart}
		return
	}
	if w.Camera != nil && w.high > 0 {
		w.Camera.Pan(float32((t.x-x)/float64(w.high)), float32((y-t.y)/float64(w.high)))
		px, py := w.pixels(x, y)
		zoomAt(w.Camera, t.apart/apart, px, py, w.width, w.height)
	}
	t.x, t.y, t.apart = x, y, apart
}
