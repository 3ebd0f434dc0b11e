package physics

import (
	"sync"
	"time"
)

// A clock is real time that can stand still and be put back. Any goroutine may call its methods.
type clock struct {
	ended chan struct{}
	once  sync.Once // closes it

	mu      sync.Mutex
	at      time.Duration // what it said at since
	since   time.Time
	stands  bool
	changed chan struct{} // closed when it stands or goes on
}

func newClock(at time.Duration) *clock {
	return &clock{at: at, since: time.Now(), ended: make(chan struct{}), changed: make(chan struct{})}
}

func (c *clock) now() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.read()
}

// read is now, under mu.
func (c *clock) read() time.Duration {
	if c.stands {
		return c.at
	}
	return c.at + time.Since(c.since)
}

// stand stops the clock, or has it go on.
func (c *clock) stand(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if on == c.stands {
		return
	}
	c.at, c.since, c.stands = c.read(), time.Now(), on
	close(c.changed)
	c.changed = make(chan struct{})
}

// back puts the clock back.
func (c *clock) back(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at -= by
}

// until waits for a time. It reports false once the clock has been ended.
func (c *clock) until(t time.Duration) bool {
	for {
		c.mu.Lock()
		wait, stands, changed := t-c.read(), c.stands, c.changed
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
		if !stands {
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

// end has every until return.
func (c *clock) end() { c.once.Do(func() { close(c.ended) }) }
