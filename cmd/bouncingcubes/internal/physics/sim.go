package physics

import "math"

// What the world is made of. All cubes are alike: a solid cube's inertia is the same about every axis, so the inertia
// "tensor" is one number that no rotation changes, and the solver needs no matrices.
const (
	Edge    = 0.5                    // metres
	Mass    = 1.0                    // kilograms
	Inertia = Mass * Edge * Edge / 6 // kg·m², about any axis through the centre
	Gravity = 9.81                   // m/s², down (−Y)

	Restitution = 0.4 // separating over approaching speed, for approaches faster than bounceSpeed
	Friction    = 0.5 // Coulomb's coefficient, everywhere

	MaxSpeed = 20.0 // m/s: what explosions, pushes and falls are held to
	MaxSpin  = 20.0 // rad/s

	half       = Edge / 2
	diagonal   = Edge * 1.7320508 // between opposite corners: the diameter of the bounding sphere
	spin       = Mass / Inertia   // 1/m²: with impulses per kilogram, the angular twin of 1
	maxSubtick = 1.0 / 60         // seconds: longer ticks are cut

	wallTolerance = 0.02 // metres that a corner may be outside of a wall, at the very most
)

// Sleep: an island all of whose cubes stayed under these for sleepAfter stops, and costs nothing until woken.
const (
	sleepSpeed = 0.08 // m/s
	sleepSpin  = 0.20 // rad/s
	sleepAfter = 0.5  // seconds
)

// motion is what the solver reads and writes of a cube: velocities, and the displacement since the tick began. 48
// bytes, apart from the pose, so that a tank's worth stays in the first-level cache.
type motion struct {
	v, w   vec3 // m/s, rad/s, world axes
	dp, dq vec3 // metres, radians
}

// pose is where a cube is: centre and attitude, in the tank's coordinates (origin at the middle of the floor, Y up).
type pose struct {
	p vec3
	q quat
}

// state says whether a cube's picture may still change.
type state uint8

const (
	absent  state = iota // no such cube now (fountain)
	still                // asleep, and shown where it sleeps
	landing              // fell asleep in the last tick: the picture has still to arrive
	moving               // awake at some time in this tick
)

// sim is the cubes of one tank and the contacts among them. It knows neither arenas nor goroutines: one goroutine at a
// time calls it, and the same calls give the same bytes.
//
// A tick: find pairs (grid) → contacts (collide) → impulses (solve) → poses → overlap taken out of them (part) →
// islands, sleep.
type sim struct {
	now, was []pose   // after the last tick, and before it
	ax       []axes   // now's rotations as matrices
	mot      []motion // one more than there are cubes: the last, never moving, stands for walls and sleepers
	state    []state
	asleep   []bool
	quiet    []float32 // seconds under the sleep thresholds
	calm     []float32 // seconds in a heap, and slow
	rested   []float32 // seconds at rest, by either of the two
	spin     []float32 // rad/s, the length of mot's w
	island   []int32   // of a sleeper: the label it shares with those that must wake with it

	grid     grid
	pairs    []pair     // that may meet in this step, from the floor up
	fast     bool       // some of them meet fast
	rounds   int        // that it took to part them in the last step
	contacts []manifold // of this tick
	old      []manifold // of the last one, for warm starting
	index    pairIndex  // pair → position in old
	bouncing []int32    // contacts that do, in this step
	parent   []int32    // union-find over this tick's touching cubes
	least    []float32  // by root: the least quiet time in the island

	roused []int32   // labels of islands that something is about to hit
	bound  []bool    // awake and in contact, in this step
	pace   []float32 // m/s, the length of mot's v when the step began
	reach  []float32 // metres from its centre that a cube may come to touch, in this step
	parted []bool    // moved by part, in this step
	turn   []float32 // metres that a cube's corner may have moved by turning, in this step

	gravity, restitution float32

	awake int // cubes not asleep
	live  int // cubes not absent
	shown int // cubes whose state is landing or moving
	ticks uint64
}

