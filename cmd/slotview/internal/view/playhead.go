package view

import "time"

// A playhead is the moment of a recording that is shown. It moves with real time and stops at both ends.
type playhead struct {
	length time.Duration // of the recording
	speed  float64       // 1: real time; below 0: backwards

	at     time.Duration // the moment at since
	since  time.Time
	stands bool
}

// now returns the moment, from 0 to length.
func (p *playhead) now(t time.Time) time.Duration {
	at := float64(p.at)
	if !p.stands {
		at += float64(t.Sub(p.since)) * p.speed
	}
	return time.Duration(min(max(at, 0), float64(p.length)))
}

// put moves the playhead to a moment, or to the nearest end.
func (p *playhead) put(at time.Duration, t time.Time) {
	p.at, p.since = min(max(at, 0), p.length), t
}

// stand stops the playhead, or lets it go on.
func (p *playhead) stand(on bool, t time.Time) {
	if on != p.stands {
		p.put(p.now(t), t)
		p.stands = on
	}
}

// ended reports whether the playhead is at the end of the recording; backwards, at the beginning.
func (p *playhead) ended(t time.Time) bool {
	now := p.now(t)
	return p.speed > 0 && now == p.length || p.speed < 0 && now == 0
}

// rewind moves the playhead to the beginning; backwards, to the end.
func (p *playhead) rewind(t time.Time) {
	if p.put(0, t); p.speed < 0 {
		p.put(p.length, t)
	}
}

// runs reports whether the playhead moves.
func (p *playhead) runs(t time.Time) bool { return !p.stands && !p.ended(t) }
