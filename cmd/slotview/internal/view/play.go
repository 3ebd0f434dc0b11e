//go:build !js

package view

import (
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/render"
)

// A Tape is a recording to play, and the name of its file.
type Tape struct {
	File      string
	Recording *record.Recording
	parts     []*part // of the source that Capture recorded; nil: the file is one part
}

// taped is the part of a stream that Capture and a minute need.
type taped interface {
	tape(w io.Writer, key time.Duration, clock func() time.Duration) (recorder, error)
}

func (t Tape) length() time.Duration { return t.Recording.Duration() }

// played is a feed of a recording. Its player writes the arena.
type played struct {
	viewer *Viewer
	tape   Tape
	deck   deck
	name   string
	casts  []cast  // of the recording, in the order of time; at is counted from the first frame
	parts  []*part // of the cast that is shown
	seeker *seeker // by real time
}

// A deck is a record.Player and the stream that it stores into.
type deck interface {
	stream
	seek(time.Duration) error
	eject()
}

type decked[T any] struct {
	*arenaOf[T]
	player *record.Player[T]
}

func (d *decked[T]) seek(t time.Duration) error { return d.player.Seek(t) }
func (d *decked[T]) eject()                     { d.player.Close() }

// decks has a function for each layout of slots that makes a deck.
var decks = map[string]func(*Viewer, *record.Recording) (deck, error){
	arena.Layout[render.MotionInstance](): func(v *Viewer, r *record.Recording) (deck, error) { return load(v, r, motionInstances) },
	arena.Layout[render.Motion]():         func(v *Viewer, r *record.Recording) (deck, error) { return load(v, r, motions) },
	arena.Layout[render.Instance]():       func(v *Viewer, r *record.Recording) (deck, error) { return load(v, r, instances) },
	arena.Layout[mgl32.Mat4]():            func(v *Viewer, r *record.Recording) (deck, error) { return load(v, r, matrices) },
	arena.Layout[render.Line]():           func(v *Viewer, r *record.Recording) (deck, error) { return load(v, r, lines) },
	arena.Layout[render.Point]():          func(v *Viewer, r *record.Recording) (deck, error) { return load(v, r, points) },
}

func load[T any](v *Viewer, rec *record.Recording, k kind[T]) (deck, error) {
	a, err := arena.New(arena.Config[T]{MaxSlots: v.cfg.MaxSlots})
	if err != nil {
		return nil, err
	}
	d := &decked[T]{arenaOf: newStream(v, a, k)}
	if d.player, err = record.NewPlayer(rec, a); err != nil {
		return nil, err
	}
	return d, nil
}

// play begins to play a recording.
func play(v *Viewer, t Tape) (feed, error) {
	d, err := decks[t.Recording.Layout()](v, t.Recording)
	if err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(filepath.Base(t.File), filepath.Ext(t.File))
	p := &played{viewer: v, tape: t, deck: d, name: name}
	if t.parts == nil {
		for _, d := range t.Recording.Descriptions() {
			p.casts = append(p.casts, cast{d.From, v.partsOf(name, filepath.Dir(t.File), d.Metadata)})
		}
	} else {
		var captured []*part
		for _, was := range t.parts {
			one := *was
			one.group, one.heard, one.gone, one.silent = 0, time.Time{}, false, false
			captured = append(captured, &one)
		}
		p.casts = []cast{{0, captured}}
	}
	at := min(max(v.cfg.From, 0), t.length())
	p.enter(at)
	if err = d.seek(at); d.slots() > 0 {
		err = p.soften(err) // the undamaged parts are shown
	}
	if err != nil {
		d.eject()
		return nil, err
	}
	return p, nil
}

// enter makes the parts those of a moment.
func (p *played) enter(at time.Duration) {
	i := len(p.casts) - 1
	for i > 0 && p.casts[i].at > at {
		i--
	}
	if parts := p.casts[i].parts; !slices.Equal(parts, p.parts) {
		p.parts = parts
		p.deck.recast(parts)
	}
}

// soften turns the error of a damaged recording into a warning, once for each. It returns other errors.
func (p *played) soften(err error) error {
	if !errors.Is(err, record.ErrDamaged) {
		return err
	}
	p.viewer.warn(err)
	return nil
}

func (p *played) receive(now time.Duration) error {
	v := p.viewer
	to := min(v.moment(), p.tape.length())
	if v.runs && p.seeker == nil {
		p.seeker = newSeeker(to, p.deck.seek)
	}
	var err error
	if p.seeker == nil {
		err = p.deck.seek(to)
	} else {
		p.seeker.ask(to)
		to, err = p.seeker.shown()
	}
	p.enter(to)
	// The clock of the recording is at Start plus the moment that is shown.
	for _, one := range p.parts {
		one.clock = remoteClock{offset: now - p.tape.Recording.Start() - to, known: true}
	}
	return p.soften(err)
}

func (p *played) streams() []stream { return []stream{p.deck} }

func (p *played) awaited() error { return nil }

func (p *played) arriving() bool { return p.seeker != nil && p.seeker.seeking() }

func (p *played) close() {
	if p.seeker != nil {
		p.seeker.close()
	}
	p.deck.eject()
}
func (p *played) what() string { return p.name }
