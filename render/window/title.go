//go:build cgo

package window

import (
	"fmt"
	"time"
)

const titleEvery = 500 * time.Millisecond

// A title counts frames and writes the window's title twice a second.
type title struct {
	since  time.Time
	frames int
}

func (t *title) frame(w *Window) {
	now := time.Now()
	if t.since.IsZero() {
		t.since = now
		return
	}
	t.frames++
	elapsed := now.Sub(t.since)
	if elapsed < titleEvery {
		return
	}
	s := w.options.Title
	if w.options.Stats {
		s += stats(t.frames, elapsed)
	}
	if w.Status != nil {
		s += " · " + w.Status()
	}
	w.glfw.SetTitle(s)
	*t = title{since: now}
}

func stats(frames int, elapsed time.Duration) string {
	return fmt.Sprintf(" · %.0f fps · %.1f ms", float64(frames)/elapsed.Seconds(), elapsed.Seconds()*1e3/float64(frames))
}
