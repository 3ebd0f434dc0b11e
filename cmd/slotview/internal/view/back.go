//go:build !js

package view

import (
	"errors"
	"slices"
	"time"

	"github.com/slotstream/slotstream/arena/record"
)

// A back is what the user sees who looks back at the last minute of what is live. Meanwhile nothing is added to the
// minute.
type back struct {
	line   playhead      // of the minute
	origin time.Duration // of line, on the viewer's clock
	shows  []*rewound
}

// A rewound plays the minute of a layer, in an arena of its own.
type rewound struct {
	layer  *layer
	rec    *record.Recording
	deck   deck
	seeker *seeker
	cast   []*part // that the deck's parts are copies of
	clocks []remoteClock
}

// lookBack stops at what is shown now. From here the minute can be played, and stepped through.
func (v *Viewer) lookBack() {
	if v.back != nil || !v.keeps {
		return
	}
	b := &back{line: playhead{speed: 1, stands: true}, origin: v.now}
	for _, l := range v.layers {
		if !l.minute.keeps() {
			continue
		}
		l.minute.check(l.minute.stop())
		rec, err := l.minute.ring.Open()
		if errors.Is(err, record.ErrNotRecording) { // it has shown nothing yet
			continue
		}
		var d deck
		if err == nil {
			d, err = decks[rec.Layout()](v, rec)
		}
		if err != nil {
			l.minute.check(err)
			continue
		}
		b.shows = append(b.shows, &rewound{layer: l, rec: rec, deck: d})
		b.origin = min(b.origin, rec.Start())
	}
	b.origin = max(b.origin, v.now-minuteTime)
	b.line.length = v.now - b.origin
	b.line.at = b.line.length
	v.back = b
	for _, r := range b.shows {
		at := v.now - r.rec.Start()
		l := r.layer
		l.minute.check(r.deck.seek(at))
		r.seeker = newSeeker(at, r.deck.seek)
		r.play(v.now, v.now)
		l.past = r.deck
		v.warn(r.deck.Draw(l.renderer, nil, l.cfg))
		v.swap(l.stream, r.deck)
	}
	v.moved = true
	v.arrange()
}

// goLive shows the present again.
func (v *Viewer) goLive() {
	if v.back == nil {
		return
	}
	for _, r := range v.back.shows {
		v.swap(r.deck, r.layer.stream)
		r.layer.past = nil
	}
	v.leave()
	v.left = v.back
	v.back, v.moved, v.news = nil, true, time.Now()
}

// leave frees what the user no longer looks back at. The frame during which goLive was called still draws it.
func (v *Viewer) leave() {
	if v.left == nil {
		return
	}
	for _, r := range v.left.shows {
		r.seeker.close()
		r.deck.eject()
		r.deck.Release()
	}
	v.left = nil
}

// swap makes the picked slot of one stream the picked slot of another.
func (v *Viewer) swap(from, to stream) {
	if v.picked.stream == from {
		v.picked.stream = to
	}
}

// play makes everything show the moment of the line. now is on the viewer's clock.
func (b *back) play(now time.Duration, real time.Time) {
	for _, r := range b.shows {
		r.seeker.ask(b.origin + b.line.now(real) - r.rec.Start())
		at, err := r.seeker.shown()
		r.layer.minute.check(err)
		r.play(at+r.rec.Start(), now)
	}
}

// play shows the parts of the moment at, with their clocks as they were then. Both are on the viewer's clock.
func (r *rewound) play(at, now time.Duration) {
	if cast := r.layer.minute.at(at); !slices.Equal(cast, r.cast) {
		r.cast, r.clocks = cast, nil
		var copies []*part
		for _, p := range cast {
			c := *p
			c.group, c.heard, c.gone, c.silent = 0, time.Time{}, false, false
			copies, r.clocks = append(copies, &c), append(r.clocks, p.clock)
		}
		r.deck.recast(copies)
	}
	for i, p := range r.deck.parted() {
		p.clock = r.clocks[i]
		p.clock.offset += now - at
	}
}

// seeking reports whether the moment of the line is not shown yet.
func (b *back) seeking() bool {
	return slices.ContainsFunc(b.shows, func(r *rewound) bool { return r.seeker.seeking() })
}

// A taken is a recording on the line of what is played.
type taken struct {
	rec *record.Recording
	at  time.Duration // of its first frame
}

// taken returns the recordings that the line plays.
func (v *Viewer) taken() (all []taken) {
	for _, f := range v.feeds {
		if p, ok := f.(*played); ok {
			all = append(all, taken{p.tape.Recording, 0})
		}
	}
	if len(all) == 0 && v.back != nil {
		for _, r := range v.back.shows {
			all = append(all, taken{r.rec, r.rec.Start() - v.back.origin})
		}
	}
	return all
}

// stepTo returns the moment of the first frame after at, or of the last frame before the one that at shows.
func stepTo(all []taken, at time.Duration, on bool) (to time.Duration, ok bool, err error) {
	find := func(rec *record.Recording, t time.Duration) (time.Duration, bool, error) { return rec.Before(t) }
	if on {
		find = func(rec *record.Recording, t time.Duration) (time.Duration, bool, error) { return rec.After(t) }
	}
	nearest := func(at time.Duration) (to time.Duration, ok bool, err error) {
		for _, t := range all {
			next, found, err := find(t.rec, at-t.at)
			if err != nil {
				return 0, false, err
			}
			if next += t.at; found && (!ok || on && next < to || !on && next > to) {
				to, ok = next, true
			}
		}
		return to, ok, nil
	}
	if on {
		return nearest(at)
	}
	if to, ok, err = nearest(at + 1); ok && err == nil { // the frame that is shown
		to, ok, err = nearest(to)
	}
	return to, ok, err
}

// step goes to the next tick, or to the one before.
func (v *Viewer) step(on bool) {
	v.lookBack()
	line := v.head()
	to, ok, err := stepTo(v.taken(), line.now(time.Now()), on)
	if v.warn(err); ok {
		line.put(to, time.Now())
	}
}
