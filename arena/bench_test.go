package arena

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

// Every benchmark reports nanoseconds per slot beside ns/op, and stands next to
// a plain copy of the same bytes in the same run:
//
//	go test -run '^$' -bench . -count 10 ./arena

// perSlot runs b's body and reports the time of one of n slots of 64 bytes.
func perSlot(b *testing.B, n int, body func()) {
	b.SetBytes(int64(n) * 64)
	b.ResetTimer()
	for range b.N {
		body()
	}
	b.StopTimer()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/slot")
}

func benchMats(n int) []mat {
	vs := make([]mat, n)
	for i := range vs {
		vs[i] = *whole(float32(i))
	}
	return vs
}

func benchSlots(b *testing.B, a *Arena[mat], n int) []Slot[mat] {
	slots := make([]Slot[mat], n)
	for i := range slots {
		slots[i] = alloc(b, a, mat{})
	}
	return slots
}

// versus alternates op with a plain copy of n slots, a few microseconds each, so
// that both meet the same machine, and reports the medians and their ratio.
func versus(b *testing.B, n int, copies, op func()) {
	const reps = 8
	var times [2][]float64
	for range b.N {
		for k, f := range []func(){copies, op} {
			start := time.Now()
			for range reps {
				f()
			}
			times[k] = append(times[k], float64(time.Since(start).Nanoseconds())/reps/float64(n))
		}
	}
	slices.Sort(times[0])
	slices.Sort(times[1])
	base, median := times[0][b.N/2], times[1][b.N/2]
	b.ReportMetric(median, "ns/slot")
	b.ReportMetric(base, "copy-ns/slot")
	b.ReportMetric(median/base, "x-copy")
	b.ReportMetric(64/median*1000, "MB/s")
}

// BenchmarkWrite writes 1,024 slots in order.
func BenchmarkWrite(b *testing.B) {
	const n = 1024
	vs, dst := benchMats(n), make([]mat, n)
	slots := benchSlots(b, newMats(b, Config[mat]{}), n)
	s := allocSpan(b, newMats(b, Config[mat]{}), n, mat{})
	copies := func() { copy(dst, vs) }
	b.Run("Store", func(b *testing.B) {
		versus(b, n, copies, func() {
			for i := range slots {
				slots[i].Store(&vs[i])
			}
		})
	})
	b.Run("SetFlush", func(b *testing.B) {
		versus(b, n, copies, func() {
			for i := range vs {
				s.Set(i, &vs[i])
			}
			s.Flush()
		})
	})
	b.Run("StoreAll", func(b *testing.B) {
		versus(b, n, copies, func() { s.StoreAll(vs) })
	})
}

// BenchmarkTwoWriters has two goroutines write 1,024 slots each: in chunks whose
// dirty bits lie in two words of the bitmap or in one, and in one chunk by
// halves, by groups of 16 slots, or slot by slot.
func BenchmarkTwoWriters(b *testing.B) {
	const n = 1024
	vs := benchMats(n)
	mine := map[string]func(w, i int) int{
		"twoWords":      func(w, i int) int { return w*64*1024 + i },
		"oneWord":       func(w, i int) int { return w*1024 + i },
		"chunkByHalves": func(w, i int) int { return w*512 + i%512 },
		"chunkBy16":     func(w, i int) int { return i%512/16*32 + w*16 + i%16 },
		"chunkBy1":      func(w, i int) int { return i%512*2 + w },
	}
	for _, name := range []string{"twoWords", "oneWord", "chunkByHalves", "chunkBy16", "chunkBy1"} {
		for _, how := range []string{"Store", "Set"} {
			b.Run(name+"/"+how, func(b *testing.B) {
				a := newMats(b, Config[mat]{})
				slots := make([][]Slot[mat], 2)
				spans := make([][]Span[mat], 2)
				all := make([]Span[mat], 65*1024)
				for i := range all {
					all[i] = allocSpan(b, a, 1, mat{})
				}
				for w := range 2 {
					for i := range n {
						k := mine[name](w, i)
						c, at := a.place(k)
						slots[w] = append(slots[w], Slot[mat]{c, at, 1})
						spans[w] = append(spans[w], all[k])
					}
				}
				perSlot(b, 2*n, func() {
					var wg sync.WaitGroup
					for w := range 2 {
						wg.Go(func() {
							for range 100 {
								for i := range n {
									if how == "Store" {
										slots[w][i].Store(&vs[i])
									} else {
										spans[w][i].Set(0, &vs[i])
									}
								}
							}
						})
					}
					wg.Wait()
				})
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100/n/2, "ns/slot")
				b.SetBytes(2 * n * 64 * 100)
			})
		}
	}
}

// timed alternates write, which does not count, and read, which does.
func timed(b *testing.B, slots int, write, read func()) {
	var spent time.Duration
	for range b.N {
		write()
		start := time.Now()
		read()
		spent += time.Since(start)
	}
	ns := float64(spent.Nanoseconds()) / float64(b.N)
	b.ReportMetric(ns, "ns/op")
	b.ReportMetric(ns/float64(slots), "ns/slot")
	b.ReportMetric(float64(slots)*64/ns*1000, "MB/s")
}

