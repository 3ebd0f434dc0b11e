package stage

import (
	"fmt"
	"time"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/overlay"
)

// A Timeline is a source that can go to any moment.
type Timeline interface {
	Moment() (at, length time.Duration)
	Ends() (left, right string, live bool) // texts at the ends of the bar; live: the right end is the present, and is shown
	State() string                         // more than "running", such as "live"; empty: there is no more to say
	Keep() bool                            // called once: a live source keeps its last moments from now on; false: no moment will come
	Hold(at time.Duration)                 // goes to a moment and stays there
	LetGo()                                // goes on after Hold
}

// A scrubBar shows a Timeline at the bottom of the window. A press of the mouse on the bar goes to a moment, and holds
// that moment until the mouse is released.
type scrubBar struct {
	Timeline
	held bool

	panel        panel   // in the last frame, in the overlay's pixels; empty if the bar was not shown
	left, length float32 // of the track
}

const (
	barHeight = 44
	barTimes  = 66 // the width of the time at each end
	track     = 6
	knob      = 14
	leastBar  = 2*barTimes + 80
)

var (
	trackColor = render.RGB(0x3A4454)
	pastColor  = render.RGB(0x4fc3b5)
)

// draw draws the bar at the bottom of an overlay of the given size, and returns the height above it. If there is no
// room, it draws nothing.
func (b *scrubBar) draw(o *overlay.Overlay, wide, high float32) (left float32) {
	b.panel = panel{edge, high - edge - barHeight, wide - 2*edge, barHeight}
	if p := b.panel; p.width < leastBar || p.y < edge {
		b.panel = panel{}
		return high
	}
	at, all := b.Moment()
	x, y, middle := b.panel.x, b.panel.y, b.panel.y+barHeight/2
	b.left, b.length = x+barTimes, b.panel.width-2*barTimes
	past := b.length
	if all > 0 {
		past *= float32(at) / float32(all)
	}
	o.Panel(x, y, b.panel.width, barHeight)
	now, end, live := b.Ends()
	font, color := overlay.Body, overlay.Dim
	if live {
		font, color = overlay.Strong, pastColor
	}
	o.Text(b.left-knob-o.Width(overlay.Strong, now), middle+4, overlay.Strong, overlay.Bright, now)
	o.Text(b.left+b.length+knob, middle+4, font, color, end)
	o.Box(b.left, middle-track/2, b.length, track, track/2, trackColor)
	o.Box(b.left, middle-track/2, past, track, track/2, pastColor)
	o.Box(b.left+past-knob/2, middle-knob/2, knob, knob, knob/2, overlay.Bright)
	return y - gap
}

// press reports whether the mouse was pressed on the bar, which then holds the mouse.
func (b *scrubBar) press(x, y float32) bool {
	b.held = b.panel.has(x, y)
	b.drag(x)
	return b.held
}

// drag follows the mouse.
func (b *scrubBar) drag(x float32) {
	if b.held {
		_, all := b.Moment()
		b.Hold(time.Duration(float64(all) * float64(min(max((x-b.left)/b.length, 0), 1))))
	}
}

// release ends the hold.
func (b *scrubBar) release() {
	if b.held {
		b.held = false
		b.LetGo()
	}
}

// ClockText formats a moment of a recording: 1:02.3.
func ClockText(t time.Duration) string {
	tenths := t.Milliseconds() / 100
	s := fmt.Sprintf("%d:%02d.%d", tenths/600%60, tenths/10%60, tenths%10)
	if hours := tenths / 36000; hours > 0 {
		s = fmt.Sprintf("%d:%02d:%02d.%d", hours, tenths/600%60, tenths/10%60, tenths%10)
	}
	return s
}
