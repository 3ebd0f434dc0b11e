package view

import (
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
)

// The offset follows a publisher's clock slowly, and jumps with it.
func TestRemoteClock(t *testing.T) {
	var c remoteClock
	const there = time.Hour
	if moved := c.heard(there, time.Second); moved != 0 || c.offset != time.Second-there {
		t.Errorf("at first: %v, moved %v", c.offset, moved)
	}
	if moved := c.heard(there+time.Second, 2*time.Second+80*time.Millisecond); moved != 10*time.Millisecond || c.offset != time.Second-there+moved {
		t.Errorf("80 ms late: %v, moved %v", c.offset, moved)
	}
	if moved := c.heard(5*time.Second, 3*time.Second); moved != 0 || c.offset != -2*time.Second {
		t.Errorf("after a restart: %v, moved %v", c.offset, moved)
	}
}

// However late frames come, up to the time that counts as a jump, the publisher's clock does not go back.
func TestRemoteClockNeverGoesBack(t *testing.T) {
	var c remoteClock
	was := time.Duration(0)
	for n := range time.Duration(1000) {
		here := n * 4 * time.Millisecond
		c.heard(here+time.Hour-n*7919%90*time.Millisecond, here)
		if at := here - c.offset; at < was {
			t.Fatalf("frame %d: the clock goes from %v to %v", n, was, at)
		} else {
			was = at
		}
	}
}

// The clock of a recording ascends, though the simulation takes six times as long as its ticks do.
func TestClockOfASlowSimulation(t *testing.T) {
	a, err := arena.New(arena.Config[mgl32.Mat4]{})
	if err != nil {
		t.Fatal(err)
	}
	s, p := newStream(new(Viewer), a, matrices), &part{count: everything}
	s.joined(p)
	s.drawn = []*drawing[mgl32.Mat4]{{parts: s.parts}}
	const tick = 50 * time.Millisecond
	was := time.Duration(0)
	for n := range time.Duration(100) {
		now := n * 6 * tick
		p.hear(arena.Tick{Number: uint64(n), Time: n * tick}, now)
		for part := range time.Duration(6) {
			at := s.Clock(now + part*tick)
			if n > 1 && (at < was || at > (n+1)*tick) { // two ticks tell that they have times
				t.Fatalf("%v after tick %d the clock is at %v, and was at %v", part*tick, n, at, was)
			}
			was = at
		}
	}
}
