package demo

import (
	"sync"
	"time"
)

// seeker brings a player to moments on a goroutine of its own: a way that takes long, as one back does, holds up no
// frame. Of several moments that were asked for it goes to the last one. The render goroutine calls its methods.
type seeker struct {
	seek   func(time.Duration) error
	asked  time.Duration
	wanted chan time.Duration // the last one, if it is not on its way there
	ended  sync.WaitGroup

	mu  sync.Mutex
	at  time.Duration // that the arena shows, or its next Descend
	err error         // of the last way
}

// newSeeker makes a seeker of a player that is at a moment already.
func newSeeker(at time.Duration, seek func(time.Duration) error) *seeker {
	s := &seeker{seek: seek, asked: at, at: at, wanted: make(chan time.Duration, 1)}
	s.ended.Go(func() {
		for t := range s.wanted {
			err := s.seek(t)
			s.mu.Lock()
			s.at, s.err = t, err
			s.mu.Unlock()
		}
	})
	return s
}

// ask has it go to a moment.
func (s *seeker) ask(t time.Duration) {
	if t == s.asked {
		return
	}
	s.asked = t
	select {
	case <-s.wanted: // too late for that one
	default:
	}
	s.wanted <- t // there is room: nobody else sends
}

// shown is where it has come to, and the error of the way there.
func (s *seeker) shown() (at time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at, s.err
}

// under reports whether it is still under way.
func (s *seeker) under() bool {
	at, _ := s.shown()
	return at != s.asked
}

// close ends the goroutine.
func (s *seeker) close() {
	close(s.wanted)
	s.ended.Wait()
}