func newSim(n int) *sim {
	s := &sim{
		now: make([]pose, n), was: make([]pose, n), ax: make([]axes, n), mot: make([]motion, n+1),
		state: make([]state, n), asleep: make([]bool, n), quiet: make([]float32, n), calm: make([]float32, n), rested: make([]float32, n),
		spin: make([]float32, n), island: make([]int32, n), parent: make([]int32, n), least: make([]float32, n),
		bound: make([]bool, n), pace: make([]float32, n), reach: make([]float32, n), parted: make([]bool, n), turn: make([]float32, n),
		gravity: Gravity, restitution: Restitution,
	}
	for i := range s.asleep {
		s.asleep[i] = true // absent: place makes it a cube
	}
	return s
}

// place puts cube i at p, awake, moving at v and w; the picture jumps there (no interpolation from where it was).
func (s *sim) place(i int, p pose, v, w vec3) {
	if s.state[i] == absent {
		s.live++
	}
	s.now[i], s.was[i], s.ax[i] = p, p, p.q.axes()
	s.wake(i)
	s.push(i, v, w)
}

// push gives cube i, awake from now on, the velocities v and w.
func (s *sim) push(i int, v, w vec3) {
	if s.asleep[i] {
		s.wakeIsland(s.island[i])
	}
	s.mot[i].v, s.mot[i].w = v.clamp(MaxSpeed), w.clamp(MaxSpin)
	s.spin[i] = s.mot[i].w.len()
}

// remove takes cube i out, and wakes what may have leaned on it.
func (s *sim) remove(i int) {
	if s.state[i] == absent {
		return
	}
	for j := range s.now {
		if s.asleep[j] && s.state[j] != absent && s.now[j].p.sub(s.now[i].p).len2() < leastReach*leastReach {
			s.wakeIsland(s.island[j])
		}
	}
	s.wake(i)
	s.awake--
	s.asleep[i] = true
	s.setState(i, absent)
	s.live--
	s.mot[i], s.spin[i] = motion{}, 0
}

func (s *sim) setState(i int, to state) {
	if s.state[i] >= landing {
		s.shown--
	}
	if to >= landing {
		s.shown++
	}
	s.state[i] = to
}

// wake makes cube i move again, alone; wakeIsland is for what happens among cubes.
func (s *sim) wake(i int) {
	if s.asleep[i] {
		s.asleep[i] = false
		s.awake++
	}
	s.quiet[i], s.calm[i] = 0, 0
	s.setState(i, moving)
}

func (s *sim) wakeIsland(label int32) {
	for i := range s.island {
		if s.asleep[i] && s.state[i] != absent && s.island[i] == label {
			s.wake(i)
		}
	}
}

// tick brings the tank dt seconds further. Longer ticks than maxSubtick are made of several steps, so that a 10 Hz
// simulation is as stable and as leak-proof as one of 60 Hz.
func (s *sim) tick(dt float64) {
	s.ticks++
	if s.shown == 0 {
		return
	}
	for i, st := range s.state {
		switch st {
		case moving:
			s.was[i] = s.now[i]
			if s.asleep[i] {
				s.setState(i, landing)
			}
		case landing:
			s.setState(i, still)
		}
	}
	n := int(math.Ceil(dt/maxSubtick - 1e-6))
	for range n {
		if s.awake == 0 {
			return
		}
		s.step(float32(dt / float64(n)))
	}
}

// step is one round of detection and solving.
func (s *sim) step(dt float32) {
	s.contacts, s.old = s.old[:0], s.contacts
	s.index.build(s.old)
	s.near(dt)
	for s.wakeTouched(dt) { // the woken touch others: look again
		s.near(dt)
	}
	s.detect(dt)
	s.solve(dt)
	s.move(dt)
	s.part()
	s.rest(dt)
}

// move turns the solver's displacements into poses.
func (s *sim) move(dt float32) {
	for i := range s.now {
		if s.asleep[i] {
			continue
		}
		m, p := &s.mot[i], &s.now[i]
		p.p = p.p.add(m.dp)
		p.q = p.q.turned(m.dq)
		s.ax[i] = p.q.axes()
		s.confine(i)
	}
}
