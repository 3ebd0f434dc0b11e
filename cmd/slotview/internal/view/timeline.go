package view

import "time"

// moment returns the moment of the recordings that is shown, or asked for.
func (v *Viewer) moment() time.Duration {
	if !v.runs {
		return v.line.at
	}
	return v.line.now(time.Now())
}

// Moment returns where the recordings are, and how long the longest one is.
func (v *Viewer) Moment() (at, length time.Duration) { return v.moment(), v.line.length }

// Ended reports whether the recordings are at their end.
func (v *Viewer) Ended() bool {
	return len(v.cfg.Recordings) > 0 && !v.cfg.Loop && v.line.ended(time.Now())
}

// Hold goes to a moment and stays there.
func (v *Viewer) Hold(at time.Duration) {
	now := time.Now()
	v.held = true
	v.line.stand(true, now)
	v.line.put(at, now)
}

// LetGo goes on after Hold.
func (v *Viewer) LetGo() {
	v.held = false
	v.Pause(v.paused)
}
