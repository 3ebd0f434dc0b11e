package physics

import (
	"slices"
	"testing"
)

var upright = quat{w: 1}

// one is a tank with cubes at ps, upright and at rest.
func one(ps ...vec3) *sim {
	s := newSim(len(ps))
	for i, p := range ps {
		s.place(i, pose{p, upright}, vec3{}, vec3{})
	}
	return s
}

func (s *sim) run(ticks int) {
	for range ticks {
		s.tick(1.0 / 60)
	}
}

// energy is kinetic and potential, in joules; momentum is linear, and angular about the tank's origin.
func (s *sim) energy() (e float64) {
	for i, m := range s.mot[:len(s.now)] {
		e += Mass*float64(m.v.len2())/2 + Inertia*float64(m.w.len2())/2 + Mass*float64(s.gravity*s.now[i].p.y)
	}
	return e
}

func (s *sim) momentum() (linear, angular vec3) {
	for i, m := range s.mot[:len(s.now)] {
		linear = linear.addMul(m.v, Mass)
		angular = angular.add(s.now[i].p.cross(m.v.mul(Mass))).addMul(m.w, Inertia)
	}
	return linear, angular
}

// outside is how far the worst corner is outside of the tank, in metres.
func (s *sim) outside() (worst float32) {
	for _, at := range s.now {
		a := at.q.axes()
		for k := range 8 {
			c := at.p.addMul(a.x, half*float32(k&1*2-1)).addMul(a.y, half*float32(k&2-1)).addMul(a.z, half*float32(k>>1&2-1))
			for w := range walls {
				worst = max(worst, -above(w, c))
			}
		}
	}
	return worst
}

// overlap is how far the two cubes that are deepest in each other are so, in metres, by looking at every pair.
func (s *sim) overlap() (worst float32) {
	var m manifold
	for i := range s.now {
		for j := range i {
			if s.now[i].p.sub(s.now[j].p).len() < diagonal &&
				collide(s.now[j].p, &s.ax[j], s.now[i].p, &s.ax[i], 0, &m) {
				for _, p := range m.points[:m.n] {
					worst = max(worst, -p.sep)
				}
			}
		}
	}
	return worst
}

func TestCubeAtRestStaysAtRest(t *testing.T) {
	t.Parallel()
	s := one(vec3{0, half, 0})
	s.run(300)
	if s.awake != 0 || s.shown != 0 {
		t.Fatalf("after 5 s: %d awake, %d shown", s.awake, s.shown)
	}
	if d := s.now[0].p.sub(vec3{0, half, 0}).len(); d > 0.001 {
		t.Errorf("moved by %g m", d)
	}
	was := s.now[0]
	s.run(1000)
	if s.now[0] != was {
		t.Errorf("asleep, and moved from %v to %v", was, s.now[0])
	}
}

// A cube dropped flat from h comes back up to e²·h, the second time to e⁴·h: to 2% and 3 mm.
func TestBounceHeight(t *testing.T) {
	t.Parallel()
	for _, e := range []float32{0.4, 0.6, 0.8, 1} {
		for _, h := range []float32{1, 2, 5, 9} {
			s := one(vec3{0, half + h, 0})
			s.restitution = e
			want, falling := h, true
			for n, last := 0, h; n < 2; {
				s.tick(1.0 / 60)
				y := s.now[0].p.y - half
				if up := y > last; up == falling {
					if falling = !up; falling {
						n++
						want *= e * e
						if !near(last, want, 0.02*want+0.003) {
							t.Errorf("e=%g, h=%g m, bounce %d: up to %.3f m, want %.3f", e, h, n, last, want)
						}
					}
				}
				last = y
			}
		}
	}
}

