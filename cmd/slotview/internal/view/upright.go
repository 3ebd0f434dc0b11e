package view

import (
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
)

// An upright is a copy of an arena in the scene's coordinates: slot i is slot i of the arena, turned. Lines and points
// need it where their writer has another frame, since their WGSL has no matrix. It belongs to the goroutine that
// descends.
type upright[T any] struct {
	from, to *arena.Arena[T]
	news     *arena.Backlog
	runs     []arena.Span[T]
	turn     func(slot int, v T) T
}

const runSlots = 1024 // of a run

func newUpright[T any](from *arena.Arena[T], turn func(slot int, v T) T) (*upright[T], error) {
	to, err := arena.New(arena.Config[T]{MaxSlots: from.Cap() + runSlots, Hidden: from.Hidden()})
	if err != nil {
		return nil, err
	}
	return &upright[T]{from: from, to: to, news: from.Follow(), turn: turn}, nil
}

// again turns every slot with the next call of update.
func (t *upright[T]) again() {
	t.news.Stop()
	t.news = t.from.Follow()
}

// update turns the slots that have changed. Call it after the arena's Descend.
func (t *upright[T]) update() error {
	mirror := t.from.Mirror()
	for _, r := range t.news.Ranges() {
		for len(t.runs)*runSlots < r.End() {
			run, err := t.to.AllocSpan(runSlots, t.to.Hidden())
			if err != nil {
				return err
			}
			t.runs = append(t.runs, run)
		}
		for i := r.First; i < r.End(); i++ {
			v := t.turn(i, mirror[i])
			t.runs[i/runSlots].Set(i%runSlots, &v)
		}
	}
	for _, run := range t.runs {
		run.Flush()
	}
	t.news.Clear()
	t.to.Descend()
	return nil
}

// point turns a place.
func (f frame) point(p mgl32.Vec3) mgl32.Vec3 { return mgl32.TransformCoordinate(p, f.matrix()) }
