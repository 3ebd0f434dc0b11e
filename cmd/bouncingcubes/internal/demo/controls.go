package demo

import (
	"errors"
	"image"
	"log/slog"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window"
)

const (
	pushSpeed = 12.0 // metres a second that a click adds
	addCubes  = 1000 // cubes that + adds and - removes

	holdPause = time.Second / 2 // between two steps of a key held down
)

// hold slows a key down that is held: a keyboard repeats it 25 times a second.
type hold struct{ last time.Time }

// steps reports whether the key is to do something now.
func (h *hold) steps(repeated bool, now time.Time) bool {
	if repeated && now.Sub(h.last) < holdPause {
		return false
	}
	h.last = now
	return true
}

// control connects the window's keys and mouse to the scene and its overlay.
func (s *scene) control(w *window.Window, h *hud) {
	w.Camera = &s.camera
	var repeated bool // the key whose character comes next is held
	var resizing hold
	w.OnKey = func(k window.Key, a window.Action, m window.Mods) bool {
		s.still.touched = true
		repeated = a == window.Repeat
		return a != window.Release && m&(window.Control|window.Alt|window.Super) == 0 && (s.key(w, h, k, a) || h.key(k))
	}
	// By the character: where + and - are, and whether they need Shift, is up to the layout. The key comes before its
	// character.
	w.OnChar = func(r rune) {
		s.still.touched = true
		more := map[rune]int{'+': addCubes, '=': addCubes, '-': -addCubes}[r]
		if more != 0 && resizing.steps(repeated, time.Now()) {
			s.resize(s.world.Stats().Live + more)
		}
	}
	w.OnButton = func(_ window.Button, a window.Action, _ window.Mods) bool {
		return a == window.Press && h.covers(w.Cursor())
	}
	w.OnScroll = func(_, _ float64) bool { return h.covers(w.Cursor()) }
	w.OnClick = func(b window.Button, x, y float64) {
		s.still.touched = true
		if b == window.Left {
			eye, direction := s.ray(w, x, y)
			s.world.Push(eye, direction, pushSpeed)
		}
	}
}

// key reports whether the key means something to the scene.
func (s *scene) key(w *window.Window, h *hud, k window.Key, a window.Action) bool {
	switch k {
	case 'R':
		s.world.Restart()
	case 'E':
		x, y := w.Cursor()
		eye, direction := s.ray(w, x, y)
		tank, ok := s.world.Pick(eye, direction)
		if !ok {
			tank = -1
		}
		s.world.Explode(tank)
		if ok {
			h.say("exploded", "the heap under the mouse")
		} else {
			h.say("exploded", "all heaps")
		}
	case 'F':
		s.camera, s.view = s.fitted, view{} // the next frame fits it anew
	case 'S':
		if a == window.Press {
			s.screenshot(w, h)
		}
	case window.KeyEscape, 'Q':
		w.Close()
	case 'C':
		s.paint.cycle()
		s.world.Repaint()
	default:
		return false
	}
	return true
}

// screenshot saves the next frame, and says so.
func (s *scene) screenshot(w *window.Window, h *hud) {
	name := "slotstream-" + time.Now().Format("20060102-150405.000") + ".png"
	w.Capture(func(img *image.NRGBA, err error) {
		if err == nil {
			err = render.WritePNG(name, img)
		}
		if err != nil {
			slog.Error("screenshot", "error", err)
			h.say("screenshot", "failed: see the log")
		} else {
			slog.Info("screenshot", "file", name)
			h.say("saved", name)
		}
		s.still.touched = true
	})
}

// resize changes the number of cubes, and draws the tanks that come or go with them.
func (s *scene) resize(cubes int) {
	err := s.world.SetCubes(min(max(cubes, 1), s.maxCubes))
	if errors.Is(err, arena.ErrFull) {
		err = nil // as many as fit
	}
	if err = errors.Join(err, s.bars.update(s.world.Tanks())); err != nil {
		slog.Error("changing the number of cubes", "error", err)
	}
}

// ray is the line of sight through a pixel of the window.
func (s *scene) ray(w *window.Window, x, y float64) (eye, direction mgl32.Vec3) {
	width, height := w.Size()
	if width == 0 || height == 0 {
		return s.camera.Ray(0, 0, 1)
	}
	return s.camera.Ray(float32(2*x/float64(width)-1), float32(1-2*y/float64(height)), float32(width)/float32(height))
}
