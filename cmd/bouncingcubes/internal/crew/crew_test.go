package crew

import (
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// After Ask and Wait every worker has worked exactly once, and has seen what happened before Ask, and nothing later.
func TestEveryWorkerWorksOnce(t *testing.T) {
	const workers, rounds = 5, 2000
	round := 0 // a plain variable: the race detector sees whether Ask and Wait order it
	var seen [workers]int
	c := New(workers, false, func(k int) { seen[k] += round })
	defer c.Close()
	sum := 0
	for range rounds {
		round++
		sum += round
		c.Ask()
		c.Wait()
	}
	for k, n := range seen {
		if n != sum {
			t.Errorf("worker %d of %d: %d, want %d", k, c.Size(), n, sum)
		}
	}
}

// Requests to a busy worker are not lost, and the worker works once for all of them.
func TestBusyWorkersCatchUp(t *testing.T) {
	var works, latest, seen atomic.Int64
	begun, goOn := make(chan struct{}), make(chan struct{})
	c := New(1, false, func(int) {
		if works.Add(1) == 1 {
			close(begun)
			<-goOn
		}
		seen.Store(latest.Load())
	})
	defer c.Close()
	c.Ask()
	<-begun
	for i := range int64(10) {
		latest.Store(i)
		c.Ask()
	}
	close(goOn)
	c.Wait()
	if works.Load() != 2 || seen.Load() != 9 {
		t.Errorf("worked %d times, and saw %d last", works.Load(), seen.Load())
	}
}

func TestCloseEndsWaits(t *testing.T) {
	stuck := make(chan struct{})
	c := New(2, false, func(int) { <-stuck })
	c.Ask()
	waited := make(chan struct{})
	go func() { c.Wait(); close(waited) }()
	closed := make(chan struct{})
	go func() { c.Close(); close(closed) }()
	<-waited
	close(stuck)
	<-closed
	c.Close()
}

// A ticker ticks by itself, runs one tick at a time, and none after Stop.
func TestTicker(t *testing.T) {
	ticks, inside := 0, atomic.Bool{}
	enough := make(chan struct{})
	c := StartTicker(1000, func() {
		if inside.Swap(true) {
			t.Error("two ticks at a time")
		}
		if ticks++; ticks == 20 {
			close(enough)
		}
		inside.Store(false)
	})
	<-enough
	c.Stop()
	got := c.Ticks()
	if got.Done != uint64(ticks) || time.Since(got.Last) < 0 {
		t.Errorf("%+v of %d ticks", got, ticks)
	}
}

// A ticker whose ticks take too long gives time up, and counts it.
func TestSlowTicksAreDropped(t *testing.T) {
	n := 0
	enough := make(chan struct{})
	c := StartTicker(1e6, func() {
		for begin := time.Now(); time.Since(begin) < time.Millisecond; {
		}
		if n++; n == 100 {
			close(enough)
		}
	})
	<-enough
	c.Stop()
	if d := c.Ticks().Dropped; d < 30*time.Millisecond { // 100 ticks of 1 ms were due in 0.1 ms, and 67 ms may be late
		t.Errorf("gave up %v", d)
	}
}
