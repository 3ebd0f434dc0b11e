package stage

import (
	"time"

	"github.com/slotstream/slotstream/render"
)

const (
	settle   = time.Second / 2        // how long the window still draws after the last change, so that motions end
	pulse    = time.Second            // between two extra frames, for a display that loses a frame when it changes its mode
	pulses   = 3                      // number of extra frames
	idleWait = 100 * time.Millisecond // between two looks at a world while nothing is drawn
)

// still tells whether a frame would show the same as the last one.
type still struct {
	camera        render.Camera
	width, height int
	until         time.Time // draw at least until then
	drawn         time.Time // when the last frame was drawn
	left          int       // extra frames to draw
	touched       bool      // the user has pressed or clicked since the last call of draws
}

// draws reports whether to draw a frame: while something changes, and a few times more after that. moving says whether
// the source moves something.
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
