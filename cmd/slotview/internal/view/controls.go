package view

import (
	"fmt"
	"time"

	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/cmd/internal/words"
	"github.com/slotstream/slotstream/render/overlay"
	"github.com/slotstream/slotstream/render/window"
)

const skipped = 5 * time.Second // by an arrow key

// Keys lists the keys of the viewer.
func (v *Viewer) Keys() []overlay.Row {
	rows := []overlay.Row{
		{Name: "click", Value: "pick a body, which F then shows closely"},
		{Name: "double click", Value: "orbit around a body"},
		{Name: "T", Value: "follow the picked body with the camera, or stop that"},
	}
	last := "to the beginning or the end"
	if len(v.cfg.Recordings) == 0 {
		if last = "a minute back; live again"; !v.keeps {
			return rows
		}
	}
	return append(rows, []overlay.Row{
		{Name: "bar", Value: "click or drag: go to a moment"},
		{Name: "Left Right", Value: "five seconds back or on"},
		{Name: "Home End", Value: last},
		{Name: ", .", Value: "one tick back or on, and pause"},
	}...)
}

// Rows tells of each source: how many bodies, how many ticks a second, and how old the last tick is.
func (v *Viewer) Rows(h *stage.HUD) []overlay.Row {
	var rows []overlay.Row
	for _, s := range v.shown() {
		for _, p := range s.parted() {
			rows = append(rows, overlay.Row{Name: p.name, Value: v.state(s, p)})
		}
	}
	for _, f := range v.feeds {
		if f.awaited() != nil {
			rows = append(rows, overlay.Row{Name: "waiting", Value: "for " + f.what()})
		}
	}
	if len(v.cfg.Recordings) > 0 {
		rows = append(rows, overlay.Row{Name: "recording", Value: stage.ClockText(v.moment()) + " of " + stage.ClockText(v.line.length)},
			overlay.Row{Name: "speed", Value: fmt.Sprintf("%g×", v.line.speed)})
	}
	return append(append(rows, v.pickedRows()...), h.Traffic()...)
}

// state says how a part is doing.
func (v *Viewer) state(s stream, p *part) string {
	n := p.count
	if n == everything {
		n, _, _ = s.seen()
	}
	text := words.Count(n)
	switch {
	case p.gone:
		return text + ", ended"
	case p.silent:
		return text + ", silent"
	case p.heard.IsZero():
		return text
	}
	age := time.Since(p.heard)
	if age > time.Second {
		return fmt.Sprintf("%s, %.0f s old", text, age.Seconds())
	}
	return fmt.Sprintf("%s, %.0f ticks/s, %d ms", text, p.rate.PerSecond(), age.Milliseconds())
}

// Key moves the playhead. At the end of the recordings, space plays them again.
func (v *Viewer) Key(h *stage.HUD, k window.Key, _ stage.Sight) bool {
	switch k {
	case 'T':
		v.track(h)
		return true
	case 'F':
		if v.frame() {
			return true
		}
		for _, s := range v.shown() {
			s.refit()
		}
		v.rooms = make([]room, len(v.feeds))
		v.arrange()
		return false // the scene fits the camera
	}
	now, plays := time.Now(), len(v.cfg.Recordings) > 0
	if !plays && !v.keeps {
		return false
	}
	switch k {
	case ' ':
		if plays && v.line.ended(now) {
			v.line.rewind(now)
			return !v.paused // otherwise the window ends the pause
		}
		return false
	case ',', '.':
		h.SetPaused(true)
		v.Pause(true)
		v.step(k == '.')
	case window.KeyLeft, window.KeyHome:
		if !plays {
			v.lookBack()
			v.Pause(v.paused)
		}
		to := time.Duration(0)
		if k == window.KeyLeft {
			to = v.head().now(now) - skipped
		}
		v.head().put(to, now)
	case window.KeyRight:
		if !v.live() {
			v.head().put(v.head().now(now)+skipped, now)
		}
	case window.KeyEnd:
		if v.line.put(v.line.length, now); !plays {
			h.SetPaused(false)
			v.paused = false
			v.goLive()
		}
	default:
		return false
	}
	return true
}
