package view

import (
	"errors"
	"time"
)

// A page follows other processes. It neither plays recordings nor shares memory with other processes: what that takes
// is left out of it.

type taped interface{}

// A Tape does not exist in a page.
type Tape struct{}

func (Tape) length() time.Duration { return 0 }

var errPage = errors.New("a page does not do that")

func play(*Viewer, Tape) (feed, error) { return nil, errPage }

func share(*Viewer) (feed, error) { return nil, errPage }
