package demo

import (
	"errors"
	"io"
	"time"

	"github.com/slotstream/slotstream/arena"
)

// A page follows other processes. It neither plays nor writes recordings, and shares no memory with other processes:
// what that takes is left out of it.

// A Recording does not exist in a page.
type Recording struct{}

var errPage = errors.New("a page does not do that")

func play(Config) (source, error) { return nil, errPage }

func letIn(source, string, func(string)) (source, error) { return nil, errPage }

func begin[T any](string, io.Writer, *arena.Arena[T], map[string]string, func() time.Duration) (*sink, error) {
	return nil, errPage
}
