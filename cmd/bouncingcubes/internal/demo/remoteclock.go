package demo

import "time"

// remoteClock is how far the viewer's clock is ahead of a publisher's. What comes says when it was, there; how long it
// took differs from one to the next, so the offset follows slowly, unless the publisher's clock stood or jumped.
type remoteClock struct {
	offset time.Duration
	known  bool
}

const clockJump = 100 * time.Millisecond

func (c *remoteClock) heard(there, here time.Duration) {
	off := here - there
	if d := off - c.offset; !c.known || d > clockJump || d < -clockJump {
		c.offset, c.known = off, true
	} else {
		c.offset += d / 8
	}
}
