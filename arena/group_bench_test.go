package arena

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// A lane of a relay race: who writes a tick, and who reads it.
type relay struct {
	name        string
	write, read func()
}

// takeTurns has a writer and a reader, each on a thread of its own, run one relay
// after the other, a tick each: the values that one wrote come out of its cache
// for the other, as they do in a program. It reports the medians, and their ratios
// to the first relay's, which is a plain copy.
func takeTurns(b *testing.B, n int, relays ...relay) {
	var turn atomic.Int64 // 2k: the writer's k-th, 2k+1: the reader's
	rounds := max(b.N, 5) * len(relays)
	times := make([][2][]float64, len(relays))
	run := func(side int64) {
		runtime.LockOSThread()
		for k := range rounds {
			for spin := 0; turn.Load() != int64(2*k)+side; spin++ {
				if spin > 1<<16 {
					runtime.Gosched()
				}
			}
			r := &relays[k%len(relays)]
			start := time.Now()
			if side == 0 {
				r.write()
			} else {
				r.read()
			}
			spent := float64(time.Since(start).Nanoseconds()) / float64(n)
			times[k%len(relays)][side] = append(times[k%len(relays)][side], spent)
			turn.Add(1)
		}
	}
	done := make(chan bool)
	go func() { run(0); close(done) }()
	run(1)
	<-done
	for side, what := range []string{"write", "read"} {
		var base float64
		for i, r := range relays {
			slices.Sort(times[i][side])
			median := times[i][side][len(times[i][side])/2]
			b.ReportMetric(median, r.name+"-"+what+"-ns/slot")
			if i == 0 {
				base = median
			} else {
				b.ReportMetric(median/base, r.name+"-"+what+"-x")
			}
		}
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkGroup has a Group beside a Span and a plain copy through a buffer, a
// tick a Descend.
func BenchmarkGroup(b *testing.B) {
	for _, n := range []int{512, 4096, 100_000} {
		for _, part := range []int{1, 100} { // all, or one in a hundred
			b.Run(fmt.Sprintf("slots=%d/set=1in%d", n, part), func(b *testing.B) {
				vs := benchMats(n)
				middle, mirror := make([]mat, n), make([]mat, n)
				plain, grouped := newMats(b, Config[mat]{}), newMats(b, Config[mat]{})
				s := allocSpan(b, plain, n, mat{})
				g := grouped.NewGroup()
				gs := allocMembers(b, g, n, mat{})
				plain.Descend()
				grouped.Descend()
				var some []int
				rng := rand.New(rand.NewPCG(1, 2))
				for range n / part {
					some = append(some, rng.IntN(n))
				}
				copies := relay{"copy", func() { copy(middle, vs) }, func() { copy(mirror, middle) }}
				spans := relay{"span", func() { s.StoreAll(vs) }, func() { plain.Descend() }}
				groups := relay{"group", func() { gs.StoreAll(vs); g.Commit(Tick{}) }, func() { grouped.Descend() }}
				if part > 1 {
					copies.write = func() {
						for _, i := range some {
							middle[i] = vs[i]
						}
					}
					copies.read = func() {
						for _, i := range some {
							mirror[i] = middle[i]
						}
					}
					spans.write = func() {
						for _, i := range some {
							s.Set(i, &vs[i])
						}
						s.Flush()
					}
					groups.write = func() {
						for _, i := range some {
							gs.Set(i, &vs[i])
						}
						g.Commit(Tick{})
					}
				}
				takeTurns(b, n/part, copies, spans, groups)
			})
		}
	}
}

// BenchmarkGroupIdle descends where no group was committed to.
func BenchmarkGroupIdle(b *testing.B) {
	for _, groups := range []int{0, 64, 1000} {
		b.Run(fmt.Sprintf("groups=%d", groups), func(b *testing.B) {
			a := newMats(b, Config[mat]{})
			for range groups {
				allocMembers(b, a.NewGroup(), 1, mat{})
			}
			a.Descend()
			for b.Loop() {
				a.Descend()
			}
		})
	}
}

// BenchmarkCommitNothing commits to a group of 200 spans in which nothing was set.
func BenchmarkCommitNothing(b *testing.B) {
	a := newMats(b, Config[mat]{})
	g := a.NewGroup()
	for range 200 {
		allocMembers(b, g, 16, mat{})
	}
	for b.Loop() {
		g.Commit(Tick{})
	}
}
