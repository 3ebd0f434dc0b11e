package physics

// point is one point of contact, as a row of the solver's equations.
type point struct {
	r      vec3    // from cube a's centre, metres, world axes: tells the point again in the next step
	ra, rb vec3    // lever arms: (point − centre) × normal, of a and of b
	sep    float32 // metres between the surfaces when the step began; negative inside each other
	gap    float32 // the same now
	mass   float32 // effective mass over Mass
	push   float32 // accumulated normal impulse over Mass, m/s; never negative
	speed  float32 // normal speed when they touch, by what was known when the step began; negative: approaching
}

// manifold is all contact between two cubes, or a cube and a wall: up to four points with one normal, and friction in
// the middle of them (two directions and a twist: 7 rows for the 12 that friction at every point would take).
// Impulses are per kilogram.
type manifold struct {
	key     uint32  // a<<16 | b; a wall's b is above every cube's
	a, b    int32   // indices into sim.mot; b, or a, may be the one that never moves
	ma, mb  float32 // 1, or 0 for what cannot be pushed: a wall, a sleeper
	n       int32   // points
	sum     float32 // of the points' pushes
	most    float32 // the greatest sum of this step: zero means that nothing touched
	normal  vec3    // from a to b
	apart   float32 // metres between the two when the points were found, at least
	moved   float32 // metres that the two have moved against each other, at most, since the points were found
	bounces bool    // some point came faster than bounceSpeed
	points  [4]point

	t1, t2             vec3 // tangents
	ra1, rb1, ra2, rb2 vec3 // their lever arms
	mass1, mass2       float32
	massTwist          float32
	perLinear          float32 // 1 / (ma + mb)
	arm                float32 // metres: root mean square distance of the points from their middle; the twist's lever
	f1, f2, twist      float32 // accumulated friction impulses
}

// keep stores a contact at the point r from a's centre.
func (m *manifold) keep(r vec3, sep float32) {
	m.points[m.n] = point{r: r, sep: sep, gap: sep}
	m.n++
}

// pairIndex finds a pair's manifold of the last step: open addressing, linear probing, rebuilt in one pass.
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
