//go:build !js

package view

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/shared"
	"github.com/slotstream/slotstream/cmd/internal/framing"
	"github.com/slotstream/slotstream/cmd/internal/words"
)

// sharing is a feed of the writers in shared memory. Each type of slots has an arena, and a writer is a part of it.
type sharing struct {
	viewer *Viewer
	hosts  []host
	shows  []stream
}

// A host is a shared.Listener and the stream that its writers write into.
type host interface {
	stream
	address() string
	events() []shared.Event
	changes() bool
	shut()
}

type hosted[T any] struct {
	*arenaOf[T]
	listener *shared.Listener[T]
}

func (h *hosted[T]) address() string        { return h.listener.Address() }
func (h *hosted[T]) events() []shared.Event { return h.listener.Events() }
func (h *hosted[T]) shut()                  { h.listener.Close() }

// changes descends, and reports whether that found something.
func (h *hosted[T]) changes() bool {
	h.Descend()
	return len(h.arenaOf.changes.Ranges())+len(h.arenaOf.changes.Ticks()) > 0
}

func letIn[T any](v *Viewer, k kind[T]) (host, error) {
	a, err := arena.New(arena.Config[T]{MaxSlots: v.cfg.MaxSlots})
	if err != nil {
		return nil, err
	}
	h := &hosted[T]{arenaOf: newStream(v, a, k)}
	if h.listener, err = shared.Listen(a, v.cfg.Address, shared.Config[T]{}); err != nil {
		return nil, err
	}
	return h, nil
}

// A BadAddress is the error that no process can be let in at Config.Address.
type BadAddress struct{ error }

func (e BadAddress) Unwrap() error { return e.error }

// share lets processes of this machine write, and says where.
func share(v *Viewer) (feed, error) {
	s := &sharing{viewer: v}
	for _, open := range []func() (host, error){
		func() (host, error) { return letIn(v, matrices) }, func() (host, error) { return letIn(v, motions) },
		func() (host, error) { return letIn(v, instances) }, func() (host, error) { return letIn(v, motionInstances) },
		func() (host, error) { return letIn(v, lines) }, func() (host, error) { return letIn(v, points) },
	} {
		h, err := open()
		if err != nil {
			s.close()
			return nil, BadAddress{err}
		}
		s.hosts = append(s.hosts, h)
	}
	v.cfg.Say("writers may connect at " + s.hosts[0].address())
	return s, nil
}

func (s *sharing) receive(time.Duration) error {
	for _, h := range s.hosts {
		for _, e := range h.events() {
			s.tell(h, e)
		}
	}
	return nil
}

// tell takes note of what happened to a writer, and says so.
func (s *sharing) tell(h host, e shared.Event) {
	v, name := s.viewer, e.Writer.Name
	switch e.Kind {
	case shared.Joined:
		p := &part{name: name, first: e.Index, count: e.Writer.Slots, group: e.Group}
		p.folder, _ = os.Getwd()
		v.dress(p, framing.Object(e.Writer.Metadata))
		h.joined(p)
		if !s.has(h) {
			s.shows = append(s.shows, h)
		}
		v.cfg.Say(fmt.Sprintf("%s writes %s", name, words.Plural(e.Writer.Slots, "slot")))
	case shared.Left, shared.Died:
		for _, p := range h.parted() {
			if p.name == name && p.group == e.Group {
				p.gone = true
			}
		}
		if e.Kind == shared.Left {
			v.cfg.Say(name + " has left")
		} else {
			v.cfg.Say(fmt.Sprintf("%s has died: %v", name, e.Err))
		}
	case shared.Freed:
		for _, p := range h.parted() {
			if p.name == name && p.group == e.Group {
				h.left(p)
			}
		}
	case shared.Refused:
		if name != "" { // otherwise it was no writer
			v.cfg.Say(fmt.Sprintf("%s is refused: %v", name, e.Err))
		}
	}
	v.news = time.Now()
}

func (s *sharing) has(h host) bool {
	for _, other := range s.shows {
		if other == stream(h) {
			return true
		}
	}
	return false
}

func (s *sharing) streams() []stream { return s.shows }

// A writer that has joined shows nothing before its first commit.
func (s *sharing) awaited() error {
	if len(s.shows) == 0 {
		return errors.New("no writer has come to " + s.hosts[0].address() + ": start one, such as examples/shared/bodies/bodies.py")
	}
	if name := s.joining(); name != "" {
		return errors.New(name + " writes to " + s.hosts[0].address() + ", but has committed nothing: call commit after each step")
	}
	return nil
}

// joining returns the name of a writer that has not committed yet, where none has.
func (s *sharing) joining() (name string) {
	for _, h := range s.shows {
		for _, p := range h.parted() {
			if p.gone || !p.heard.IsZero() {
				return ""
			}
			name = p.name
		}
	}
	return name
}

// arriving also descends, as the window calls it while it draws no frames.
func (s *sharing) arriving() (any bool) {
	for _, h := range s.hosts {
		any = h.changes() || any
	}
	return any
}

func (s *sharing) close() {
	for _, h := range s.hosts {
		h.shut()
	}
}

func (s *sharing) what() string {
	if name := s.joining(); name != "" {
		return "a commit of " + name
	}
	return "writers"
}
