package physics

// A point is one point of a contact, and a row of the solver's equations.
type point struct {
	r      vec3    // from the centre of cube a, in metres and world axes; finds the point again in the next step
	ra, rb vec3    // lever arms of a and b: (point − centre) × normal
	sep    float32 // metres between the surfaces when the step began; negative if they overlap
	gap    float32 // the same at this moment
	mass   float32 // effective mass over Mass
	push   float32 // accumulated normal impulse over Mass, m/s; never negative
	speed  float32 // expected normal speed when they touch; negative: approaching
}

// A manifold is the contact between two cubes, or between a cube and a wall. It has up to four points with the same
// normal, and friction in the middle of them: two directions and a twist. That makes 7 rows; friction at every point
// would need 12. Impulses are per kilogram.
type manifold struct {
	key     uint32  // a<<16 | b; the b of a wall is larger than that of every cube
	a, b    int32   // indices into sim.mot; one of them may be the motion that never moves
	ma, mb  float32 // 1, or 0 for a wall or a sleeper, which cannot be pushed
	n       int32   // number of points
	sum     float32 // of the pushes of the points
	most    float32 // the largest sum in this step; zero: the two did not touch
	normal  vec3    // from a to b
	apart   float32 // metres: lower bound of the distance when the points were found
	moved   float32 // metres: upper bound of the relative movement since then
	bounces bool    // whether a point approached faster than bounceSpeed
	points  [4]point

	t1, t2             vec3 // tangents
	ra1, rb1, ra2, rb2 vec3 // their lever arms
	mass1, mass2       float32
	massTwist          float32
	perLinear          float32 // 1 / (ma + mb)
	arm                float32 // metres: root mean square distance of the points from their middle; the twist's lever
	f1, f2, twist      float32 // accumulated friction impulses
}

// keep stores a point, at r from the centre of a.
func (m *manifold) keep(r vec3, sep float32) {
	m.points[m.n] = point{r: r, sep: sep, gap: sep}
	m.n++
}

// A pairIndex finds the manifold of a pair in the last step. It is a hash table with open addressing and linear
// probing, which is rebuilt in each step.
type pairIndex struct {
	slots []struct {
		key uint32
		at  int32 // position + 1; 0: empty
	}
	shift uint
}

func (x *pairIndex) build(ms []manifold) {
	if len(x.slots) < 3*len(ms) || len(x.slots) == 0 {
		x.shift = 32 - 8
		for 1<<(32-x.shift) < 4*len(ms) {
			x.shift--
		}
		x.slots = make([]struct {
			key uint32
			at  int32
		}, 1<<(32-x.shift))
	} else {
		clear(x.slots)
	}
	for i := range ms {
		h := x.home(ms[i].key)
		for x.slots[h].at != 0 {
			h = (h + 1) & uint32(len(x.slots)-1)
		}
		x.slots[h].key, x.slots[h].at = ms[i].key, int32(i+1)
	}
}

func (x *pairIndex) home(key uint32) uint32 { return key * 0x9e3779b1 >> x.shift }

// find returns the position of the pair's manifold, or −1.
func (x *pairIndex) find(key uint32) int32 {
	for h := x.home(key); x.slots[h].at != 0; h = (h + 1) & uint32(len(x.slots)-1) {
		if x.slots[h].key == key {
			return x.slots[h].at - 1
		}
	}
	return -1
}
