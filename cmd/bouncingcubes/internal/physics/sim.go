package physics

import "math"

// The constants of the world. All cubes are alike. A solid cube has the same moment of inertia about every axis, so the
// inertia tensor is one number that does not change with rotation, and the solver needs no matrices.
const (
	Edge    = 0.5                    // metres
	Mass    = 1.0                    // kilograms
	Inertia = Mass * Edge * Edge / 6 // kg·m², about any axis through the centre
	Gravity = 9.81                   // m/s², down (−Y)

	Restitution = 0.4 // separating over approaching speed, for approaches faster than bounceSpeed
	Friction    = 0.5 // Coulomb's coefficient, everywhere

	MaxSpeed = 20.0 // m/s, the limit after explosions, pushes and falls
	MaxSpin  = 20.0 // rad/s

	half       = Edge / 2
	diagonal   = Edge * 1.7320508 // from corner to opposite corner: the diameter of the bounding sphere
	spin       = Mass / Inertia   // 1/m²: turns an angular impulse per kilogram into an angular speed
	maxSubtick = 1.0 / 60         // seconds: a longer tick is divided into steps

	wallTolerance = 0.02 // metres that a corner may be outside a wall at most
)

// Sleep: if all cubes of an island stay below these limits for sleepAfter, they sleep and cost nothing until they wake.
const (
	sleepSpeed = 0.08 // m/s
	sleepSpin  = 0.20 // rad/s
	sleepAfter = 0.5  // seconds
)

// A motion has the values of a cube that the solver reads and writes: velocities, and the displacement since the tick
// began. It has 48 bytes and is apart from the pose, so that the motions of a tank fit into the first-level cache.
type motion struct {
	v, w   vec3 // m/s, rad/s, world axes
	dp, dq vec3 // metres, radians
}

// A pose is the place and the turn of a cube, in the coordinates of the tank: the origin is the middle of the floor,
// Y is up.
type pose struct {
	p vec3
	q quat
}

// A state says whether the slot of a cube may still change.
type state uint8

const (
	absent  state = iota // the cube does not exist now (fountain)
	still                // asleep, and the slot shows it at rest
	landing              // fell asleep in the last tick, and the slot still shows a motion
	moving               // awake at some time in this tick
)

// A sim has the cubes of one tank and the contacts between them. It does not know arenas or goroutines. One goroutine
// at a time calls it, and the same calls give the same bytes.
//
// A tick: pairs (grid) → contacts (collide) → impulses (solve) → poses → removal of overlap (part) → islands, sleep.
type sim struct {
	now, was []pose   // after the last tick, and before it
	ax       []axes   // now's rotations as matrices
	mot      []motion // one for each cube, and one that never moves, for walls and sleepers
	state    []state
	asleep   []bool
	quiet    []float32 // seconds below the limits of sleep
	calm     []float32 // seconds in a heap with little speed
	rested   []float32 // seconds at rest, by quiet or by calm
	spin     []float32 // rad/s, the length of w in mot
	island   []int32   // of a sleeper: a label that is equal for all cubes that wake together

	grid     grid
	pairs    []pair     // cubes that may meet in this step, from the floor up
	fast     bool       // whether a pair may meet fast
	rounds   int        // of part in the last step
	contacts []manifold // of this step
	old      []manifold // of the last step, for warm starting
	index    pairIndex  // pair → position in old
	bouncing []int32    // contacts that bounce in this step
	parent   []int32    // union-find over the cubes that touch
	least    []float32  // by root: the shortest time at rest in the island

	roused []int32   // labels of islands that are about to be hit
	bound  []bool    // whether a cube is awake and in contact in this step
	pace   []float32 // m/s, the length of v in mot at the begin of the step
	reach  []float32 // metres from the centre within which a cube may touch something in this step
	parted []bool    // whether part has moved a cube in this step
	turn   []float32 // metres that a corner may have moved by turning in this step

	gravity, restitution float32

	awake int // cubes that are not asleep
	live  int // cubes that are not absent
	shown int // cubes that are landing or moving
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
		s.asleep[i] = true // absent until place
	}
	return s
}

// place puts cube i at p, awake, with the velocities v and w. The picture jumps there.
func (s *sim) place(i int, p pose, v, w vec3) {
	if s.state[i] == absent {
		s.live++
	}
	s.now[i], s.was[i], s.ax[i] = p, p, p.q.axes()
	s.wake(i)
	s.push(i, v, w)
}

// push wakes cube i and gives it the velocities v and w.
func (s *sim) push(i int, v, w vec3) {
	if s.asleep[i] {
		s.wakeIsland(s.island[i])
	}
	s.mot[i].v, s.mot[i].w = v.clamp(MaxSpeed), w.clamp(MaxSpin)
	s.spin[i] = s.mot[i].w.len()
}

// remove takes cube i out, and wakes the cubes that may have leaned on it.
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

// wake wakes cube i alone. If another cube is the cause, call wakeIsland.
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

// tick advances the tank by dt seconds. A tick that is longer than maxSubtick has several steps, so that a simulation
// of 10 Hz is as stable as one of 60 Hz, and its walls are as tight.
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
	for s.wakeTouched(dt) { // cubes that have woken may touch others: look again
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
