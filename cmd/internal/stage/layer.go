package stage

import (
	"context"
	"io"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
)

// A Layer is an arena that the scene draws. The interface hides the type of the slots.
type Layer interface {
	// Draw makes the batches that draw the arena.
	Draw(r *render.Renderer, cube *render.Mesh, cfg render.BatchConfig) error

	// Batches appends the batches to draw.
	Batches(all []render.Drawable) []render.Drawable

	// Clock returns the time of the arena's motions at the renderer's time now.
	Clock(now time.Duration) time.Duration

	// Metadata describes the layer, in the words of package framing, in at most so many bytes. Changes counts how often
	// it has changed.
	Metadata(most int) map[string]string
	Changes() int

	// Record returns a sink that writes a recording of the arena to a file, or to stdout.
	Record(path string, stdout io.Writer, metadata map[string]string, clock func() time.Duration) (*Sink, error)

	// Publish returns a sink that publishes the arena. Any goroutine may call stats.
	Publish(ctx context.Context, nc *nats.Conn, name string, metadata map[string]string) (s *Sink, stats func() relay.PublisherStats, err error)

	Descend()
	Release()
}

// Slots is an arena of Ts that one batch draws: a Layer but for Metadata, which does not change.
type Slots[T any] struct {
	Arena *arena.Arena[T]
	Drawn *render.Batch[T]
}

// Draw makes the batch.
func (s *Slots[T]) Draw(r *render.Renderer, cube *render.Mesh, cfg render.BatchConfig) (err error) {
	s.Drawn, err = render.NewBatch(r, s.Arena, cube, cfg)
	return err
}

// Record begins a recording.
func (s *Slots[T]) Record(path string, stdout io.Writer, metadata map[string]string, clock func() time.Duration) (*Sink, error) {
	return begin(path, stdout, s.Arena, metadata, clock)
}

// Publish begins a publication.
func (s *Slots[T]) Publish(ctx context.Context, nc *nats.Conn, name string, metadata map[string]string) (*Sink, func() relay.PublisherStats, error) {
	p, err := relay.Publish(ctx, nc, name, s.Arena, relay.PublisherConfig{Metadata: metadata})
	if err != nil {
		return nil, nil, err
	}
	// A viewer that has no room gets the newest state later, so there is nothing to wait for.
	return &Sink{
		send: p.Send, wait: func() {}, close: p.Close, describe: p.SetMetadata,
		summary: func() string { return published(name, p.Stats()) },
	}, p.Stats, nil
}

// Descend brings the arena's mirror up to date.
func (s *Slots[T]) Descend() { s.Arena.Descend() }

// Batches appends the batch.
func (s *Slots[T]) Batches(all []render.Drawable) []render.Drawable { return append(all, s.Drawn) }

// Clock returns now: the batch has the clock of the renderer.
func (s *Slots[T]) Clock(now time.Duration) time.Duration { return now }

// Changes returns 0.
func (s *Slots[T]) Changes() int { return 0 }

// Release frees the batch.
func (s *Slots[T]) Release() {
	if s.Drawn != nil {
		s.Drawn.Release()
	}
}

// uploads adds up the last uploads of batches.
func uploads(batches []render.Drawable) (sum upload.Stats, pages [upload.Full + 1]int) {
	for _, b := range batches {
		of := b.Stats()
		sum.Updated += of.Updated
		sum.Bytes += of.Bytes
		sum.Calls += of.Calls
		for s := range pages {
			pages[s] += of.Pages(upload.Strategy(s))
		}
	}
	return sum, pages
}
