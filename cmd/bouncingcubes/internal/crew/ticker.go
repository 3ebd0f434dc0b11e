package crew

import (
	"sync"
	"time"
)

// A Ticker calls a function by real time, on a goroutine of its own.
type Ticker struct {
	clock *Clock
	ended sync.WaitGroup

	mu   sync.Mutex
	done uint64
	last time.Time
}

// Ticks says what a Ticker has done.
type Ticks struct {
	Done    uint64        // ticks
	Last    time.Time     // when the last tick was complete; before the first, when the ticker started
	Dropped time.Duration // the time that the ticker gave up
}

// StartTicker calls tick hz times a second, the first time at once. Stop ends it.
func StartTicker(hz float64, tick func()) *Ticker {
	t := &Ticker{clock: NewClock(0), last: time.Now()}
	interval := time.Duration(float64(time.Second) / hz)
	t.ended.Go(func() {
		for due := time.Duration(0); t.clock.Until(due); {
			tick()
			t.mu.Lock()
			t.done++
			t.last = time.Now()
			t.mu.Unlock()
			due += interval
			t.clock.GiveUp(due, interval, 0)
		}
	})
	return t
}

// Ticks may be called from any goroutine.
func (t *Ticker) Ticks() Ticks {
	t.mu.Lock()
	defer t.mu.Unlock()
	return Ticks{Done: t.done, Last: t.last, Dropped: t.clock.Lost()}
}

// Stop ends the ticker, and returns when the current tick is complete.
func (t *Ticker) Stop() {
	t.clock.End()
	t.ended.Wait()
}
