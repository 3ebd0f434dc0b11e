package demo

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/recording"
	"github.com/slotstream/slotstream/render"
)

// A layer is an arena as it is drawn.
type layer interface {
	// draw makes the batch that draws the arena, in place of one made before. record writes what it shows into a file,
	// or to stdout; publish sends it to whoever follows the name, and stats, which any goroutine may call, counts that.
	draw(r *render.Renderer, mesh *render.Mesh, c render.BatchConfig) error
	record(path string, stdout io.Writer, metadata map[string]string, clock func() time.Duration) error
	publish(ctx context.Context, nc *nats.Conn, name string, metadata map[string]string) (stats func() relay.PublisherStats, err error)

	// update descends, and hands what changed to all who take it, but for the batch, which follows the arena by itself.
	// wait waits until they have room for more.
	update() error
	wait()

	batch() render.Drawable
	taken() bool // by others than the batch: they want each delta, also where nothing is drawn
	lost() error // why one of them takes no more, if so

	// end ends the takers, and has each say what became of it.
	end(say func(string)) error
	release()
}

// slots is the layer of an arena of Ts: what changed goes to the source, and to who takes it elsewhere.
type slots[T any] struct {
	arena  *arena.Arena[T]
	news   *arena.Backlog // what neither look nor the takers have been told; nil before the first update
	told   uint64         // times that they were
	drawn  *render.Batch[T]
	look   func(arena.Delta) // the source's; or nil
	takers []taker
	failed error // the first taker's that failed
}

// A taker carries what an arena shows to another place, without waiting for it. An error ends that, and nothing else.
type taker interface {
	Apply(arena.Delta) error
	Wait()          // for room
	Close() error   // the first error, also of Apply
	String() string // how much it was
}

func (s *slots[T]) draw(r *render.Renderer, mesh *render.Mesh, c render.BatchConfig) error {
	b, err := render.NewBatch(r, s.arena, mesh, c)
	if err != nil {
		return err
	}
	if s.drawn != nil {
		s.drawn.Release()
	}
	s.drawn = b
	return nil
}

func (s *slots[T]) record(path string, stdout io.Writer, metadata map[string]string, clock func() time.Duration) error {
	r, err := recording.Begin(path, stdout, s.arena, metadata, clock)
	if err == nil {
		s.takers = append(s.takers, r)
	}
	return err
}

func (s *slots[T]) publish(ctx context.Context, nc *nats.Conn, name string, metadata map[string]string) (stats func() relay.PublisherStats, err error) {
	p, err := publish(ctx, nc, name, s.arena, metadata)
	if err != nil {
		return nil, err
	}
	s.takers = append(s.takers, p)
	return p.Stats, nil
}

func (s *slots[T]) update() error {
	d := s.descend()
	for _, t := range s.takers {
		if err := t.Apply(d); err != nil && s.failed == nil {
			s.failed = err
		}
	}
	if s.look != nil {
		s.look(d)
	}
	return nil
}

// descend descends, and returns all that changed since it last did, whoever descended meanwhile.
func (s *slots[T]) descend() arena.Delta {
	if s.news == nil {
		s.news = s.arena.Follow()
	}
	s.arena.Descend()
	s.told++
	d := arena.Delta{Seq: s.told, HighWater: s.news.HighWater(), Ranges: slices.Clone(s.news.Ranges()), Ticks: slices.Clone(s.news.Ticks())}
	s.news.Clear()
	return d
}

func (s *slots[T]) wait() {
	for _, t := range s.takers {
		t.Wait()
	}
}

func (s *slots[T]) batch() render.Drawable { return s.drawn }

func (s *slots[T]) taken() bool { return len(s.takers) > 0 }

func (s *slots[T]) lost() error { return s.failed }

func (s *slots[T]) end(say func(string)) error {
	var errs []error
	for _, t := range s.takers {
		errs = append(errs, t.Close())
		say(t.String())
	}
	s.takers = nil
	return errors.Join(errs...)
}

func (s *slots[T]) release() {
	s.end(func(string) {})
	if s.news != nil {
		s.news.Stop()
	}
	if s.drawn != nil {
		s.drawn.Release()
	}
}
