package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/framing"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/words"
	"github.com/slotstream/slotstream/render"
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

// followedWorld is one of them: the arena as it is published, and a copy on this viewer's clock and in its own place,
// which is drawn.
type followedWorld struct {
	name     string
	follower *relay.Follower[render.MotionInstance]
	from     *arena.Arena[render.MotionInstance]

	slots  slots[render.MotionInstance]
	group  arena.Group[render.MotionInstance]
	pages  []arena.GroupSpan[render.MotionInstance]
	census census[render.MotionInstance]
	boxes  []physics.Tank // shifted
	shift  mgl32.Vec3
	again  bool // all slots are to be copied: the place is another one
	clock  remoteClock
	shown  relay.Shown
	silent bool // nothing was heard of its publisher for a while
}

const (
	followPage = 1024 // slots
	apart      = 5.0  // metres between two worlds
	waitFirst  = 3 * time.Second
	silence    = 2 * time.Second // a publisher at rest is heard four times a second
)

// follow follows the names that c has. It waits a little for the first, to know how long its ticks take.
func follow(ctx context.Context, c Config) (source, error) {
	s := &followed{began: time.Now(), warn: c.Warn, warned: map[string]bool{}}
	for _, name := range c.Follow {
		w, err := followWorld(c.NATS, name, 2*c.MaxCubes)
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

func followWorld(nc *nats.Conn, name string, most int) (*followedWorld, error) {
	from, err := arena.New(arena.Config[render.MotionInstance]{MaxSlots: most})
	if err != nil {
		return nil, err
	}
	to, err := arena.New(arena.Config[render.MotionInstance]{MaxSlots: most})
	if err != nil {
		return nil, err
	}
	w := &followedWorld{
		name: name, from: from, group: to.NewGroup(), slots: slots[render.MotionInstance]{arena: to},
		census: census[render.MotionInstance]{meaning: motionInstances},
	}
	w.slots.look = func(d arena.Delta) { w.census.look(to.Mirror(), d) }
	if w.follower, err = relay.Follow(nc, name, from, relay.Config{}); err != nil {
		return nil, err
	}
	return w, nil
}

// take copies what has come since the last call, as of now on the viewer's clock. It reports whether something has.
func (w *followedWorld) take(now time.Duration) (bool, error) {
	shown, err := w.follower.Apply()
	came := shown.Seq != w.shown.Seq || shown.Epoch != w.shown.Epoch
	if !came && !w.again {
		return false, err
	}
	if came {
		w.clock.heard(time.Duration(shown.Tick.Time), now)
		w.shown = shown
	}
	d := w.from.Descend()
	mirror, ranges := w.from.Mirror(), d.Ranges
	if w.again {
		ranges = []arena.Range{{First: 0, Count: len(mirror)}}
		w.again = false
	}
	later := uint32(w.clock.offset.Microseconds())
	for _, r := range ranges {
		for i := r.First; i < r.End(); i++ {
			for i >= len(w.pages)*followPage {
				page, err := w.group.AllocSpan(followPage, render.MotionInstance{})
				if err != nil {
					return came, fmt.Errorf("following %s: %w", w.name, err)
				}
				w.pages = append(w.pages, page)
			}
			var m render.MotionInstance
			if i < len(mirror) {
				m = mirror[i]
			}
			w.place(&m.Motion, later)
			w.pages[i/followPage].Set(i%followPage, &m)
		}
	}
	w.group.Commit(arena.Tick{Number: shown.Tick.Number, Time: int64(now)})
	return true, err
}

// place puts a motion, or a tank, where the world stands, and on the viewer's clock.
func (w *followedWorld) place(m *render.Motion, later uint32) {
	tank := m.Scale == 0
	if w.shift != (mgl32.Vec3{}) && *m != (render.Motion{}) {
		m.From = m.From.Add(w.shift)
		if !tank {
			m.To = m.To.Add(w.shift)
		}
	}
	if !tank && (m.From != m.To || m.FromTurn != m.ToTurn) {
		m.Start += later
	}
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
		if all, other := w.census.tanks(w.slots.arena.Mirror()); other {
			w.boxes, changed = all, true
		}
	}
	right := float32(0) // the end of the worlds before
	for i, w := range s.worlds {
		if len(w.boxes) == 0 {
			continue
		}
		lo, hi := bounds(w.boxes)
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

// remoteClock is how far the viewer's clock is ahead of a publisher's. What comes says when it was, there; how long it
// took differs from one to the next, so the offset follows slowly, unless the publisher's clock stood or jumped.
type remoteClock struct {
	offset time.Duration
	known  bool
}

const clockJump = 100 * time.Millisecond

func (c *remoteClock) heard(there, here time.Duration) {
	off := here - there
	if d := off - c.offset; !c.known || d > clockJump || d < -clockJump {
		c.offset, c.known = off, true
	} else {
		c.offset += d / 8
	}
}
