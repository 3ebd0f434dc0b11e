package view

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/render"
)

// followed is a feed of what another process publishes. Its slots stay as they were published: the batches have the
// clock and the tick of the publisher. A publisher that is restarted with slots of another type has another stream.
type followed struct {
	viewer *Viewer
	name   string
	tried  string // the layout of the slots that are followed
	link   link
	shown  relay.Shown // and what the stream's parts describe
	silent bool
	shows  []stream
}

// A link is a relay.Follower and the stream that it stores into.
type link interface {
	stream
	receive() (relay.Shown, error)
	heard() time.Time
	arrived() bool
	unfollow()
}

// linked is the link of slots of type T.
type linked[T any] struct {
	*arenaOf[T]
	follower *relay.Follower[T]
}

func (l *linked[T]) receive() (relay.Shown, error) { return l.follower.Receive() }
func (l *linked[T]) heard() time.Time              { return l.follower.Stats().Heard }
func (l *linked[T]) unfollow()                     { l.follower.Close() }
func (l *linked[T]) arrived() bool {
	select {
	case <-l.follower.Arrived():
		return true
	default:
		return false
	}
}

// links has a function for each layout of slots that follows a name.
var links = map[string]func(*Viewer, string) (link, error){
	arena.Layout[render.MotionInstance](): func(v *Viewer, name string) (link, error) { return linkTo(v, name, motionInstances) },
	arena.Layout[render.Motion]():         func(v *Viewer, name string) (link, error) { return linkTo(v, name, motions) },
	arena.Layout[render.Instance]():       func(v *Viewer, name string) (link, error) { return linkTo(v, name, instances) },
	arena.Layout[mgl32.Mat4]():            func(v *Viewer, name string) (link, error) { return linkTo(v, name, matrices) },
	arena.Layout[render.Line]():           func(v *Viewer, name string) (link, error) { return linkTo(v, name, lines) },
	arena.Layout[render.Point]():          func(v *Viewer, name string) (link, error) { return linkTo(v, name, points) },
}

func linkTo[T any](v *Viewer, name string, k kind[T]) (link, error) {
	a, err := arena.New(arena.Config[T]{MaxSlots: v.cfg.MaxSlots})
	if err != nil {
		return nil, err
	}
	l := &linked[T]{arenaOf: newStream(v, a, k)}
	if l.follower, err = relay.Follow(v.ctx, v.cfg.NATS, name, a, relay.FollowerConfig{}); err != nil {
		return nil, err
	}
	return l, nil
}

// follow follows a name. The type of its slots is not known before its publisher is there.
func follow(v *Viewer, name string) (feed, error) {
	f := &followed{viewer: v, name: name, tried: layouts[0]}
	var err error
	if f.link, err = links[f.tried](v, name); err != nil {
		return nil, err
	}
	return f, nil
}

const silence = 2 * time.Second // a publisher at rest sends something four times a second

func (f *followed) receive(now time.Duration) error {
	was := f.shown
	var err error
	if f.shown, err = f.link.receive(); err != nil {
		if layout := f.another(err); layout != "" {
			return f.change(layout)
		}
		f.viewer.warn(err)
	}
	restarted := f.shown.Epoch != was.Epoch
	if restarted || !maps.Equal(f.shown.Metadata, was.Metadata) {
		f.describe()
	}
	switch v := f.viewer; {
	case was.Epoch == 0 && restarted:
		f.shows = append(f.shows, f.link)
	case restarted && v.broken == nil:
		v.broken = fmt.Errorf("the publisher of %s was restarted: its motions count on another clock now: start again", f.name)
	}
	arrived := f.shown.Seq != was.Seq || restarted
	silent := f.shown.Epoch != 0 && time.Since(f.link.heard()) > silence
	if arrived || silent != f.silent {
		f.viewer.news = time.Now()
	}
	f.silent = silent
	for _, p := range f.link.parted() {
		if p.silent = silent; arrived {
			f.tick(p, now)
		}
	}
	return nil
}

// describe makes the stream's parts those that the publisher says now. A part that it has said before goes on.
func (f *followed) describe() {
	parts := f.viewer.partsOf(f.name, "", f.shown.Metadata)
	for _, p := range parts {
		for _, was := range f.link.parted() {
			if was.name == p.name {
				p.goOn(was)
			}
		}
	}
	f.link.recast(parts)
}

// tick lets a part hear what is shown: the tick of its own group, if the publisher says which one it is.
func (f *followed) tick(p *part, now time.Duration) {
	if p.remote == 0 {
		p.hear(f.shown.Tick, now)
	}
	for _, t := range f.shown.Ticks {
		if t.Group == p.remote && (t.From != t.To || p.heard.IsZero()) {
			p.hear(t.To, now)
		}
	}
}

// another returns the layout that the error says the publisher's slots have, if it is another one that can be drawn.
func (f *followed) another(err error) string {
	var e *relay.LayoutError
	if errors.As(err, &e) && e.Publisher.Layout != f.tried && Draws(e.Publisher.Layout) {
		return e.Publisher.Layout
	}
	return ""
}

// change follows the name with slots of another layout. What was shown disappears.
func (f *followed) change(layout string) (err error) {
	f.link.unfollow()
	f.tried, f.shown = layout, relay.Shown{}
	f.link, err = links[layout](f.viewer, f.name)
	return err
}

func (f *followed) streams() []stream { return f.shows }

func (f *followed) awaited() error {
	if f.shown.Epoch != 0 {
		return nil
	}
	return fmt.Errorf("following %s: nothing has arrived: %s: start a publisher of that name with -publish", f.name, f.viewer.there())
}

// there says which publishers the server has.
func (v *Viewer) there() string {
	found, err := relay.Find(v.ctx, v.cfg.NATS)
	if err != nil {
		return err.Error()
	}
	if len(found) == 0 {
		return "the server has no publisher"
	}
	var names []string
	for _, i := range found {
		names = append(names, i.Name)
	}
	return "the server has " + strings.Join(names, ", ")
}

func (f *followed) arriving() bool {
	return f.link.arrived() || f.shown.Epoch != 0 && f.silent != (time.Since(f.link.heard()) > silence)
}

func (f *followed) close()       { f.link.unfollow() }
func (f *followed) what() string { return f.name }