// Two cubes that meet in free space keep momentum, linear and angular, to rounding, and no more than the kinetic
// energy; head on and square they part at e times the speed.
func TestCollisionKeepsMomentum(t *testing.T) {
	t.Parallel()
	r := rng(1)
	for n := range 300 {
		s := one(vec3{-1, 5, 0}, vec3{1, 5, 0})
		s.gravity = 0
		v, w := vec3{4, 0, 0}, vec3{-5, 0, 0}
		if n > 0 {
			for i := range 2 {
				s.place(i, pose{s.now[i].p.add(r.inBall().mul(0.2)), r.rotation()}, []vec3{v, w}[i].add(r.inBall()), r.inBall().mul(5))
			}
		} else {
			s.push(0, v, vec3{})
			s.push(1, w, vec3{})
		}
		l0, a0 := s.momentum()
		e0 := s.energy()
		s.run(25)
		l1, a1 := s.momentum()
		// The points of contact are where they were when the step began: a third of a tick's way off at most.
		if d := l1.sub(l0).len(); d > 1e-4 {
			t.Errorf("pair %d: linear momentum changed by %g kg·m/s", n, d)
		}
		if d := a1.sub(a0).len(); d > 0.02*a0.len()+0.5 {
			t.Errorf("pair %d: angular momentum changed by %g of %g kg·m²/s", n, d, a0.len())
		}
		if e := s.energy(); e > e0*1.001 {
			t.Errorf("pair %d: energy from %g to %g J", n, e0, e)
		}
		if n == 0 {
			if got, want := s.mot[1].v.x-s.mot[0].v.x, float32(9*Restitution); !near(got, want, 0.01*9) {
				t.Errorf("head on: parted at %g m/s, want %g", got, want)
			}
		}
	}
}

// No energy comes from nowhere: over 10,000 ticks the total never exceeds what it was, and kept awake, a heap's stays
// where it settled.
func TestNoEnergyGained(t *testing.T) {
	t.Parallel()
	s := heap(27, 0)
	start := s.energy()
	least := start
	for n := range 10_000 {
		if n == 5000 {
			least = s.energy() // the heap has settled: from now on to a hundredth
		}
		clear(s.quiet) // no sleep: it would hide creeping
		s.tick(1.0 / 60)
		e := s.energy()
		if e > least+0.01*start {
			t.Fatalf("tick %d: %g J, after %g J before", n, e, least)
		}
		least = min(least, e)
	}
	t.Logf("%.1f J at first, %.1f J settled", start, least)
}

// Without gravity and with perfect restitution, a gas of cubes gains nothing either.
func TestNoEnergyGainedByBouncing(t *testing.T) {
	t.Parallel()
	s := heap(27, 0)
	s.gravity, s.restitution = 0, 1
	r := rng(3)
	for i := range s.now {
		s.push(i, r.inBall().mul(10), r.inBall().mul(10))
	}
	start := s.energy()
	least := start
	for n := range 10_000 {
		s.tick(1.0 / 60)
		e := s.energy()
		if e > least+0.01*start {
			t.Fatalf("tick %d: %g J, after %g J before", n, e, least)
		}
		least = min(least, e)
	}
	t.Logf("%.1f J at first, %.1f J in the end", start, s.energy())
}

// Nor does a full column gain any where it falls, collapses and explodes, for all that part moves.
func TestNoEnergyGainedByParting(t *testing.T) {
	t.Parallel()
	k := &tank[int]{sim: newSim(CubesPerTank)}
	k.fill(1)
	s := k.sim
	rounds := 0
	for n := range 400 {
		if n == 200 {
			k.explode()
		}
		before := s.energy()
		s.tick(1.0 / 60)
		rounds += s.rounds
		if e := s.energy(); e > before*1.0005 {
			t.Fatalf("tick %d: from %g to %g J", n, before, e)
		}
	}
	if rounds < 50 {
		t.Errorf("parted in %d rounds only: nothing was tried", rounds)
	}
}

