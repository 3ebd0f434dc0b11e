package view

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/cmd/internal/framing"
	"github.com/slotstream/slotstream/render"
)

// followed is a feed of what another process publishes. Its slots stay as they were published: the batches have the
// clock and the tick of the publisher. A publisher that is restarted with slots of another type has another stream.
type followed struct {
	viewer *Viewer
	name   string
	tried  string // the layout of the slots that are followed
	link   link
	part   *part
	shown  relay.Shown
	told   uint64 // the epoch that part describes
	shows  []stream
}

// A link is a relay.Follower and the stream that it stores into.
type link interface {
	stream
	receive() (relay.Shown, error)
	info(v *Viewer) (relay.Info, error)
	heard() time.Time
	arrived() bool
	unfollow()
}

// linked is the link of slots of type T.
type linked[T any] struct {
	*arenaOf[T]
	follower *relay.Follower[T]
}

func (l *linked[T]) receive() (relay.Shown, error)      { return l.follower.Receive() }
func (l *linked[T]) info(v *Viewer) (relay.Info, error) { return l.follower.Info(v.ctx) }
func (l *linked[T]) heard() time.Time                   { return l.follower.Stats().Heard }
func (l *linked[T]) unfollow()                          { l.follower.Close() }
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
	f := &followed{viewer: v, name: name, part: &part{name: name, count: everything}, tried: layouts[0]}
	var err error
	if f.link, err = links[f.tried](v, name); err != nil {
		return nil, err
	}
	return f, nil
}

const silence = 2 * time.Second // a publisher at rest sends something four times a second

func (f *followed) receive(now time.Duration) error {
	was, p := f.shown, f.part
	var err error
	if f.shown, err = f.link.receive(); err != nil {
		if layout := f.another(err); layout != "" {
			return f.change(layout)
		}
		f.viewer.warn(err)
	}
	if f.told != f.shown.Epoch {
		if info, err := f.link.info(f.viewer); err == nil && info.Epoch == f.shown.Epoch { // at once: a frame has arrived
			f.describe(info)
		}
	}
	arrived := f.shown.Seq != was.Seq || f.shown.Epoch != was.Epoch
	silent := f.shown.Epoch != 0 && time.Since(f.link.heard()) > silence
	if arrived || silent != p.silent {
		f.viewer.news = time.Now()
	}
	if p.silent = silent; arrived {
		p.hear(f.shown.Tick, now)
	}
	return nil
}

// describe takes what a new publisher says of itself.
func (f *followed) describe(info relay.Info) {
	p, v := f.part, f.viewer
	said := p.says.Tick
	p.says = framing.Framing{}
	v.dress(p, info.Metadata)
	f.link.joined(p)
	switch {
	case f.told == 0:
		f.shows = append(f.shows, f.link)
	case v.broken == nil:
		v.broken = fmt.Errorf("the publisher of %s was restarted: its motions count on another clock now: start again", f.name)
	}
	if f.told != 0 && p.tick == 0 {
		p.tick = said
	}
	f.told = info.Epoch
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
	f.tried, f.told, f.shown = layout, 0, relay.Shown{}
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
	return f.link.arrived() || f.shown.Epoch != 0 && f.part.silent != (time.Since(f.link.heard()) > silence)
}

func (f *followed) close()       { f.link.unfollow() }
func (f *followed) what() string { return f.name }
