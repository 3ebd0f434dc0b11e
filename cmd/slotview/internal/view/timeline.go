package view

import (
	"fmt"
	"time"

	"github.com/slotstream/slotstream/cmd/internal/stage"
)

// head returns the playhead that the bar and the keys move: that of the recordings, or that of the last minute while
// the user looks back.
func (v *Viewer) head() *playhead {
	if len(v.cfg.Recordings) == 0 && v.back != nil {
		return &v.back.line
	}
	return &v.line
}

// live reports whether the present is shown, and no recording.
func (v *Viewer) live() bool { return len(v.cfg.Recordings) == 0 && v.back == nil }

// moment returns the moment of the recordings that is shown, or asked for.
func (v *Viewer) moment() time.Duration {
	if !v.runs {
		return v.line.at
	}
	return v.line.now(time.Now())
}

// Moment returns where the playhead is, and how long all is that it moves in.
func (v *Viewer) Moment() (at, length time.Duration) {
	switch {
	case v.live():
		kept := v.kept()
		return kept, kept
	case v.head() == &v.line:
		return v.moment(), v.line.length
	}
	return v.back.line.now(time.Now()), v.back.line.length
}

// Ends returns the texts at the ends of the bar, and whether the right end is the present and is shown.
func (v *Viewer) Ends() (left, right string, live bool) {
	at, length := v.Moment()
	switch {
	case len(v.cfg.Recordings) > 0:
		return stage.ClockText(at), stage.ClockText(length), false
	case v.back == nil:
		return "", "live", true
	}
	return "-" + stage.ClockText(length-at), "live", false
}

// State says whether the time that is shown is an end, the present, or the past; empty if there is no more to say.
func (v *Viewer) State() string {
	switch {
	case v.live() && v.paused: // in a page
		return ""
	case v.live():
		return "live"
	case v.head() == &v.line:
		if !v.cfg.Loop && v.line.ended(time.Now()) {
			return "at the end"
		}
		return ""
	}
	return v.ago()
}

// ago says how long the moment that is shown is before the one at which the user began to look back.
func (v *Viewer) ago() string {
	at, length := v.Moment()
	return fmt.Sprintf("%.1f s back", (length - at).Seconds())
}

// Hold goes to a moment and stays there.
func (v *Viewer) Hold(at time.Duration) {
	if len(v.cfg.Recordings) == 0 {
		v.lookBack()
	}
	now := time.Now()
	v.held = true
	v.Pause(v.paused)
	v.head().put(at, now)
}

// LetGo goes on after Hold.
func (v *Viewer) LetGo() {
	v.held = false
	v.Pause(v.paused)
}
