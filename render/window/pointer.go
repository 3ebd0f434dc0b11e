package window

import "math"

// A pointer is the state of the mouse: its place, the buttons that are down, and the owner of each press. Its methods
// take the events; it does not know the window system.
//
//	       press, not handled          release
//	up ───────────────────────▶ ours ───────────▶ up, and a click unless the mouse moved or the press was cancelled
//	 │     press, handled              release
//	 └────────────────────────▶ theirs ─────────▶ up
//
// A press owns its release: the press decides who gets the release. So a drag never outlives its button, wherever the
// mouse is by then. A release without a press is ignored; one comes after the window lost the focus, for example.
//
// Drags are measured on the desktop, where the mouse moves: the place in the window plus the window's place. So a
// window that moves under a resting mouse, into full screen for example, turns no camera.
//
// The event with the window's new place may come before the window moves, or after the first motion at the new place.
// So a drag asks the window system for the true place, once a round of events. While the true place is not the place of
// the last event, motions wait. They wait until an event brings the true place, or until the end of the round; then the
// window asks for the true places of window and mouse.
type pointer struct {
	x, y float64 // in the window, at the event under way or at the last one; screen coordinates
	seen bool    // x and y are set

	left, top float64 // the window's place on the desktop, by the last event; screen coordinates
	asked     bool    // for the true place, in this round
	truth     point   // the answer
	waiting   bool    // the answer is another place: motions do not count now
	lost      bool    // the window changed on a system that does not tell its place: the next motion begins anew

	owner    [buttons]owner
	dragging bool   // the window's press of button is under way and was not cancelled
	button   Button // of the drag
	pressed  point  // the beginning of the drag, on the desktop
	last     point  // the drag's place, on the desktop
	click    bool   // the press may still become a click
	clickX   float64
	clickY   float64 // the place of the press in the window
}

// point is a place on the desktop.
type point struct{ x, y float64 }

// owner says who gets the release of a button.
type owner uint8

const (
	up     owner = iota // the button is not down
	ours                // the window's: the press was not handled
	theirs              // the program's: it handled the press
)

const (
	buttons    = 8 // GLFW's
	clickSlack = 4 // screen coordinates between press and release that still make a click
)

func (p *pointer) here() point { return point{p.x + p.left, p.y + p.top} }

// moved takes a motion to a place in the window. It returns how far the drag went since the motion before, if there is
// a drag.
func (p *pointer) moved(x, y float64) (dx, dy float64, drag bool) {
	p.x, p.y, p.seen = x, y, true
	if !p.dragging || p.waiting {
		return 0, 0, false
	}
	now := p.here()
	if p.lost {
		p.lost, p.last = false, now
	}
	dx, dy = now.x-p.last.x, now.y-p.last.y
	p.last = now
	if math.Hypot(now.x-p.pressed.x, now.y-p.pressed.y) > clickSlack {
		p.click = false
	}
	return dx, dy, dx != 0 || dy != 0
}

// press takes a press of b at the pointer's place. handled reports whether the program handled it. One button drags at
// a time: a press during a drag begins no other.
func (p *pointer) press(b Button, handled bool) {
	if handled {
		p.owner[b] = theirs
		return
	}
	p.owner[b] = ours
	if p.dragging {
		return
	}
	p.dragging, p.button, p.click, p.lost = true, b, true, false
	p.pressed = p.here()
	p.last, p.clickX, p.clickY = p.pressed, p.x, p.y
}

// release takes a release of b, and reports whether that made a click. down is false if there was no press.
func (p *pointer) release(b Button) (down, click bool) {
	who := p.owner[b]
	p.owner[b] = up
	if who == ours && p.dragging && b == p.button {
		p.dragging = false
		return true, p.click
	}
	return who != up, false
}

// cancel ends the drag and makes no click of it. The buttons stay down until they are released.
func (p *pointer) cancel() { p.dragging, p.click = false, false }

// place takes the event that the window is at a place on the desktop. A press under a window that moves makes no click.
func (p *pointer) place(left, top int) {
	to := point{float64(left), float64(top)}
	if to != (point{p.left, p.top}) {
		p.left, p.top, p.click = to.x, to.y, false
	}
	p.waiting = p.asked && to != p.truth
}

// asks reports whether the next motion needs the window's true place: answer takes it.
func (p *pointer) asks() bool { return p.dragging && !p.asked }

func (p *pointer) answer(left, top int) {
	p.asked, p.truth = true, point{float64(left), float64(top)}
	p.waiting = p.truth != point{p.left, p.top}
}

// round ends a round of events, and reports whether motions still wait. Then tell place the true place of the window,
// and moved the true place of the mouse.
func (p *pointer) round() (waiting bool) {
	waiting = p.waiting
	p.asked, p.waiting = false, false
	return waiting
}

// misplace takes a change of the window that the system does not say the place of.
func (p *pointer) misplace() { p.lost, p.click = true, false }
