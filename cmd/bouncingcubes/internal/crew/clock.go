package crew

import (
	"sync"
	"time"
)

const (
	mostLate  = time.Second / 15 // a clock that is later than this, and than mostTicks ticks, goes back
	mostTicks = 4
)

// A Clock is real time that can be paused, and that goes back if its user cannot keep up: otherwise a simulation that
// is too slow would fall behind for ever (Fiedler, "Fix Your Timestep!", 2004). Any goroutine may call its methods.
type Clock struct {
	ended chan struct{}
	once  sync.Once // closes ended

	mu      sync.Mutex
	at      time.Duration // the clock's time at since
	since   time.Time
	paused  bool
	lost    time.Duration
	changed chan struct{} // closed when paused changes
}

// NewClock starts a clock at the given time.
func NewClock(at time.Duration) *Clock {
	return &Clock{at: at, since: time.Now(), ended: make(chan struct{}), changed: make(chan struct{})}
}

// Now returns the clock's time.
func (c *Clock) Now() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

// now is Now, under mu.
func (c *Clock) now() time.Duration {
	if c.paused {
		return c.at
	}
	return c.at + time.Since(c.since)
}

// Pause stops the clock, or lets it go on.
func (c *Clock) Pause(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if on == c.paused {
		return
	}
	c.at, c.since, c.paused = c.now(), time.Now(), on
	close(c.changed)
	c.changed = make(chan struct{})
}

// GiveUp sets the clock back to due if it is much later: by more than four ticks and a fifteenth of a second. It never
// sets the clock back before shown.
func (c *Clock) GiveUp(due, tick, shown time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if now-due > max(mostTicks*tick, mostLate) {
		by := min(now-due, now-shown)
		c.at -= by
		c.lost += by
	}
}

// Lost returns the time that GiveUp has set the clock back by, in all.
func (c *Clock) Lost() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lost
}

// Until waits until the clock shows t. It returns false at once when the clock has ended.
func (c *Clock) Until(t time.Duration) bool {
	for {
		c.mu.Lock()
		wait, paused, changed := t-c.now(), c.paused, c.changed
		c.mu.Unlock()
		select {
		case <-c.ended:
			return false
		default:
		}
		if wait <= 0 {
			return true
		}
		var due <-chan time.Time
		if !paused {
			due = time.After(wait)
		}
		select {
		case <-c.ended:
			return false
		case <-changed:
		case <-due:
		}
	}
}

// End makes every Until return. A second call does nothing.
func (c *Clock) End() { c.once.Do(func() { close(c.ended) }) }
