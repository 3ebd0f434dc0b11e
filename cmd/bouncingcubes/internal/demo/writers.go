//go:build !js

package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/shared"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/words"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/overlay"
)

// withWriters is a source with the cubes of other processes beside it. They write the cubes into shared memory, as
// matrices or as motions. The cubes stand in a box of their own, beside the tanks.
type withWriters struct {
	source
	matrices writers[mgl32.Mat4]
	motions  writers[render.Motion]
	say      func(string)
	now      time.Duration
	clock    remoteClock    // the writers', behind that of the source
	names    []string       // of the writers
	own      []physics.Tank // of the source
	box      physics.Tank   // around all that the writers ever showed, in their coordinates; empty at first
	looked   time.Time
	news     time.Time // when a slot of theirs changed
}

// writers are those of one type of slots.
type writers[T any] struct {
	slots   slots[T]
	meaning meaning[T]
	news    *arena.Backlog
	host    *shared.Listener[T]
}

func (w *writers[T]) open(address string, m meaning[T]) error {
	a, err := arena.New(arena.Config[T]{})
	if err != nil {
		return err
	}
	w.slots.arena, w.meaning, w.news = a, m, a.Follow()
	w.host, err = shared.Listen(a, address, shared.Config[T]{})
	return err
}

func (w *writers[T]) release() {
	if w.host != nil {
		w.host.Close()
	}
	w.slots.release()
}

// grow makes box so large that it holds what has changed. NaN and the like have no place.
func (w *writers[T]) grow(box []physics.Tank) []physics.Tank {
	mirror := w.slots.arena.Mirror()
	for _, r := range w.news.Ranges() {
		for i := r.First; i < r.End(); i++ {
			middle, reach := w.meaning.place(&mirror[i])
			if far := middle.Len() + reach; w.meaning.kind(&mirror[i]) == hidden || !(far < 1e6) {
				continue
			}
			lo, hi := physics.Bounds(append(box, physics.Tank{Center: middle, Half: mgl32.Vec3{reach, reach, reach}}))
			box = append(box[:0], physics.Tank{Center: lo.Add(hi).Mul(0.5), Half: hi.Sub(lo).Mul(0.5)})
		}
	}
	w.news.Clear()
	return box
}

// BadAddress is the error that no process can be let in at Config.Address.
type BadAddress struct{ error }

func (e BadAddress) Unwrap() error { return e.error }

// letIn lets processes write beside the source, and says where.
func letIn(s source, address string, say func(string)) (source, error) {
	w := &withWriters{source: s, say: say}
	err := w.matrices.open(address, matrices)
	if err == nil {
		err = w.motions.open(address, motions)
	}
	if err != nil {
		w.matrices.release()
		w.motions.release()
		s.release()
		return nil, BadAddress{fmt.Errorf("-shared: %w", err)}
	}
	say("other processes may write at " + w.matrices.host.Address())
	return w, nil
}

func (s *withWriters) layers() []layer {
	return append(s.source.layers(), &s.matrices.slots, &s.motions.slots)
}

func (s *withWriters) update() (now time.Duration, err error) {
	now, err = s.source.update()
	s.now = now
	for _, e := range append(s.matrices.host.Events(), s.motions.host.Events()...) {
		s.tell(e)
	}
	s.motions.slots.drawn.SetClock(-s.clock.offset)
	return now, err
}

// tell tells the user of what happened to a writer.
func (s *withWriters) tell(e shared.Event) {
	switch e.Kind {
	case shared.Joined:
		s.names = append(s.names, e.Writer.Name)
		s.say(fmt.Sprintf("%s writes %s", e.Writer.Name, words.Plural(e.Writer.Slots, "cube")))
	case shared.Left, shared.Died:
		if i := slices.Index(s.names, e.Writer.Name); i >= 0 {
			s.names = slices.Delete(s.names, i, i+1)
		}
		if e.Kind == shared.Left {
			s.say(e.Writer.Name + " has left")
		} else {
			s.say(fmt.Sprintf("%s has died: %v", e.Writer.Name, e.Err))
		}
	case shared.Refused:
		if e.Writer.Name != "" { // otherwise it was no writer
			s.say(fmt.Sprintf("%s is refused: %v", e.Writer.Name, e.Err))
		}
	}
}

// tanks also takes note of the times of motions' ticks, and puts the writers' box beside the tanks.
func (s *withWriters) tanks() (boxes []physics.Tank, changed bool) {
	for _, t := range s.motions.news.Ticks() {
		s.clock.heard(t.To.Time, s.now)
	}
	if own, other := s.source.tanks(); other {
		s.own, changed = own, true
	}
	if now := time.Now(); now.Sub(s.looked) > time.Second/4 {
		s.looked = now
		var was []physics.Tank
		if s.box != (physics.Tank{}) {
			was = append(was, s.box)
		}
		if box := s.motions.grow(s.matrices.grow(was)); len(box) > 0 && box[0] != s.box {
			box[0].Half = box[0].Half.Mul(1.1) // so that the next change is not soon
			s.box, changed = box[0], true
		}
	}
	if !changed {
		return nil, false
	}
	if s.box == (physics.Tank{}) {
		return s.own, true
	}
	by := beside(s.own, []physics.Tank{s.box})
	if floor := s.box.Center[1] - s.box.Half[1]; floor < 0 {
		by[1] = -floor
	}
	for _, b := range []interface{ SetOrigin(mgl64.Vec3) }{s.matrices.slots.drawn, s.motions.slots.drawn} {
		b.SetOrigin(mgl64.Vec3{float64(by[0]), float64(by[1]), float64(by[2])})
	}
	return append(slices.Clone(s.own), physics.Tank{Center: s.box.Center.Add(by), Half: s.box.Half}), true
}

// moving also descends, as the window calls it while it draws no frames.
func (s *withWriters) moving() bool {
	s.matrices.slots.descend()
	s.motions.slots.descend()
	if len(s.matrices.news.Ranges())+len(s.motions.news.Ranges()) > 0 {
		s.news = time.Now()
	}
	return s.source.moving() || time.Since(s.news) < time.Second/4
}

func (s *withWriters) summary(sep string) string {
	text := s.source.summary(sep)
	if len(s.names) > 0 {
		text += sep + words.Plural(s.matrices.slots.arena.Len()+s.motions.slots.arena.Len(), "cube") + " of " + strings.Join(s.names, ", ")
	}
	return text
}

func (s *withWriters) rows(h *hud) []overlay.Row {
	rows := s.source.rows(h)
	if len(s.names) > 0 {
		rows = append(rows, overlay.Row{Name: "writers", Value: strings.Join(s.names, ", ")})
	}
	return rows
}

func (s *withWriters) release() {
	s.matrices.release()
	s.motions.release()
	s.source.release()
}
