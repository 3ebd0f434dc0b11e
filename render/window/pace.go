package window

import "time"

// A pace measures the time from each frame to the next. A gap in which the program drew nothing because it had nothing
// to draw is not a frame that took long: it is left out.
type pace struct {
	last   time.Time     // the frame before was presented; zero: the next frame has none before it
	took   time.Duration // from the frame before to the last one; 0: there was none before
	rounds int           // calls of Next since the last frame
	waited bool          // in one of these rounds
}

// idleAfter is how long a gap without a Wait may be, in which the program looks for events and draws nothing, before it
// counts as idle.
const idleAfter = 100 * time.Millisecond

// next takes the beginning of a round of the loop.
func (p *pace) next() { p.rounds++ }

// wait takes a wait for events.
func (p *pace) wait() { p.waited = true }

// frame takes a frame that was presented now.
func (p *pace) frame(now time.Time) time.Duration {
	p.took = 0
	if !p.last.IsZero() {
		p.took = now.Sub(p.last)
		if p.rounds > 1 && (p.waited || p.took > idleAfter) {
			p.took = 0
		}
	}
	p.last, p.rounds, p.waited = now, 0, false
	return p.took
}

// interrupt says that the next frame has no frame before it.
func (p *pace) interrupt() { *p = pace{} }

// FrameTime returns the time between the last two frames that were presented. It is 0 if there was only one, or if the
// program was idle between the two: if it called Next without drawing, and waited. Add it to an overlay's Times, or to
// your own statistics, unless it is 0.
func (w *Window) FrameTime() time.Duration { return w.pace.took }
