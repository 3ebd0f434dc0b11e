package stage

import (
	"log/slog"
	"time"

	"github.com/slotstream/slotstream/render/window"
)

const holdPause = time.Second / 2 // between two steps of a key that is held down

// A hold slows down a key that is held: a keyboard repeats it 25 times a second.
type hold struct{ last time.Time }

// steps reports whether the key acts now.
func (h *hold) steps(repeated bool, now time.Time) bool {
	if repeated && now.Sub(h.last) < holdPause {
		return false
	}
	h.last = now
	return true
}

// A pair tells which clicks are the second one of a double click.
type pair struct {
	last time.Time
	x, y float64
}

const (
	pairTime = 400 * time.Millisecond // between two clicks
	pairWay  = 6                      // pixels
)

// double reports whether a click makes a double click with the one before. A third click begins anew.
func (p *pair) double(x, y float64, now time.Time) bool {
	double := now.Sub(p.last) < pairTime && max(x-p.x, p.x-x, y-p.y, p.y-y) < pairWay
	if p.last, p.x, p.y = now, x, y; double {
		p.last = time.Time{}
	}
	return double
}

// control connects the window's keys and mouse to the scene and its overlay. A key acts once for each press. The keys
// that go in steps also act again while they are held: + and -, and those that go through a replay.
func (s *Scene) control(w *window.Window, h *HUD) {
	w.Camera = &s.Camera
	var repeated bool // whether the next character comes from a held key
	var resizing, seeking hold
	w.OnKey = func(k window.Key, a window.Action, m window.Mods) bool {
		s.still.touched = true
		repeated = false
		if a == window.Press && seeks(k) {
			seeking.steps(false, time.Now())
		}
		return a == window.Press && m&(window.ModControl|window.ModAlt|window.ModSuper) == 0 && (s.key(w, h, k) || h.key(k))
	}
	w.OnRepeat = func(k window.Key, m window.Mods) {
		repeated = true
		if seeks(k) && m == 0 && seeking.steps(true, time.Now()) {
			s.still.touched = true
			s.Source.Key(h, k, Sight{})
		}
	}
	// OnKey and OnRepeat are called before OnChar.
	w.OnChar = func(r rune) {
		s.still.touched = true
		if do := s.Source.Char(r); do != nil && resizing.steps(repeated, time.Now()) {
			do()
		}
	}
	scale := func(x, y float64) (float32, float32) { return float32(x) / h.Scale(), float32(y) / h.Scale() }
	w.OnButton = func(b window.Button, a window.Action, _ window.Mods) bool {
		if h.bar != nil && b == window.ButtonLeft {
			s.still.touched = true
			if a == window.Release {
				h.bar.release()
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
	var clicks pair
	w.OnClick = func(b window.Button, x, y float64) {
		s.still.touched = true
		if b == window.ButtonLeft {
			at := s.sight(w, x, y)
			at.Double = clicks.double(x, y, time.Now())
			s.Source.Click(h, at)
		}
	}
}

// seeks reports whether a key goes through a replay in steps.
func seeks(k window.Key) bool {
	return k == window.KeyLeft || k == window.KeyRight || k == ',' || k == '.'
}

// key reports whether the scene has used the key.
func (s *Scene) key(w *window.Window, h *HUD, k window.Key) bool {
	x, y := w.Cursor()
	if s.Source.Key(h, k, s.sight(w, x, y)) {
		return true
	}
	switch k {
	case 'F':
		s.Refit()
	case 'S':
		s.screenshot(w, h)
	case window.KeyEscape, 'Q':
		w.Close()
	default:
		return false
	}
	return true
}

// screenshot saves the next frame, and tells the user.
func (s *Scene) screenshot(w *window.Window, h *HUD) {
	w.Screenshot("", func(name string, err error) {
		if err != nil {
			slog.Error("screenshot", "error", err)
			h.Say("screenshot", "failed: see the log")
		} else {
			slog.Info("screenshot", "file", name)
			h.Say("saved", name)
		}
		s.still.touched = true
	})
}

// sight returns the line of sight through a pixel of the window.
func (s *Scene) sight(w *window.Window, x, y float64) Sight {
	at := Sight{X: int(x), Y: int(y)}
	at.Width, at.Height = w.Size()
	if at.Width == 0 || at.Height == 0 {
		at.Eye, at.Direction = s.Camera.Ray(0, 0, 1)
	} else {
		across, up := 2*x/float64(at.Width)-1, 1-2*y/float64(at.Height)
		at.Eye, at.Direction = s.Camera.Ray(float32(across), float32(up), float32(at.Width)/float32(at.Height))
	}
	return at
}
