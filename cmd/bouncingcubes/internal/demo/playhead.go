package demo

import "time"

// playhead is the moment of a recording that is to be seen: it runs with time, stops at both ends, and goes where it is
// put.
type playhead struct {
	length time.Duration // of the recording
	speed  float64       // times real time; below 0 backwards

	at     time.Duration // what it was at since
	since  time.Time
	stands bool
}

// now is the moment, from 0 to length.
func (p *playhead) now(t time.Time) time.Duration {
	at := float64(p.at)
	if !p.stands {
		at += float64(t.Sub(p.since)) * p.speed
	}
	return time.Duration(min(max(at, 0), float64(p.length)))
}

// put goes to a moment, or to the end that is nearest to it, and on from there.
func (p *playhead) put(at time.Duration, t time.Time) {
	p.at, p.since = min(max(at, 0), p.length), t
}

// stand stops it, or has it go on.
func (p *playhead) stand(on bool, t time.Time) {
	if on != p.stands {
		p.put(p.now(t), t)
		p.stands = on
	}
}

// runs reports whether the moment will be another one soon.
func (p *playhead) runs(t time.Time) bool {
	now := p.now(t)
	return !p.stands && !(p.speed > 0 && now == p.length || p.speed < 0 && now == 0)
}
