package demo

import (
	"context"
	"expvar"
	"fmt"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/words"
)

// publication is the taker that sends what an arena shows to whoever follows.
type publication[T any] struct {
	*relay.Publisher[T]
	name   string
	failed error
}

func publish[T any](ctx context.Context, nc *nats.Conn, name string, a *arena.Arena[T], metadata map[string]string) (*publication[T], error) {
	p, err := relay.Publish(ctx, nc, name, a, relay.PublisherConfig{Metadata: metadata})
	return &publication[T]{Publisher: p, name: name}, err
}

func (p *publication[T]) Apply(arena.Delta) error {
	if err := p.Send(); err != nil && p.failed == nil {
		p.failed = err
	}
	return p.failed
}

// Wait does nothing: whoever is slow gets less often what is the newest then.
func (p *publication[T]) Wait() {}

func (p *publication[T]) Close() error {
	err := p.Publisher.Close()
	if p.failed != nil {
		return p.failed
	}
	return err
}

func (p *publication[T]) String() string {
	s := p.Stats()
	return fmt.Sprintf("%s: %s to viewers, %s", p.name, words.Plural(int(s.Frames), "frame"), words.Bytes(int(s.Bytes)))
}

// counters are a publisher's, as they are whenever somebody looks.
func counters(stats func() relay.PublisherStats) expvar.Func {
	return func() any {
		s := stats()
		return struct {
			Viewers    int     `json:"viewers"`     // now
			Frames     int64   `json:"frames"`      // for a viewer
			Bytes      int64   `json:"bytes"`       // of these
			Conflated  int64   `json:"conflated"`   // frames for which a viewer had no room: part of a later one
			Resent     int64   `json:"resent"`      // times that a viewer had lost something
			AgeSeconds float64 `json:"age_seconds"` // of the oldest frame that a viewer has yet to apply
		}{s.Viewers, s.Frames, s.Bytes, s.Conflated, s.Resent, s.Age.Seconds()}
	}
}
