package arena

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A mutexArena is what a seqlock arena is measured against: plain slices behind
// one mutex, chunks of 1,024 slots with a flag each, flags per slot.
type mutexArena struct {
	mu             sync.Mutex
	values, mirror []mat
	dirty          []bool // by slot
	chunks         []bool
}

func newMutexArena(n int) *mutexArena {
	return &mutexArena{values: make([]mat, n), mirror: make([]mat, n), dirty: make([]bool, n), chunks: make([]bool, n/1024)}
}

func (a *mutexArena) Store(i int, v *mat) {
	a.mu.Lock()
	a.values[i], a.dirty[i], a.chunks[i>>10] = *v, true, true
	a.mu.Unlock()
}

func (a *mutexArena) StoreRange(first int, vs []mat) {
	a.mu.Lock()
	copy(a.values[first:], vs)
	for i := first; i < first+len(vs); i++ {
		a.dirty[i], a.chunks[i>>10] = true, true
	}
	a.mu.Unlock()
}

func (a *mutexArena) Descend() {
	a.mu.Lock()
	for c, dirty := range a.chunks {
		if !dirty {
			continue
		}
		a.chunks[c] = false
		for i := c << 10; i < (c+1)<<10; i++ {
			if a.dirty[i] {
				a.mirror[i], a.dirty[i] = a.values[i], false
			}
		}
	}
	a.mu.Unlock()
}

// beside is an arena of a million slots, all made dirty before every descend,
// with 2,000 slots apart for others to write.
type beside struct {
	store   func(w int, v *mat)
	store1k func(w int, vs []mat)
	dirty   func()
	descend func()
}

func besides(b *testing.B) map[string]beside {
	const n = 1 << 20
	vs := benchMats(n - 2048)
	a := newMats(b, Config[mat]{MaxSlots: n + 2})
	var mine [2]Span[mat]
	var one [2]Slot[mat]
	for w := range mine {
		mine[w], one[w] = allocSpan(b, a, 1000, mat{}), alloc(b, a, mat{})
	}
	all := allocSpan(b, a, n-2048, mat{})
	a.Descend()
	m := newMutexArena(n)
	return map[string]beside{
		"seqlock": {
			func(w int, v *mat) { one[w].Store(v) },
			func(w int, vs []mat) { mine[w].StoreRange(0, vs) },
			func() { all.StoreAll(vs) },
			func() { a.Descend() },
		},
		"mutex": {
			func(w int, v *mat) { m.Store(1000*w, v) },
			func(w int, vs []mat) { m.StoreRange(1000*w, vs) },
			func() { // gives way between ranges
				for i := 0; i < len(vs); i += 1000 {
					m.StoreRange(2048+i, vs[i:min(i+1000, len(vs))])
				}
			},
			m.Descend,
		},
	}
}

// BenchmarkBesideReader shows how long one write takes while a reader copies a
// million slots, back to back: the distribution in nanoseconds.
func BenchmarkBesideReader(b *testing.B) {
	arenas := besides(b)
	vs := benchMats(1000)
	for _, what := range []string{"Store", "StoreRange1000"} {
		for _, name := range []string{"seqlock", "mutex"} {
			a := arenas[name]
			write := func() { a.store(0, &vs[1]) }
			if what != "Store" {
				write = func() { a.store1k(0, vs) }
			}
			b.Run(fmt.Sprintf("%s/%s", what, name), func(b *testing.B) {
				took := make([]int64, 0, 1<<22)
				var stop atomic.Bool
				var wg sync.WaitGroup
				wg.Go(func() {
					for !stop.Load() {
						giveWay()
						for len(took) < cap(took) {
							start := time.Now()
							write()
							took = append(took, int64(time.Since(start)))
							if stop.Load() {
								return
							}
						}
					}
				})
				for range b.N {
					a.dirty()
					a.descend()
				}
				stop.Store(true)
				wg.Wait()
				slices.Sort(took)
				at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))]) }
				b.ReportMetric(at(0.5), "p50-ns")
				b.ReportMetric(at(0.99), "p99-ns")
				b.ReportMetric(at(0.999), "p99.9-ns")
				b.ReportMetric(at(1), "max-ns")
			})
		}
	}
}

// BenchmarkTwoWritersBesideReader shows what two writers get done meanwhile, in
// slots per second.
func BenchmarkTwoWritersBesideReader(b *testing.B) {
	arenas := besides(b)
	vs := benchMats(1000)
	for _, name := range []string{"seqlock", "mutex"} {
		a := arenas[name]
		b.Run(name, func(b *testing.B) {
			var stop atomic.Bool
			var wg sync.WaitGroup
			var written atomic.Int64
			for w := range 2 {
				wg.Go(func() {
					for !stop.Load() {
						giveWay()
						a.store1k(w, vs)
						written.Add(1000)
					}
				})
			}
			start := time.Now()
			for range b.N {
				a.dirty()
				a.descend()
			}
			spent := time.Since(start)
			stop.Store(true)
			wg.Wait()
			b.ReportMetric(float64(written.Load())/spent.Seconds(), "slots/s")
		})
	}
}

// BenchmarkChunkSlots sweeps the size of a chunk: small chunks cost bitmap,
// calls and allocations, large ones scan more around every scattered write.
func BenchmarkChunkSlots(b *testing.B) {
	const n = 100 << 10
	vs := benchMats(n)
	for slots := 64; slots <= 16384; slots *= 4 {
		a := newMats(b, Config[mat]{ChunkSlots: slots})
		s := allocSpan(b, a, n, mat{})
		a.Descend()
		descend := func() { a.Descend() }
		b.Run(fmt.Sprintf("%d/all", slots), func(b *testing.B) {
			timed(b, n, func() { s.StoreAll(vs) }, descend)
		})
		b.Run(fmt.Sprintf("%d/1%%", slots), func(b *testing.B) {
			i := 0
			timed(b, n/100, func() {
				for range n / 100 {
					i = (i*69069 + 12345) & (1<<30 - 1)
					s.Set((i>>8)%n, &vs[0])
				}
				s.Flush()
			}, descend)
		})
		b.Run(fmt.Sprintf("%d/100", slots), func(b *testing.B) {
			i := 0
			timed(b, 100, func() {
				for range 100 {
					i = (i*69069 + 12345) & (1<<30 - 1)
					s.Set((i>>8)%n, &vs[0])
				}
				s.Flush()
			}, descend)
		})
	}
}
