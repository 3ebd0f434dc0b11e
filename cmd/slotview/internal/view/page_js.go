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

// A page keeps no minute: package record is left out of it.

type (
	minute struct{}
	back   struct{ line playhead }
)

func (*minute) keeps() bool { return false }
func (*minute) append()     {}
func (*minute) stop() error { return nil }

func (*back) play(time.Duration, time.Time) {}
func (*back) seeking() bool                 { return false }

// Keep does nothing.
func (v *Viewer) Keep() bool { return false }

func (v *Viewer) keep()               {}
func (v *Viewer) kept() time.Duration { return 0 }
func (v *Viewer) lookBack()           {}
func (v *Viewer) goLive()             {}
func (v *Viewer) leave()              {}
func (v *Viewer) step(bool)           {}

func share(*Viewer) (feed, error) { return nil, errPage }
