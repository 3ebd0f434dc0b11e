package crew

import (
	"sync"
	"time"
)

// mostLate is how many ticks a clock does one upon the other to catch up; it gives up what is due beyond them, rather
// than fall behind for ever (Fiedler, "Fix Your Timestep!", 2004).
const mostLate = 4

// Clock ticks by real time, on a goroutine of its own.
type Clock struct {
	tick     func()
	interval time.Duration
	stop     chan struct{}
	ended    sync.WaitGroup

	mu    sync.Mutex
	ticks Ticks
}

// Ticks are what a clock has done.
type Ticks struct {
	Done    uint64        // ticks
	Last    time.Time     // when the last one was complete, or the clock started
	Dropped time.Duration // time given up
}

// Start calls tick hz times a second, the first time at once; Stop ends it.
func Start(hz float64, tick func()) *Clock {
	c := &Clock{
		tick: tick, interval: time.Duration(float64(time.Second) / hz),
		stop: make(chan struct{}), ticks: Ticks{Last: time.Now()},
	}
	c.ended.Go(c.run)
	return c
}

func (c *Clock) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	due := time.Now()
	for {
		select {
		case <-c.stop:
			return
		case <-timer.C:
		}
		c.tick()
		now := time.Now()
		due = due.Add(c.interval)
		dropped := max(0, now.Sub(due)-mostLate*c.interval)
		due = due.Add(dropped)
		c.mu.Lock()
		c.ticks.Done++
		c.ticks.Last = now
		c.ticks.Dropped += dropped
		c.mu.Unlock()
		timer.Reset(due.Sub(now))
	}
}

// Ticks may be called from any goroutine.
func (c *Clock) Ticks() Ticks {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ticks
}

// Stop ends the clock and returns when the tick under way is complete. Call it once.
func (c *Clock) Stop() {
	close(c.stop)
	c.ended.Wait()
}
