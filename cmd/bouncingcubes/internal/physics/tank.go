package physics

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/slotstream/slotstream/arena"
)

// CubesPerTank is the number of cubes in a full tank: 32 groups of 16 slots, so that no two tanks, and so no two
// goroutines, share a cache line of versions.
const CubesPerTank = 512

const tankPitch = TankWidth + 2.5 // metres from one tank's middle to the next

// A tank is a box of cubes with its slots in the arena. It belongs to the goroutine that has the world's mu; in a
// tick, to the worker that began the tank.
type tank[T comparable] struct {
	index  int
	worker int          // the worker that looks at the tank first
	begun  atomic.Int64 // the tick that a worker has begun
	middle vec3         // of the floor, in world coordinates

	sim   *sim
	span  arena.GroupSpan[T] // a slot for each cube
	shown []T                // the value that was last stored, by cube

	cube Cube // scratch memory of stage; a local variable would escape to the heap
	slot T

	random rng
	due    float64 // fountain: cubes to throw
	nozzle int     // fountain: the cube to throw next

	live, awake atomic.Int64 // copies for Stats, which takes no lock
}

// tankSeed returns the random numbers of tank i.
func tankSeed(seed uint64, i int) rng { return rng(seed ^ uint64(i+1)*0xd6e8feb86659fd93) }

// layout returns the place of tank i on the plane. The tanks form shells around the first one. So a tank does not move
// when others are added, and every number of tanks makes a nearly square field.
func layout(i int) vec3 {
	k := int(math.Sqrt(float64(i)))
	for k*k > i {
		k--
	}
	for (k+1)*(k+1) <= i {
		k++
	}
	x, z := k, i-k*k // along the first arm of the shell, then back along the second arm
	if z > k {
		x, z = 2*k-z, k
	}
	return vec3{float32(x) * tankPitch, 0, float32(z) * tankPitch}
}

// size returns how many of n cubes are in tank i.
func size(n, i int) int { return min(max(n-i*CubesPerTank, 0), CubesPerTank) }

// tanksFor returns the number of tanks for n cubes.
func tanksFor(n int) int { return (n + CubesPerTank - 1) / CubesPerTank }

// fill places every cube where it starts: in a loose column of tumbling cubes in the middle of the tank. The same
// seed and the same index give the same column.
func (t *tank[T]) fill(seed uint64) {
	t.random = tankSeed(seed, t.index)
	const across = 7
	const pitch = 0.9 // metres: no two cubes start in contact, for any rotation
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

// stage stores the motions of the last tick for the next commit: those of cubes that may have changed, or all. The
// motions start at the given time. stage does not store a slot whose value is the same as before.
func (t *tank[T]) stage(write func(*T, *Cube), start time.Duration, all bool) {
	s := t.sim
	t.live.Store(int64(s.live))
	t.awake.Store(int64(s.awake))
	if s.shown == 0 && !all {
		return
	}
	run := 0 // number of changed cubes just before i, which are stored together
	for i, st := range s.state {
		changed := false
		if st >= landing || all || st == absent {
			var hidden T
			t.slot = hidden
			if st != absent {
				t.describe(i, start)
				write(&t.slot, &t.cube)
			}
			if changed = t.slot != t.shown[i]; changed {
				t.shown[i] = t.slot
			}
		}
		switch {
		case !changed && run > 0:
			t.span.StoreRange(i-run, t.shown[i-run:i])
			run = 0
		case changed:
			run++
		}
	}
	if run > 0 {
		n := len(t.shown)
		t.span.StoreRange(n-run, t.shown[n-run:])
	}
}

// describe fills t.cube with cube i.
func (t *tank[T]) describe(i int, start time.Duration) {
	s, c := t.sim, &t.cube
	from, to := s.was[i], s.now[i]
	if s.state[i] != moving { // the slot is then the same in every tick
		from, start = to, 0
	}
	*c = Cube{
		From: from.p.add(t.middle).mgl(), FromTurn: from.q.mgl(), To: to.p.add(t.middle).mgl(), ToTurn: to.q.mgl(), Start: start,
		ID: uint32(t.index*CubesPerTank + i), Worker: t.worker, Awake: !s.asleep[i], Moved: s.state[i] == moving,
	}
}
