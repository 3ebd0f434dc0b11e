package demo

import (
	"time"

	"github.com/slotstream/slotstream/render"
)

const (
	settle   = time.Second / 2        // how long the window still draws after the last change: what fell asleep arrives
	pulse    = time.Second            // between two more frames: a display that changes its mode may lose what it is given
	pulses   = 3                      // of them
	idleWait = 100 * time.Millisecond // between two looks at a world that nobody steers
)

// still tells whether a frame would show what the last one did: nothing awake, nobody steering.
type still struct {
	camera        render.Camera
	width, height int
	until         time.Time // draw until then
	drawn         time.Time // the last frame
	left          int       // pulses
	touched       bool      // by a key or a click since the last look
}

// draws reports whether there may be something new to draw, and a few times more after that. moving: cubes are awake,
// or come and go.
func (s *still) draws(now time.Time, moving bool, camera render.Camera, width, height int) bool {
	if moving || s.touched || camera != s.camera || width != s.width || height != s.height {
		s.until, s.left = now.Add(settle), pulses
	}
	s.touched, s.camera, s.width, s.height = false, camera, width, height
	if !now.Before(s.until) {
		if s.left == 0 || now.Sub(s.drawn) < pulse {
			return false
		}
		s.left--
	}
	s.drawn = now
	return true
}
