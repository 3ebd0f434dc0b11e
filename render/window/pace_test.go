package window

import (
	"testing"
	"time"
)

// What a program does between two frames, and whether the time between them is a frame's.
func TestIdleTimeIsNoFrameTime(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name  string
		steps func(p *pace)
		took  time.Duration
		want  time.Duration
	}{
		{"frame after frame", func(p *pace) { p.next() }, 16 * ms, 16 * ms},
		{"a slow frame", func(p *pace) { p.next() }, 2000 * ms, 2000 * ms},
		{"a limiter that waits after each frame", func(p *pace) { p.wait(); p.next() }, 33 * ms, 33 * ms},
		{"a limiter that waits before each frame", func(p *pace) { p.next(); p.wait() }, 33 * ms, 33 * ms},
		{"a limiter that polls", func(p *pace) { p.next(); p.next(); p.next() }, 33 * ms, 33 * ms},
		{"nothing new, and a wait", func(p *pace) { p.next(); p.wait(); p.next() }, 30 * ms, 0},
		{"nothing new for a second", func(p *pace) { p.next(); p.wait(); p.next(); p.wait(); p.next() }, 1002 * ms, 0},
		{"nothing new, and a sleep", func(p *pace) { p.next(); p.next() }, 1002 * ms, 0},
		{"a capture", func(p *pace) { p.next(); p.interrupt(); p.next() }, 300 * ms, 0},
	} {
		var p pace
		now := time.Unix(100, 0)
		p.next()
		if got := p.frame(now); got != 0 {
			t.Errorf("the first frame took %v", got)
		}
		c.steps(&p)
		now = now.Add(c.took)
		if got := p.frame(now); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		p.next()
		if got := p.frame(now.Add(16 * ms)); got != 16*ms {
			t.Errorf("%s: the frame after it took %v", c.name, got)
		}
	}
}
