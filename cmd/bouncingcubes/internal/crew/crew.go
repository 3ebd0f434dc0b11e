// Package crew is goroutines that work together on what is due, and the clock that makes it due.
package crew

import "sync"

// Crew is goroutines that wait, and work when they are asked to. What was done before Ask is seen by the work that it
// asks for, and what that did by whoever Wait returns to. Any goroutine may call its methods.
type Crew struct {
	work  func(worker int)
	place func(worker int) // puts it where it is to begin
	ended sync.WaitGroup

	mu      sync.Mutex
	changed *sync.Cond // any of the following
	asked   uint64     // requests so far
	done    []uint64   // by worker: the last request that it has finished
	closed  bool
}

// New starts workers goroutines, numbered from 0, which call work; Close ends them. Where they are spread, and
// enough for all processors, each begins its work on its own: for beside busy threads of less weight, as a kernel has
// two workers wait for one processor while such a thread has the other.
func New(workers int, spread bool, work func(worker int)) *Crew {
	c := &Crew{work: work, place: func(int) {}, done: make([]uint64, workers)}
	if spread {
		c.place = placer(workers)
	}
	c.changed = sync.NewCond(&c.mu)
	for k := range workers {
		c.ended.Go(func() { c.serve(k) })
	}
	return c
}

// Size is the number of goroutines.
func (c *Crew) Size() int { return len(c.done) }

// Ask has every worker work once more, and returns at once. A worker that is still busy works once for all that it was
// asked meanwhile.
func (c *Crew) Ask() {
	c.mu.Lock()
	c.asked++
	c.mu.Unlock()
	c.changed.Broadcast()
}

// Wait returns when all that was asked for is done, or the crew closed.
func (c *Crew) Wait() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k := range c.done {
		for c.done[k] < c.asked && !c.closed {
			c.changed.Wait()
		}
	}
}

// Close ends the goroutines, which finish what they are at, and returns when they have ended. A second call does
// nothing.
func (c *Crew) Close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.changed.Broadcast()
	c.ended.Wait()
}

// serve is worker k.
func (c *Crew) serve(k int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		for c.done[k] == c.asked && !c.closed {
			c.changed.Wait()
		}
		if c.closed {
			return
		}
		asked := c.asked
		c.mu.Unlock()
		c.place(k)
		c.work(k)
		c.mu.Lock()
		c.done[k] = asked
		c.changed.Broadcast()
	}
}
