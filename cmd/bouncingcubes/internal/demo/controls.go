package demo

import (
	"image"
	"log/slog"
	"time"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window"
)

const holdPause = time.Second / 2 // between two steps of a key held down

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
	// The key comes before its character.
	w.OnChar = func(r rune) {
		s.still.touched = true
		if do := s.source.char(r); do != nil && resizing.steps(repeated, time.Now()) {
			do()
		}
	}
	scale := func(x, y float64) (float32, float32) { return float32(x) / h.Scale(), float32(y) / h.Scale() }
	w.OnButton = func(b window.Button, a window.Action, _ window.Mods) bool {
		if h.bar != nil && b == window.Left {
			if s.still.touched = true; a == window.Release {
				return h.bar.release()
			} else if h.bar.press(scale(w.Cursor())) {
				return true
			}
		}
		return a == window.Press && h.covers(w.Cursor())
	}
	w.OnCursor = func(x, y float64) {
		if h.bar != nil && h.bar.held {
			s.still.touched = true
			x, _ := scale(x, y)
			h.bar.drag(x)
		}
	}
	w.OnScroll = func(_, _ float64) bool { return h.covers(w.Cursor()) }
	w.OnClick = func(b window.Button, x, y float64) {
		s.still.touched = true
		if b == window.Left {
			s.source.click(s.sight(w, x, y))
		}
	}
}

// key reports whether the key means something to the scene.
func (s *scene) key(w *window.Window, h *hud, k window.Key, a window.Action) bool {
	switch k {
	case 'F':
		s.camera, s.view = s.fitted, view{} // the next frame fits it anew
	case 'S':
		if a == window.Press {
			s.screenshot(w, h)
		}
	case window.KeyEscape, 'Q':
		w.Close()
	default:
		x, y := w.Cursor()
		return s.source.key(h, k, s.sight(w, x, y))
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

// sight is the line of sight through a pixel of the window.
func (s *scene) sight(w *window.Window, x, y float64) (r ray) {
	width, height := w.Size()
	if width == 0 || height == 0 {
		r.eye, r.direction = s.camera.Ray(0, 0, 1)
	} else {
		r.eye, r.direction = s.camera.Ray(float32(2*x/float64(width)-1), float32(1-2*y/float64(height)), float32(width)/float32(height))
	}
	return r
}