// BenchmarkDescend writes between two Descends, and times the Descends. Plain copy
// takes turns with it, its source written afresh, too. upload-ns is a Descend and a copy
// out of the mirror, as an upload makes it; x-two is that over two copies. Before a cold
// Descend other memory goes through the caches, as drawing a frame does.
func BenchmarkDescend(b *testing.B) {
	for _, size := range []struct {
		name string
		n    int
	}{{"1k", 1000}, {"10k", 10_000}, {"30k", 30_000}, {"100k", 100_000}, {"1M", 1_000_000}} {
		n := size.n
		vs := benchMats(n)
		rng := rand.New(rand.NewPCG(1, 2))
		a := newMats(b, Config[mat]{MaxSlots: n})
		s := allocSpan(b, a, n, mat{})
		a.Descend()
		descend := func() { a.Descend() }
		b.Run("all/Descend/"+size.name, func(b *testing.B) {
			src, dst, out := make([]mat, n), make([]mat, n), make([]mat, n)
			copy(dst, src) // touch the pages
			copy(out, src)
			var copied, twice, descended, uploaded []float64
			for range max(b.N, 3) {
				copy(src, vs)
				start := time.Now()
				copy(dst, src)
				copied = append(copied, float64(time.Since(start).Nanoseconds())/float64(n))
				copy(out, dst)
				twice = append(twice, float64(time.Since(start).Nanoseconds())/float64(n))
				s.StoreAll(vs)
				start = time.Now()
				a.Descend()
				descended = append(descended, float64(time.Since(start).Nanoseconds())/float64(n))
				copy(out, a.Mirror())
				uploaded = append(uploaded, float64(time.Since(start).Nanoseconds())/float64(n))
			}
			for _, times := range [][]float64{copied, twice, descended, uploaded} {
				slices.Sort(times)
			}
			middle := len(copied) / 2
			b.ReportMetric(descended[middle], "ns/slot")
			b.ReportMetric(copied[middle], "copy-ns/slot")
			b.ReportMetric(descended[middle]/copied[middle], "x-copy")
			b.ReportMetric(uploaded[middle], "upload-ns/slot")
			b.ReportMetric(uploaded[middle]/twice[middle], "x-two")
		})
		b.Run("1%cold/Descend/"+size.name, func(b *testing.B) {
			other := make([]byte, 64<<20)
			timed(b, n/100, func() {
				for range n / 100 {
					s.Set(rng.IntN(n), &vs[0])
				}
				s.Flush()
				for i := 0; i < len(other); i += 64 {
					other[i]++
				}
			}, descend)
		})
		b.Run("1%/Descend/"+size.name, func(b *testing.B) {
			timed(b, n/100, func() {
				for range n / 100 {
					s.Set(rng.IntN(n), &vs[0])
				}
				s.Flush()
			}, descend)
		})
		b.Run("onePerChunk/Descend/"+size.name, func(b *testing.B) {
			timed(b, (n+1023)/1024, func() {
				for i := 0; i < n; i += 1024 {
					s.Set(i+rng.IntN(min(1024, n-i)), &vs[0])
				}
				s.Flush()
			}, descend)
		})
	}
}

func BenchmarkDescendIdle(b *testing.B) {
	a := newMats(b, Config[mat]{})
	allocSpan(b, a, 1<<20, mat{})
	a.Descend()
	for b.Loop() {
		a.Descend()
	}
}

// AllocSpan and Free of a span, behind as many live spans, and past as many holes
// that are too small. Flat: what lies in front does not matter.
func BenchmarkAllocSpan(b *testing.B) {
	for _, spans := range []int{1, 100, 10_000} {
		for _, holes := range []bool{false, true} {
			b.Run(fmt.Sprintf("spans=%d,holes=%v", spans, holes), func(b *testing.B) {
				a := newMats(b, Config[mat]{})
				var small []Span[mat]
				for range spans {
					small = append(small, allocSpan(b, a, 8, mat{}), allocSpan(b, a, 8, mat{}))
				}
				for i := 0; holes && i < len(small); i += 2 {
					small[i].Free()
				}
				for b.Loop() {
					allocSpan(b, a, 16, mat{}).Free()
				}
			})
		}
	}
}

// Descend with followers: of a million slots where nothing changed, and of one where a
// thousand slots change in as many ranges.
func BenchmarkFollowers(b *testing.B) {
	for _, followers := range []int{0, 1, 8} {
		a := newMats(b, Config[mat]{})
		s := allocSpan(b, a, 1<<20, mat{})
		var all []*Backlog
		for range followers {
			all = append(all, a.Follow())
		}
		take := func() {
			for _, f := range all {
				f.Clear()
			}
		}
		a.Descend()
		take()
		b.Run(fmt.Sprintf("idle,followers=%d", followers), func(b *testing.B) {
			for b.Loop() {
				a.Descend()
			}
		})
		b.Run(fmt.Sprintf("ranges=1000,followers=%d", followers), func(b *testing.B) {
			v := whole(1)
			for b.Loop() {
				for i := 0; i < 1<<20; i += 1 << 10 {
					s.Set(i, v)
				}
				s.Flush()
				a.Descend()
				take()
			}
		})
	}
}
