package view

import (
	"sync"
	"time"
)

// A seeker calls a player's Seek on a goroutine of its own, so that a long seek, backwards for example, delays no
// frame. If several moments are asked for meanwhile, it goes to the last one. The render goroutine calls its methods.
type seeker struct {
	seek   func(time.Duration) error
	asked  time.Duration
	wanted chan time.Duration // the moment to seek next
	ended  sync.WaitGroup

	mu  sync.Mutex
	at  time.Duration // the moment that the next Descend shows
	err error         // of the last seek
}

// newSeeker makes a seeker for a player that shows the moment at.
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

// ask makes the seeker go to a moment.
func (s *seeker) ask(t time.Duration) {
	if t == s.asked {
		return
	}
	s.asked = t
	select {
	case <-s.wanted: // forget the moment before
	default:
	}
	s.wanted <- t // never blocks: only this goroutine sends
}

// shown returns the moment that the seeker has reached, and the error of that seek.
func (s *seeker) shown() (at time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at, s.err
}

// seeking reports whether the seeker has not reached the moment that was asked for.
func (s *seeker) seeking() bool {
	at, _ := s.shown()
	return at != s.asked
}

// close stops the goroutine.
func (s *seeker) close() {
	close(s.wanted)
	s.ended.Wait()
}
