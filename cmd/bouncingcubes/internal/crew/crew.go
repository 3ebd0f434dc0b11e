// Package crew has goroutines that work together when they are asked to, and the clock that says when that is.
package crew

import "sync"

// A Crew is a number of goroutines that work each time that they are asked to. The work sees everything that happened
// before Ask, and after Wait the caller sees everything that the work did. Any goroutine may call the methods.
type Crew struct {
	work  func(worker int)
	place func(worker int) // moves a worker to its processor
	ended sync.WaitGroup

	mu      sync.Mutex
	changed *sync.Cond // one of the fields below has changed
	asked   uint64     // requests so far
	done    []uint64   // by worker: the last request that the worker has finished
	closed  bool
}

// New starts goroutines, numbered from 0, that call work. Close stops them.
//
// If spread is true and there is a worker for each processor, each worker begins its work on a processor of its own.
// That helps beside busy threads of a lower priority: otherwise the kernel may let two workers wait for one processor
// while such a thread has the other one.
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

// Size returns the number of goroutines.
func (c *Crew) Size() int { return len(c.done) }

// Ask makes every worker work once more, and returns at once. A worker that is busy works only once for all requests
// that come meanwhile.
func (c *Crew) Ask() {
	c.mu.Lock()
	c.asked++
	c.mu.Unlock()
	c.changed.Broadcast()
}

// Wait returns when all requests are done, or when the crew is closed.
func (c *Crew) Wait() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k := range c.done {
		for c.done[k] < c.asked && !c.closed {
			c.changed.Wait()
		}
	}
}

// Close lets the goroutines finish their present work and stops them. It returns when they have ended. A second call
// does nothing.
func (c *Crew) Close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.changed.Broadcast()
	c.ended.Wait()
}

// serve is the loop of worker k.
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