// At any speed the demo allows, at 1 to 240 ticks a second, nothing leaves the tank by more than wallTolerance, and
// what comes to rest is not more than 2 cm inside each other.
func TestNothingLeavesTheTank(t *testing.T) {
	t.Parallel()
	for _, hz := range []float64{1, 10, 60, 240} {
		s := heap(27, 0)
		r := rng(hz)
		tank := &tank[struct{}]{sim: s, random: r}
		for n := range int(4*hz) + 40 {
			if n%max(int(hz/2), 5) == 0 {
				switch r.next() % 3 {
				case 0:
					tank.explode()
				default:
					for i := range s.now {
						s.push(i, r.inBall().mul(2*MaxSpeed), r.inBall().mul(2*MaxSpin))
					}
				}
			}
			s.tick(1 / hz)
			if far := s.outside(); !(far <= wallTolerance+1e-5) {
				t.Fatalf("%g Hz, tick %d: a corner is %g m outside", hz, n, far)
			}
			for i := range s.now {
				if v, w := s.mot[i].v.len(), s.mot[i].w.len(); !(v <= MaxSpeed*1.001 && w <= MaxSpin*1.001) {
					t.Fatalf("%g Hz, tick %d: cube %d does %g m/s, %g rad/s", hz, n, i, v, w)
				}
			}
		}
		for n := 0; s.awake > 0; n++ {
			if n > 30*int(hz)+100 {
				t.Fatalf("%g Hz: %d of %d awake 30 s after the last push", hz, s.awake, s.live)
			}
			s.tick(1 / hz)
		}
		if deep := s.overlap(); deep > 0.02 {
			t.Errorf("%g Hz: at rest, and %g m inside each other", hz, deep)
		}
	}
}

// A whole tank thrown at one wall, again and again: the last line of defence, confine, is what holds here.
func TestCrushedAgainstAWall(t *testing.T) {
	t.Parallel()
	s := heap(300, 120)
	for n := range 120 {
		if n%30 == 0 {
			for i := range s.now {
				s.push(i, vec3{MaxSpeed, 0, 0}, vec3{0, 0, MaxSpin})
			}
		}
		s.tick(1.0 / 60)
		if far := s.outside(); !(far <= wallTolerance+1e-5) {
			t.Fatalf("tick %d: a corner is %g m outside", n, far)
		}
	}
}

// A column of ten stands for good: kept awake for 10 s, it sinks and drifts by no more than 4 cm.
func TestStackStands(t *testing.T) {
	t.Parallel()
	var ps []vec3
	for i := range 10 {
		ps = append(ps, vec3{0, half + Edge*float32(i), 0})
	}
	s := one(ps...)
	for range 600 {
		clear(s.quiet)
		s.tick(1.0 / 60)
	}
	for i := range ps {
		if d := s.now[i].p.sub(ps[i]).len(); d > 0.04 {
			t.Errorf("cube %d of the column moved by %g m in 10 s: from %v to %v", i, d, ps[i], s.now[i])
		}
	}
	s.run(60)
	if s.awake != 0 {
		t.Errorf("%d of the column awake", s.awake)
	}
}

// Every heap is asleep 15 seconds after its cubes began to fall. The seeds are those that took longest, of 1 to 200 for
// each size, before what goes on rocking lost ever more speed: 100 seconds, 500 cubes of seed 1.
func TestHeapsFallAsleep(t *testing.T) {
	t.Parallel()
	if raceEnabled {
		return // one goroutine, and a minute of it
	}
	for cubes, seeds := range map[int][]rng{500: {1, 3, 7, 14, 19, 29, 37, 79, 143, 167, 194}, CubesPerTank: {1, 12, 189, 197, 200}} {
		for _, seed := range those(seeds...) {
			heap := &tank[int]{sim: newSim(cubes)}
			heap.fill(uint64(seed))
			for tick := 0; heap.sim.awake > 0; tick++ {
				if tick == 15*60 {
					t.Errorf("%d cubes of seed %d: %d awake after 15 s", cubes, seed, heap.sim.awake)
					break
				}
				heap.sim.tick(1.0 / 60)
			}
		}
	}
}

