package stage

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slotstream/slotstream/cmd/internal/words"
	"github.com/slotstream/slotstream/render/overlay"
	"github.com/slotstream/slotstream/render/window"
	"github.com/slotstream/slotstream/upload"
)

// HUD is the overlay over the scene: the state of the program and, on demand, the keys.
type HUD struct {
	*overlay.Overlay
	window       *window.Window // nil in tests
	hidden, help bool

	times overlay.Times
	slots Rate // that were updated
	bytes Rate // that were uploaded
	calls Rate // of the uploads

	bar *scrubBar // nil: there is no moment to go to

	strategy string // of the last frame that uploaded something

	panels []panel // in the last frame
	narrow bool    // there was no room for the panel of the state in the last frame
	note   overlay.Row
	noted  time.Time
}

// A panel is the place of a panel, in the overlay's pixels.
type panel struct{ x, y, width, height float32 }

const noteStays = 3 * time.Second

// say shows a message in the last line for a while.
func (h *HUD) Say(name, value string) {
	h.note, h.noted = overlay.Row{Name: name, Value: value}, time.Now()
}

// SetPaused pauses the window or lets it go on, as the space key does.
func (h *HUD) SetPaused(on bool) {
	if h.window != nil {
		h.window.SetPaused(on)
	}
}

// Note returns the last message.
func (h *HUD) Note() overlay.Row { return h.note }

// covers reports whether a panel covers a pixel of the window.
func (h *HUD) covers(x, y float64) bool {
	px, py := float32(x)/h.Scale(), float32(y)/h.Scale()
	return slices.ContainsFunc(h.panels, func(p panel) bool { return p.has(px, py) })
}

// has reports whether the panel covers a pixel of the overlay.
func (p panel) has(x, y float32) bool {
	return x >= p.x && x < p.x+p.width && y >= p.y && y < p.y+p.height
}

// keys returns the rows of the help panel. A source may have a meaning of its own for F.
func keys(c Controls) []overlay.Row {
	rows := []overlay.Row{{Name: "drag", Value: "orbit; right button pans, wheel zooms"}}
	return append(append(rows, c.Keys()...), []overlay.Row{
		{Name: "F", Value: "show everything"},
		{Name: "space", Value: "pause"},
		{Name: "S", Value: "screenshot"},
		{Name: "F11", Value: "full screen"},
		{Name: "O", Value: "hide or show this overlay"},
		{Name: "H", Value: "hide or show the keys"},
		{Name: "Q Esc", Value: "quit"},
	}...)
}

func newHUD(w *window.Window) (*HUD, error) {
	o, err := overlay.New(w.Device(), w.Format(), w.Scale())
	if err != nil {
		return nil, err
	}
	return &HUD{Overlay: o, window: w}, nil
}

// key reports whether the overlay has used the key.
func (h *HUD) key(k window.Key) bool {
	switch k {
	case 'H':
		h.help = !h.help
		h.hidden = h.hidden && !h.help
	case 'O':
		h.hidden = !h.hidden
	default:
		return false
	}
	return true
}

const (
	edge = 16 // from the window's border to a panel, in the overlay's pixels
	gap  = 8  // between two panels

	keysWidth = 380 // about the width of the panel of keys

	mostCovered = 0.3 // of the window's area, by the panel of the state
)

// compose makes the overlay of the next frame, for a window of so many pixels. It leaves out what does not fit: rows
// from the bottom, then the whole panel. If the user asked for the keys and both panels do not fit, it shows the keys.
func (h *HUD) compose(s *Scene, windowWidth, windowHeight int, paused bool) {
	h.Clear()
	h.panels = h.panels[:0]
	h.SetCamera(&s.Camera, nil)
	s.Source.Mark(h)
	if h.hidden {
		if h.bar != nil {
			h.bar.panel = panel{}
		}
		return
	}
	state := s.state(paused)
	if s.Failed() {
		state += ", output failed"
	}
	last := overlay.Row{Name: "H for keys", Value: state}
	if time.Since(h.noted) < noteStays {
		last = h.note
	}
	wide, high := float32(windowWidth)/h.Scale(), float32(windowHeight)/h.Scale()
	if h.bar != nil {
		high = h.bar.draw(h.Overlay, wide, high)
		h.panels = append(h.panels, h.bar.panel)
	}
	rows := s.Source.Rows(h)
	fits := func(rows int) bool {
		height := overlay.HUDHeight(rows)
		return edge+overlay.HUDWidth <= wide && edge+height <= high && overlay.HUDWidth*height <= mostCovered*wide*high
	}
	for len(rows) > 0 && !fits(len(rows)+1) {
		rows = rows[:len(rows)-1]
	}
	rows = append(rows, last)
	shows := fits(len(rows))
	h.narrow = !shows
	x, y := float32(edge), float32(edge)
	if h.help {
		listed := keys(s.Source)
		below, beside := edge+overlay.HUDHeight(len(rows))+gap, float32(edge+overlay.HUDWidth+gap)
		switch {
		case shows && below+overlay.KeysHeight(len(listed))+edge <= high:
			y = below
		case shows && beside+keysWidth <= wide:
			x = beside
		default:
			shows = false // the user asked for the keys
		}
		for len(listed) > 0 && y+overlay.KeysHeight(len(listed)) > high {
			listed = listed[:len(listed)-1]
		}
		width, height := h.Keys(x, y, listed)
		h.panels = append(h.panels, panel{x, y, width, height})
	}
	if shows {
		height := h.HUD(edge, edge, &h.times, rows)
		h.panels = append(h.panels, panel{edge, edge, overlay.HUDWidth, height})
	}
}

// margins returns the strips that the scene should leave to the overlay. On the left that is a third of the panel's
// width, since the nearest tanks are below the panel. A panel that has no room needs none.
func (h *HUD) margins() (m margins) {
	if h.hidden {
		return m
	}
	if !h.narrow {
		m.left = int((edge + overlay.HUDWidth) * h.Scale() / 3)
	}
	if h.bar != nil {
		m.bottom = int((edge + barHeight) * h.Scale())
	}
	return m
}

// drawn takes note of a frame. took is 0 if the program was idle before the frame.
func (h *HUD) drawn(now time.Time, took time.Duration, s *Scene) {
	sent, pages := uploads(s.batches)
	if took > 0 {
		h.times.Add(took)
	}
	h.slots.Add(now, float64(sent.Updated))
	h.bytes.Add(now, float64(sent.Bytes))
	h.calls.Add(now, float64(sent.Calls))
	s.Source.Drew(now)
	if sent.Calls > 0 || h.strategy == "" {
		h.strategy = tookText(pages)
	}
}

// traffic returns the rows about uploads.
func (h *HUD) Traffic() []overlay.Row {
	return []overlay.Row{
		{Name: "slots updated", Value: words.Count(int(h.slots.PerSecond())) + " a second"},
		{Name: "uploaded", Value: fmt.Sprintf("%s in %s a second", words.Bytes(int(h.bytes.PerSecond())), words.Plural(int(h.calls.PerSecond()+0.5), "call"))},
		{Name: "strategy", Value: h.strategy},
	}
}

// tookText names the strategies of the pages that changed.
func tookText(pages [upload.Full + 1]int) string {
	var names []string
	for s, n := range pages {
		if n > 0 {
			names = append(names, upload.Strategy(s).String())
		}
	}
	if len(names) == 0 {
		return "nothing changed"
	}
	return strings.Join(names, ", ")
}
