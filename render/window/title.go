//go:build cgo || js

package window

import (
	"fmt"
	"time"
)

const titleEvery = 500 * time.Millisecond

// A title counts frames, and writes the window's title twice a second.
type title struct {
	since  time.Time
	frames int           // since then, each with a frame before it
	took   time.Duration // by them
	shown  string
}

// frame counts a frame; took is 0 if there was none before it.
func (t *title) frame(took time.Duration) {
	if took > 0 {
		t.frames++
		t.took += took
	}
}

// update writes the title if it is time and the title has changed.
func (t *title) update(w *Window, now time.Time) {
	if !w.cfg.Stats && w.Status == nil {
		return
	}
	if t.since.IsZero() {
		t.since = now
	}
	if now.Sub(t.since) < titleEvery {
		return
	}
	s := w.cfg.Title
	if w.cfg.Stats && t.frames > 0 {
		s += stats(t.frames, t.took)
	}
	if w.Status != nil {
		s += " · " + w.Status()
	}
	if s != t.shown {
		w.showTitle(s)
	}
	*t = title{since: now, shown: s}
}

func stats(frames int, took time.Duration) string {
	return fmt.Sprintf(" · %.0f fps · %.1f ms", float64(frames)/took.Seconds(), took.Seconds()*1e3/float64(frames))
}
