package view

import (
	"errors"
	"testing"
	"time"

	"github.com/slotstream/slotstream/render/window/windowtest"
)

func TestPlayhead(t *testing.T) {
	start := time.Unix(0, 0)
	at := func(s float64) time.Time { return start.Add(time.Duration(s * float64(time.Second))) }
	p := playhead{length: 10 * time.Second, speed: 2}
	p.put(3*time.Second, start)
	is := func(s float64, want time.Duration, runs bool) {
		t.Helper()
		if got := p.now(at(s)); got != want || p.runs(at(s)) != runs {
			t.Errorf("after %v s: %v, runs %v; want %v, %v", s, got, !runs, want, runs)
		}
	}
	is(0, 3*time.Second, true)
	is(2, 7*time.Second, true)
	is(4, 10*time.Second, false)
	p.put(-time.Second, at(5))
	is(5, 0, true)
	p.stand(true, at(6))
	is(8, 2*time.Second, false)
	p.put(4*time.Second, at(8))
	is(9, 4*time.Second, false)
	p.stand(false, at(9))
	is(10, 6*time.Second, true)
	p.speed = -1
	p.put(time.Hour, at(10))
	is(11, 9*time.Second, true)
	is(21, 0, false)
}

// A long seek delays no caller, and the next seek goes to the moment that was asked for last.
func TestSeeker(t *testing.T) {
	way, gone := make(chan time.Duration), make(chan bool)
	failed := errors.New("lost")
	s := newSeeker(0, func(to time.Duration) error {
		way <- to
		<-gone
		if to == 7 {
			return failed
		}
		return nil
	})
	s.ask(1)
	if to := <-way; to != 1 {
		t.Fatalf("on its way to %v", to)
	}
	for to := range time.Duration(6) { // it is still on the first
		s.ask(to + 2)
	}
	if at, err := s.shown(); at != 0 || err != nil || !s.seeking() {
		t.Errorf("at %v, %v", at, err)
	}
	gone <- true
	if to := <-way; to != 7 {
		t.Fatalf("on its way to %v", to)
	}
	gone <- true
	windowtest.Wait(t, "the last moment", func() bool { return !s.seeking() })
	if at, err := s.shown(); at != 7 || err != failed {
		t.Errorf("at %v, %v", at, err)
	}
	s.ask(7) // is there
	s.close()
}
