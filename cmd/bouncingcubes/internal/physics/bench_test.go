package physics

import (
	"runtime"
	"testing"
	"time"
)

// heap is a tank's worth of cubes after settle ticks.
func heap(n, settle int) *sim {
	t := &tank[struct{}]{sim: newSim(n)}
	t.fill(1)
	for range settle {
		t.sim.tick(1.0 / 60)
	}
	return t.sim
}

// rouseAll keeps what is awake from sleeping in the next tick.
func (s *sim) rouseAll() {
	clear(s.quiet)
	clear(s.calm)
}

// BenchmarkAwakeCube is one tick of a settled heap that is kept from sleeping, by cube: every cube has all its
// contacts, and hardly moves.
func BenchmarkAwakeCube(b *testing.B) {
	s := heap(CubesPerTank, 200)
	b.ReportAllocs()
	ticks := 0
	b.ResetTimer()
	for i := 0; i < b.N; i += CubesPerTank {
		s.rouseAll()
		s.tick(1.0 / 60)
		ticks++
	}
	b.ReportMetric(float64(len(s.contacts))/CubesPerTank, "manifolds/cube")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(ticks*CubesPerTank), "ns/cube")
}

// BenchmarkTumblingCube is one tick, by cube, averaged over a column's fall, collapse and settling (4 s), over and
// over: nothing stays where it was, so every contact is found anew.
func BenchmarkTumblingCube(b *testing.B) {
	t := &tank[struct{}]{sim: newSim(CubesPerTank)}
	b.ReportAllocs()
	for i, ticks := 0, 0; i < b.N; i, ticks = i+CubesPerTank, ticks+1 {
		if ticks%240 == 0 {
			t.fill(uint64(ticks))
		}
		t.sim.tick(1.0 / 60)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(max(b.N, CubesPerTank)), "ns/cube")
}

// BenchmarkSleepingCube is one tick of a world in which all sleeps, by cube.
func BenchmarkSleepingCube(b *testing.B) {
	_, w := newWorld(b, Config{Cubes: 20 * CubesPerTank})
	for w.Stats().Awake > 0 || w.Stats().Ticks == 0 {
		w.Step()
	}
	w.Step()
	w.Step()
	b.ReportAllocs()
	ticks := 0
	b.ResetTimer()
	for i := 0; i < b.N; i += 20 * CubesPerTank {
		w.Step()
		ticks++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(ticks*20*CubesPerTank), "ns/cube")
}

// BenchmarkWorld is one tick of heaps kept awake, with the stores into the arena, over all goroutines: what a frame of
// the demo costs at worst.
func BenchmarkWorld(b *testing.B) {
	for _, n := range []struct {
		name  string
		cubes int
	}{{"3000", 3000}, {"10000", 10000}} {
		b.Run(n.name, func(b *testing.B) {
			a, w := newWorld(b, Config{Cubes: n.cubes, Workers: runtime.GOMAXPROCS(0)})
			for range 200 {
				w.Step()
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				w.command(func(t *tank[mat4]) { t.sim.rouseAll() })
				w.Step()
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(time.Millisecond), "ms/tick")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n.cubes), "ns/cube")
			a.Descend()
		})
	}
}
