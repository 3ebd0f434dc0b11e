package demo

import (
	"io"
	"time"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/recording"
	"github.com/slotstream/slotstream/render"
)

// A layer is an arena as it is drawn.
type layer interface {
	// draw makes the batch that draws the arena. record writes what it shows into a file, or to stdout.
	draw(r *render.Renderer, mesh *render.Mesh, c render.BatchConfig) error
	record(path string, stdout io.Writer, metadata map[string]string, clock func() time.Duration) error

	// update descends, and hands what changed to all who follow the arena. wait waits until they have written it.
	update() error
	wait()

	batch() render.Drawable
	recorded() error               // why the recording has ended early, if it has
	end() (said string, err error) // ends the recording, and says what is in it
	release()
}

// slots is the layer of an arena of Ts. Whoever follows the arena gets each delta: the batch, the recording, the
// source.
type slots[T any] struct {
	arena *arena.Arena[T]
	drawn *render.Batch[T]
	tape  *recording.Recording[T] // nil: none
	look  func(arena.Delta)       // the source's; or nil
	ended error                   // of the recording
}

func (s *slots[T]) draw(r *render.Renderer, mesh *render.Mesh, c render.BatchConfig) (err error) {
	s.drawn, err = render.NewBatch(r, s.arena, mesh, c)
	return err
}

func (s *slots[T]) record(path string, stdout io.Writer, metadata map[string]string, clock func() time.Duration) (err error) {
	s.tape, err = recording.Begin(path, stdout, s.arena, metadata, clock)
	return err
}

func (s *slots[T]) update() error {
	d := s.arena.Descend()
	if s.tape != nil && s.ended == nil {
		s.ended = s.tape.Apply(d) // and the picture goes on
	}
	if s.look != nil {
		s.look(d)
	}
	return s.drawn.Apply(d)
}

func (s *slots[T]) wait() {
	if s.tape != nil {
		s.tape.Wait()
	}
}

func (s *slots[T]) batch() render.Drawable { return s.drawn }

func (s *slots[T]) recorded() error { return s.ended }

func (s *slots[T]) end() (said string, err error) {
	if s.tape == nil {
		return "", nil
	}
	tape := s.tape
	s.tape = nil
	err = tape.Close()
	return tape.String(), err
}

func (s *slots[T]) release() {
	s.end()
	if s.drawn != nil {
		s.drawn.Release()
	}
}
