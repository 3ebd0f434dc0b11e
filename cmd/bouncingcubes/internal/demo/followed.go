package demo

import (
	"cmp"
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

// followed are worlds that other processes publish, drawn beside each other. Its clock is that of the first world: so
// the times in a recording of that world fit the starts of its motions. If the first publisher is restarted, the clock
// goes on, and the world's batch gets a clock of its own.
type followed struct {
	passive
	ctx    context.Context // of the program
	worlds []*followedWorld
	began  time.Time
	behind time.Duration // how far the clock is behind the time since began
	paused bool
	warn   func(error)
	warned map[string]bool
	first  framing.Framing // of the first world, when the program began
	epoch  uint64          // of the first publisher of the first world
	news   time.Time       // when something arrived or moved
}

const (
	apart     = 5.0 // metres between two worlds
	waitFirst = 3 * time.Second
	silence   = 2 * time.Second // a publisher at rest sends something four times a second
)

// follow follows the names in c. It waits a little for the first publisher, which tells how long its ticks are.
func follow(ctx context.Context, c Config) (source, error) {
	s := &followed{ctx: ctx, began: time.Now(), warn: c.Warn, warned: map[string]bool{}}
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

// pause freezes the picture. The publishers keep for later what changes meanwhile.
func (s *followed) pause(on bool) { s.paused = on }

// awaited returns the names of the worlds from which no frame has arrived yet.
func (s *followed) awaited() []string {
	var names []string
	for _, w := range s.worlds {
		if w.shown.Epoch == 0 {
			names = append(names, w.name)
		}
	}
	return names
}

// receive stores what has arrived from all publishers. It warns once of each error.
func (s *followed) receive() {
	if s.paused {
		return
	}
	for i, w := range s.worlds {
		arrived, err := w.receive(s.ctx)
		silent := time.Since(w.follower.Stats().Heard) > silence
		if arrived || silent != w.silent {
			s.news = time.Now()
		}
		w.silent = silent
		if arrived {
			s.heard(i, w.shown.Tick.Time, time.Since(s.began))
		}
		if err != nil && !s.warned[err.Error()] {
			s.warned[err.Error()] = true
			s.warn(err)
		}
	}
}

// heard takes note of a frame of a world, which was sent at there on the publisher's clock.
func (s *followed) heard(world int, there, sinceBegan time.Duration) {
	c := &s.worlds[world].clock
	begins := !c.known
	moved := c.heard(there, sinceBegan)
	if world == 0 && begins {
		s.behind = c.offset
	} else if world == 0 {
		s.behind += moved
	}
}

// ahead returns how far the clock of a world's publisher is ahead of this one.
func (s *followed) ahead(w *followedWorld) time.Duration { return s.behind - w.clock.offset }

func (s *followed) update() (time.Duration, error) {
	s.receive()
	now := time.Since(s.began) - s.behind
	for _, w := range s.worlds {
		w.slots.drawn.SetClock(s.ahead(w))
		w.slots.drawn.SetTick(min(s.tickOf(w), time.Hour))
	}
	return now, nil
}

// tickOf returns how long the motions of a world take. A publisher that does not say has the first one's ticks.
func (s *followed) tickOf(w *followedWorld) time.Duration { return cmp.Or(w.tick, s.first.Tick) }

// described returns an error as soon as framing does not describe the first world any more. Its publisher was
// restarted, and its motions count on another clock; or the publisher came late, and has other ticks.
func (s *followed) described() error {
	w := s.worlds[0]
	switch {
	case s.epoch == 0:
		s.epoch = w.told
	case s.epoch != w.told:
		return fmt.Errorf("the publisher of %s was restarted: its motions count on another clock now: start again", w.name)
	}
	if tick := s.tickOf(w); tick != s.first.Tick {
		return fmt.Errorf("the ticks of %s take %v and not %v: start again, now that it is there", w.name, tick, s.first.Tick)
	}
	return nil
}

func (s *followed) tanks() (boxes []physics.Tank, changed bool) {
	for _, w := range s.worlds {
		if all, other := w.census.tanks(); other {
			w.boxes, changed = all, true
		}
	}
	if !changed {
		return nil, false
	}
	s.news = time.Now()
	for _, w := range s.worlds {
		if len(w.boxes) > 0 {
			boxes = append(boxes, w.place(beside(boxes, w.boxes))...)
		}
	}
	return boxes, true
}

// beside returns by how much to move the tanks of a world so that they stand beside those that have their place. It
// makes the longer side of the field no longer, so that the field stays nearly square and fills the window.
func beside(placed, tanks []physics.Tank) (by mgl32.Vec3) {
	if len(placed) == 0 {
		return by
	}
	lo, hi := physics.Bounds(placed)
	first, _ := physics.Bounds(tanks)
	by = mgl32.Vec3{lo[0] - first[0], 0, lo[2] - first[2]}
	axis := 0
	if hi[0]-lo[0] > hi[2]-lo[2] {
		axis = 2
	}
	by[axis] = hi[axis] + apart - first[axis]
	return by
}

// moving also receives, as the window calls it while it draws no frames.
func (s *followed) moving() bool {
	s.receive()
	longest := time.Duration(0)
	for _, w := range s.worlds {
		longest = max(longest, s.tickOf(w))
	}
	return time.Since(s.news) < 2*longest
}

func (s *followed) count() (seen, awake int) {
	for _, w := range s.worlds {
		seen += w.census.seen()
		awake += w.census.count[moving]
	}
	return seen, awake
}

func (s *followed) summary(sep string) string {
	var names []string
	for _, w := range s.worlds {
		names = append(names, w.name)
	}
	seen, awake := s.count()
	return fmt.Sprintf("%s of %s%s%s awake", words.Plural(seen, "cube"), strings.Join(names, ", "), sep, words.Count(awake))
}

func (s *followed) keys() []overlay.Row { return nil }

func (s *followed) rows(h *hud) []overlay.Row {
	seen, awake := s.count()
	rows := []overlay.Row{{Name: "cubes", Value: words.Count(seen)}, {Name: "awake", Value: words.Count(awake)}}
	for _, w := range s.worlds {
		state := "tick " + words.Count(int(w.shown.Tick.Number))
		switch {
		case w.shown.Epoch == 0:
			state = "waiting"
		case w.silent:
			state += ", silent"
		}
		rows = append(rows, overlay.Row{Name: w.name, Value: state})
	}
	return append(rows, h.traffic()...)
}

func (s *followed) key(*hud, window.Key, ray) bool { return false }

func (s *followed) release() {
	for _, w := range s.worlds {
		w.follower.Close()
		w.slots.release()
	}
}

// nothingFrom is the error for publishers from which nothing has arrived in time. It lists the publishers that are
// there.
func nothingFrom(ctx context.Context, nc *nats.Conn, names []string) error {
	found, err := relay.Find(ctx, nc)
	there := "the server has no publisher"
	if len(found) > 0 {
		var others []string
		for _, i := range found {
			others = append(others, i.Name)
		}
		there = "the server has " + strings.Join(others, ", ")
	}
	return errors.Join(err, fmt.Errorf("following %s: nothing has arrived: %s: start a publisher of that name with -publish", strings.Join(names, ", "), there))
}