// Heaps come to rest and sleep, without cubes inside each other.
func TestHeapSleeps(t *testing.T) {
	t.Parallel()
	s := heap(200, 0)
	for n := 0; s.awake > 0; n++ {
		if n == 1800 {
			t.Fatalf("%d of %d awake after 30 s", s.awake, s.live)
		}
		s.tick(1.0 / 60)
	}
	if deep := s.overlap(); deep > 0.02 {
		t.Errorf("at rest, and %g m inside each other", deep)
	}
}

// Sleepers wake when hit, with all that they touch; others sleep on.
func TestIslandWakesWhenHit(t *testing.T) {
	t.Parallel()
	s := one(vec3{-2, half, 0}, vec3{-2, 3 * half, 0}, vec3{2, half, 0}, vec3{2, 3 * half, 0}, vec3{-2, 4, 0})
	s.remove(4)
	s.run(120)
	if s.awake != 0 {
		t.Fatalf("%d awake", s.awake)
	}
	s.place(4, pose{vec3{-2.1, 4, 0.1}, upright}, vec3{0, -5, 0}, vec3{})
	hit := false
	for range 60 {
		s.tick(1.0 / 60)
		hit = hit || !s.asleep[1]
		if hit && s.asleep[0] && s.mot[0] != (motion{}) {
			t.Fatal("a sleeper moves")
		}
		if !s.asleep[2] || !s.asleep[3] {
			t.Fatal("the other heap woke")
		}
	}
	if !hit {
		t.Error("hit, and slept on")
	}
	s.run(300)
	if s.awake != 0 {
		t.Errorf("%d awake 5 s after", s.awake)
	}
}

// A sleeper whose support is pushed away, or taken out, falls.
func TestNothingHangsInTheAir(t *testing.T) {
	t.Parallel()
	for name, pull := range map[string]func(s *sim){
		"pushed": func(s *sim) { s.push(0, vec3{8, 0, 0}, vec3{}) },
		"gone":   func(s *sim) { s.remove(0) },
	} {
		s := one(vec3{0, half, 0}, vec3{0, 3 * half, 0})
		s.run(120)
		if s.awake != 0 {
			t.Fatalf("%s: %d awake", name, s.awake)
		}
		pull(s)
		s.run(240)
		if y := s.now[1].p.y; s.awake != 0 || y > half+0.01 {
			t.Errorf("%s: %d awake, the upper one at %g m", name, s.awake, y)
		}
	}
}

// The grid yields the pairs that looking at all of them yields.
func TestGridFindsAllPairs(t *testing.T) {
	t.Parallel()
	r := rng(5)
	s := newSim(200)
	for i := range s.now {
		if i%7 != 0 {
			s.place(i, pose{vec3{r.signed() * 4.9, 5 + r.signed()*4.9, r.signed() * 4.9}, upright}, vec3{}, vec3{})
		}
		if i%3 == 0 && i%7 != 0 {
			s.asleep[i] = true
			s.awake--
		}
	}
	for _, reach := range []float32{leastReach, 1, 1.3, 1.6, leastReach} {
		var got, want [][2]int32
		s.grid.build(s, slices.Repeat([]float32{reach / 2}, 200))
		s.grid.pairs(func(i, j int32) { got = append(got, [2]int32{min(i, j), max(i, j)}) })
		for j := range int32(200) {
			for i := range j {
				if i%7 != 0 && j%7 != 0 && !(s.asleep[i] && s.asleep[j]) &&
					s.now[i].p.sub(s.now[j].p).len2() < reach*reach {
					want = append(want, [2]int32{i, j})
				}
			}
		}
		order := func(a, b [2]int32) int { return slices.Compare(a[:], b[:]) }
		slices.SortFunc(got, order)
		slices.SortFunc(want, order)
		if len(want) < 40 || !slices.Equal(got, want) {
			t.Errorf("%d pairs within %g m, want %d", len(got), reach, len(want))
		}
	}
}
