//go:build !js

package stage

import (
	"io"
	"time"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/internal/recording"
)

// begin begins a recording of an arena.
func begin[T any](path string, stdout io.Writer, a *arena.Arena[T], metadata map[string]string, clock func() time.Duration) (*Sink, error) {
	r, err := recording.Begin(path, stdout, a, metadata, clock)
	if err != nil {
		return nil, err
	}
	return &Sink{send: r.Append, wait: r.Wait, close: r.Close, summary: r.String, describe: r.SetMetadata}, nil
}
