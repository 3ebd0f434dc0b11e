// Package demo is the world of cubes as a source of package stage.
package demo

import (
	"context"

	"github.com/slotstream/slotstream/cmd/internal/stage"
)

// Config says what to simulate.
type Config struct {
	Cubes, Workers int
	MaxCubes       int     // the most that the key + makes
	Tick           float64 // Hz
	Seed           uint64
	Fountain       bool
}

// Open makes the world. If ctx is cancelled meanwhile, the world gets fewer cubes than c asks for. Where the CPU draws,
// the workers are spread over the processors.
func (c Config) Open(ctx context.Context, software bool) (stage.Source, error) {
	s, err := simulate(ctx, c, software)
	if err != nil {
		return nil, err // not s: an interface that holds a nil pointer is not nil
	}
	return s, nil
}
