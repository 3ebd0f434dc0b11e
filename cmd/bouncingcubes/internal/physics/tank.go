package physics

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/slotstream/slotstream/arena"
)

// CubesPerTank is how many cubes a full tank holds: 32 groups of 16 slots, so that no two tanks, and so no two
// goroutines, share a cache line of versions.
const CubesPerTank = 512

const tankPitch = TankWidth + 2.5 // metres from one tank's middle to the next

// tank is one box of cubes and its slots in the arena. It belongs to whoever has the world's mu; in a tick, to the
// worker that began it.
type tank[T comparable] struct {
	index  int
	worker int          // that comes to it first
	begun  atomic.Int64 // the tick that some worker has begun
	middle vec3         // of the floor, in the world

	sim   *sim
	span  arena.GroupSpan[T] // one slot per cube
	shown []T                // what was last stored, by cube

	cube Cube // stage's scratch, here as it would escape to the heap
	slot T

	random rng
	due    float64 // fountain: cubes to emit
	nozzle int     // fountain: the cube to emit next

	live, awake atomic.Int64 // copies for Stats, which takes no lock
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

// stage stores the cubes whose picture changed, or all, for the next commit: their motions in the last tick, which
// start at the given time. A slot equal to the one stored already is not stored again.
func (t *tank[T]) stage(write func(*T, *Cube), start time.Duration, all bool) {
	s := t.sim
	t.live.Store(int64(s.live))
	t.awake.Store(int64(s.awake))
	if s.shown == 0 && !all {
		return
	}
	run := 0 // changed cubes just before i: stored together
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
	if s.state[i] != moving { // the same whenever it is told
		from, start = to, 0
	}
	*c = Cube{
		From: from.p.add(t.middle).mgl(), FromTurn: from.q.mgl(), To: to.p.add(t.middle).mgl(), ToTurn: to.q.mgl(), Start: start,
		ID: uint32(t.index*CubesPerTank + i), Worker: t.worker, Awake: !s.asleep[i], Moved: s.state[i] == moving,
	}
}
