package physics

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
)

// CubesPerTank is how many cubes a full tank holds: 32 groups of 16 slots, so that no two tanks, and so no two
// goroutines, share a cache line of versions.
const CubesPerTank = 512

const tankPitch = TankWidth + 2.5 // metres from one tank's middle to the next

// tank is one box of cubes and its slots in the arena.
type tank[T comparable] struct {
	mu     sync.Mutex // held for a tick, a command, a publication: never across two of them
	gone   bool       // removed: touch nothing
	index  int
	worker int
	middle vec3 // of the floor, in the world

	sim   *sim
	span  arena.Span[T]   // one slot per cube
	slots []arena.Slot[T] // instead of span, in a fountain
	shown []T             // what was last stored, by cube

	matrix   mgl32.Mat4 // publish's scratch, here as it would escape to the heap
	instance T

	steps   uint64        // of World.steps: done
	time    time.Duration // of World.time: simulated, or given up
	shownAt time.Duration // of World.time: the last publication
	alpha   float32       // where between the last two ticks the picture is
	random  rng
	due     float64 // fountain: cubes to emit
	nozzle  int     // fountain: the cube to emit next

	live, awake atomic.Int64 // copies for Stats, which takes no lock
	ticks       atomic.Uint64
	dropped     atomic.Int64 // nanoseconds given up
}

// tankSeed starts tank i's random numbers.
func tankSeed(seed uint64, i int) rng { return rng(seed ^ uint64(i+1)*0xd6e8feb86659fd93) }

// layout puts tank i on the plane: shells around the first, so that a tank never moves when others are added, and any
// number makes a nearly square field.
func layout(i int) vec3 {
	k := int(math.Sqrt(float64(i)))
	for k*k > i {
		k--
	}
	for (k+1)*(k+1) <= i {
		k++
	}
	x, z := k, i-k*k // along the shell's first arm, then back along its second
	if z > k {
		x, z = 2*k-z, k
	}
	return vec3{float32(x) * tankPitch, 0, float32(z) * tankPitch}
}

// size is how many of n cubes tank i holds.
func size(n, i int) int { return min(max(n-i*CubesPerTank, 0), CubesPerTank) }

// tanksFor is how many tanks n cubes take: it follows from n alone.
func tanksFor(n int) int { return (n + CubesPerTank - 1) / CubesPerTank }

// fill places every cube where it starts: a loose column of tumbling cubes in the middle of the tank, that of a seed
// and a tank's index always the same.
func (t *tank[T]) fill(seed uint64) {
	t.random = tankSeed(seed, t.index)
	const across = 7
	const pitch = 0.9 // metres: no two start in contact, however they are turned
	for i := range t.sim.now {
		layer, at := i/(across*across), i%(across*across)
		p := vec3{
			(float32(at%across) - (across-1)/2) * pitch,
			0.7 + float32(layer)*pitch*0.95,
			(float32(at/across) - (across-1)/2) * pitch,
		}
		t.sim.place(i, pose{p, t.random.rotation()}, t.random.inBall().mul(0.5), t.random.inBall().mul(2))
	}
}

// publish stores the cubes whose picture changed, or all. An instance equal to the one stored already is not stored
// again.
func (t *tank[T]) publish(write func(*T, *mgl32.Mat4, Cube), all bool) {
	s := t.sim
	t.live.Store(int64(s.live))
	t.awake.Store(int64(s.awake))
	t.ticks.Store(s.ticks)
	if s.shown == 0 && !all {
		return
	}
	run := 0 // changed cubes just before i: stored together
	for i, st := range s.state {
		changed := false
		if st >= landing || (all && st != absent) {
			now, was := &s.now[i], &s.was[i]
			if t.alpha >= 1 || *now == *was {
				matrix(now.p.add(t.middle), now.q, &t.matrix)
			} else {
				p := was.p.addMul(now.p.sub(was.p), t.alpha)
				matrix(p.add(t.middle), between(was.q, now.q, t.alpha), &t.matrix)
			}
			write(&t.instance, &t.matrix, Cube{ID: uint32(t.index*CubesPerTank + i), Worker: t.worker, Awake: !s.asleep[i], Moved: st == moving})
			if changed = t.instance != t.shown[i]; changed {
				t.shown[i] = t.instance
			}
		}
		switch {
		case !changed && run > 0:
			t.span.StoreRange(i-run, t.shown[i-run:i])
			run = 0
		case changed && t.slots != nil:
			t.slots[i].Store(&t.shown[i])
		case changed:
			run++
		}
	}
	if run > 0 {
		n := len(t.shown)
		t.span.StoreRange(n-run, t.shown[n-run:])
	}
}
