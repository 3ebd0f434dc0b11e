package view

import "time"

// A remoteClock tracks how far the viewer's clock is ahead of a publisher's. Each frame carries its time on the
// publisher's clock. Frames take different times to arrive, so the offset follows slowly: the publisher's clock, as the
// viewer knows it, never goes back, since a recording needs that. After a jump, of a publisher that was restarted or
// paused, the offset follows at once.
type remoteClock struct {
	offset time.Duration
	known  bool
	last   time.Duration // on the viewer's clock, when a frame was last heard
}

const clockJump = 100 * time.Millisecond

// heard takes note of a frame that was sent at there, on the publisher's clock, and arrived at here, on the viewer's.
// It returns by how much the offset has moved, which is 0 for a jump.
func (c *remoteClock) heard(there, here time.Duration) (moved time.Duration) {
	off := here - there
	d, most := off-c.offset, (here-c.last)/4
	c.last = here
	if !c.known || d.Abs() > clockJump {
		c.offset, c.known = off, true
		return 0
	}
	moved = min(max(d/8, -most), most)
	c.offset += moved
	return moved
}
