package demo

import (
	"context"
	"io"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/render"
)

// A layer is an arena that the scene draws. The interface hides the type of the slots.
type layer interface {
	// draw makes the batch that draws the arena.
	draw(r *render.Renderer, mesh *render.Mesh, cfg render.BatchConfig) error

	// record returns a sink that writes a recording of the arena to a file, or to stdout.
	record(path string, stdout io.Writer, metadata map[string]string, clock func() time.Duration) (*sink, error)

	// publish returns a sink that publishes the arena. Any goroutine may call stats.
	publish(ctx context.Context, nc *nats.Conn, name string, metadata map[string]string) (s *sink, stats func() relay.PublisherStats, err error)

	descend()
	batch() render.Drawable
	release()
}

// slots is the layer of an arena of Ts.
type slots[T any] struct {
	arena *arena.Arena[T]
	drawn *render.Batch[T]
}

func (s *slots[T]) draw(r *render.Renderer, mesh *render.Mesh, cfg render.BatchConfig) (err error) {
	s.drawn, err = render.NewBatch(r, s.arena, mesh, cfg)
	return err
}

func (s *slots[T]) record(path string, stdout io.Writer, metadata map[string]string, clock func() time.Duration) (*sink, error) {
	return begin(path, stdout, s.arena, metadata, clock)
}

func (s *slots[T]) publish(ctx context.Context, nc *nats.Conn, name string, metadata map[string]string) (*sink, func() relay.PublisherStats, error) {
	p, err := relay.Publish(ctx, nc, name, s.arena, relay.PublisherConfig{Metadata: metadata})
	if err != nil {
		return nil, nil, err
	}
	// A viewer that has no room gets the newest state later, so there is nothing to wait for.
	return &sink{send: p.Send, wait: func() {}, close: p.Close, summary: func() string { return published(name, p.Stats()) }}, p.Stats, nil
}

func (s *slots[T]) descend() { s.arena.Descend() }

func (s *slots[T]) batch() render.Drawable { return s.drawn }

func (s *slots[T]) release() {
	if s.drawn != nil {
		s.drawn.Release()
	}
}
