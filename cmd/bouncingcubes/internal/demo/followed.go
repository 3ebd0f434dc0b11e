package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/framing"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/words"
	"github.com/slotstream/slotstream/render/overlay"
	"github.com/slotstream/slotstream/render/window"
)

// followed are worlds that other processes publish, one beside the other. Its clock is real time since it was made.
type followed struct {
	worlds []*followedWorld
	began  time.Time
	paused bool
	warn   func(error)
	warned map[string]bool
	first  framing.Framing
	news   time.Time // when something came
}

const (
	apart     = 5.0 // metres between two worlds
	waitFirst = 3 * time.Second
	silence   = 2 * time.Second // a publisher at rest is heard four times a second
)

// follow follows the names that c has. It waits a little for the first, to know how long its ticks take.
func follow(ctx context.Context, c Config) (source, error) {
	s := &followed{began: time.Now(), warn: c.Warn, warned: map[string]bool{}}
	for _, name := range c.Follow {
		w, err := followWorld(ctx, c.NATS, name, 2*c.MaxCubes)
		if err != nil {
			s.release()
			return nil, err
		}
		s.worlds = append(s.worlds, w)
	}
	ctx, cancel := context.WithTimeout(ctx, waitFirst)
	defer cancel()
	info, err := s.worlds[0].follower.Info(ctx)
	if err != nil && ctx.Err() == nil {
		s.release()
		return nil, err
	}
	s.first = framing.Parse(info.Metadata)
	if s.first.Tick == 0 {
		s.first = framing.Framing{Tick: time.Second / 60, Yaw: -0.75, Pitch: 0.5, FovY: 0.5, Sun: sun}
	}
	if s.first.Lo == s.first.Hi {
		s.first.Lo, s.first.Hi = mgl32.Vec3{-5, 0, -5}, mgl32.Vec3{5, 5, 5}
	}
	return s, nil
}

func (s *followed) layers() []layer {
	var all []layer
	for _, w := range s.worlds {
		all = append(all, &w.slots)
	}
	return all
}

func (s *followed) framing() framing.Framing { return s.first }

func (s *followed) step() error { return nil }

func (s *followed) run() {}

// pause has what is shown stand. The publishers keep what has changed meanwhile.
func (s *followed) pause(on bool) { s.paused = on }

// awaited are the names of the worlds that have not been seen yet.
func (s *followed) awaited() []string {
	var names []string
	for _, w := range s.worlds {
		if w.shown.Epoch == 0 {
			names = append(names, w.name)
		}
	}
	return names
}

// take takes what has come from all, and warns of what keeps one from coming, once.
func (s *followed) take() {
	if s.paused {
		return
	}
	for _, w := range s.worlds {
		came, err := w.take(time.Since(s.began))
		silent := time.Since(w.follower.Stats().Heard) > silence
		if came || silent != w.silent {
			s.news = time.Now()
		}
		w.silent = silent
		if err != nil && !s.warned[err.Error()] {
			s.warned[err.Error()] = true
			s.warn(err)
		}
	}
}

func (s *followed) update() (time.Duration, error) {
	s.take()
	return time.Since(s.began), nil
}

func (s *followed) tanks() (boxes []physics.Tank, changed bool) {
	for _, w := range s.worlds {
		if all, other := w.census.tanks(); other {
			w.boxes, changed = all, true
		}
	}
	right := float32(0) // the end of the worlds before
	for i, w := range s.worlds {
		if len(w.boxes) == 0 {
			continue
		}
		lo, hi := physics.Bounds(w.boxes)
		if by := right + apart - lo[0]; i > 0 && right != 0 && (by > 0.01 || by < -0.01) {
			w.shift[0] += by
			w.again, s.news = true, time.Now()
			hi[0] += by
		}
		right = hi[0]
		boxes = append(boxes, w.boxes...)
	}
	return boxes, changed
}

// moving also takes what has come: it is asked where nothing is drawn.
func (s *followed) moving() bool {
	s.take()
	return time.Since(s.news) < 2*s.first.Tick
}

func (s *followed) count() (seen, awake int) {
	for _, w := range s.worlds {
		seen += w.census.seen()
		awake += w.census.count[moving]
	}
	return seen, awake
}

func (s *followed) names() string {
	var all []string
	for _, w := range s.worlds {
		all = append(all, w.name)
	}
	return strings.Join(all, ", ")
}

func (s *followed) seen() string {
	seen, awake := s.count()
	return fmt.Sprintf("%s of %s, %s awake", words.Plural(seen, "cube"), s.names(), words.Count(awake))
}

func (s *followed) status() string {
	seen, awake := s.count()
	return fmt.Sprintf("%s of %s · %s awake", words.Plural(seen, "cube"), s.names(), words.Count(awake))
}

func (s *followed) keys() []overlay.Row { return nil }

func (s *followed) rows(h *hud) []overlay.Row {
	seen, awake := s.count()
	rows := []overlay.Row{{Name: "cubes", Value: words.Count(seen)}, {Name: "awake", Value: words.Count(awake)}}
	for _, w := range s.worlds {
		heard := fmt.Sprintf("tick %s", words.Count(int(w.shown.Tick.Number)))
		switch {
		case w.shown.Epoch == 0:
			heard = "waiting for it"
		case w.silent:
			heard += ", silent"
		}
		rows = append(rows, overlay.Row{Name: w.name, Value: heard})
	}
	return append(rows, h.traffic()...)
}

func (s *followed) key(*hud, window.Key, ray) bool { return false }

func (s *followed) char(rune) (do func()) { return nil }

func (s *followed) click(ray) {}

func (s *followed) drew(time.Time) {}

func (s *followed) release() {
	for _, w := range s.worlds {
		w.follower.Close()
		w.slots.release()
	}
}

// nobody is that none of the names has been seen in time, and what there is instead.
func nobody(ctx context.Context, nc *nats.Conn, names []string) error {
	found, err := relay.Find(ctx, nc)
	there := "nobody publishes anything there"
	if len(found) > 0 {
		var others []string
		for _, i := range found {
			others = append(others, i.Name)
		}
		there = "what is published there is " + strings.Join(others, ", ")
	}
	return errors.Join(err, fmt.Errorf("following %s: nothing has come: %s; start it with -publish", strings.Join(names, ", "), there))
}
