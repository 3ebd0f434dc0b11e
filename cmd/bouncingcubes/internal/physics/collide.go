package physics

// at returns axis i.
func (a *axes) at(i int) vec3 {
	switch i {
	case 0:
		return a.x
	case 1:
		return a.y
	}
	return a.z
}

// A meeting is two cubes that may be in contact. within tells whether they are near and along which axis, contact tells
// where.
//
// The separating-axis test over 15 axes (Gottschalk, Lin, Manocha, "OBBTree", 1996) finds the axis of greatest
// separation. If it is a face's, the other cube's most opposed face is clipped against it (Sutherland, Hodgman,
// "Reentrant polygon clipping", 1974); if it is a pair of edges, their nearest points are the contact. Faces win ties,
// a's over b's, so that resting cubes keep their kind of contact from tick to tick (Gregorius, "The Separating Axis
// Test between Convex Polyhedra", GDC 2013).
type meeting struct {
	d    vec3  // from the centre of a to the centre of b
	a, b *axes // of the two cubes

	apart  float32 // metres: lower bound of the distance; negative if they overlap
	normal vec3    // from a to b, if they are near
	edge   int     // 3i+j for edge i of a and edge j of b, whose cross product is the normal; negative for a face
	face   int     // 0 to 2 for a face of a, 3 to 5 for a face of b
	uv     float32 // cosine between the two edges
}

// within reports whether the cubes are at most margin apart.
func (x *meeting) within(margin float32) bool {
	const tie = 0.01 * Edge
	a, b, d := x.a, x.b, x.d
	// d along the axes of both cubes, and the cosines between the axes: c[i][j] = a_i · b_j.
	da := [3]float32{d.dot(a.x), d.dot(a.y), d.dot(a.z)}
	db := [3]float32{d.dot(b.x), d.dot(b.y), d.dot(b.z)}
	// First try d itself. It is not one of the 15 axes, but it separates three quarters of the pairs that are apart.
	l2 := d.len2()
	if l2-half*(abs(da[0])+abs(da[1])+abs(da[2])+abs(db[0])+abs(db[1])+abs(db[2])) > margin*sqrt(l2) {
		x.apart = margin
		return false
	}
	best, face := float32(-1e9), 0
	c := [3][3]float32{{a.x.dot(b.x), a.x.dot(b.y), a.x.dot(b.z)}}
	if s := abs(da[0]) - half*(1+abs(c[0][0])+abs(c[0][1])+abs(c[0][2])); s > margin {
		x.apart = s
		return false
	} else if s > best {
		best, face = s, 0
	}
	c[1] = [3]float32{a.y.dot(b.x), a.y.dot(b.y), a.y.dot(b.z)}
	if s := abs(da[1]) - half*(1+abs(c[1][0])+abs(c[1][1])+abs(c[1][2])); s > margin {
		x.apart = s
		return false
	} else if s > best {
		best, face = s, 1
	}
	c[2] = [3]float32{a.z.dot(b.x), a.z.dot(b.y), a.z.dot(b.z)}
	if s := abs(da[2]) - half*(1+abs(c[2][0])+abs(c[2][1])+abs(c[2][2])); s > margin {
		x.apart = s
		return false
	} else if s > best {
		best, face = s, 2
	}
	bestB, faceB := float32(-1e9), 0
	for j := range 3 {
		s := abs(db[j]) - half*(1+abs(c[0][j])+abs(c[1][j])+abs(c[2][j]))
		if s > margin {
			x.apart = s
			return false
		}
		if s > bestB {
			bestB, faceB = s, j
		}
	}
	if bestB > best+tie {
		best, face = bestB, faceB+3
	}
	// The nine axes a_i × b_j, not yet of unit length. i1 and i2 are the two axes after i.
	edge, least := -1, best+tie // a pair of edges must be better than the faces by tie
	for i := range 3 {
		i1, i2 := next[i], next[i+1]
		c0, c1, c2 := &c[i], &c[i1], &c[i2]
		d1, d2 := da[i1], da[i2]
		r0, r1, r2 := abs(c1[0])+abs(c2[0]), abs(c1[1])+abs(c2[1]), abs(c1[2])+abs(c2[2])
		q0, q1, q2 := abs(c0[0]), abs(c0[1]), abs(c0[2])
		s := [3]float32{
			abs(d2*c1[0]-d1*c2[0]) - half*(r0+q1+q2),
			abs(d2*c1[1]-d1*c2[1]) - half*(r1+q2+q0),
			abs(d2*c1[2]-d1*c2[2]) - half*(r2+q0+q1),
		}
		for j, s := range s {
			if s <= least && s <= 0 {
				continue // the division by a length of at most 1 would make a negative s even smaller
			}
			l2 := 1 - c0[j]*c0[j]
			if l2 < 1e-4 {
				continue // the edges are parallel: the faces decide
			}
			if s /= sqrt(l2); s > margin {
				x.apart = s
				return false
			} else if s > least {
				least, edge = s, 3*i+j
			}
		}
	}

	x.edge, x.face, x.apart = edge, face, best
	switch {
	case edge >= 0:
		i, j := edge/3, edge%3
		x.uv, x.apart = c[i][j], least
		n := a.at(i).cross(b.at(j))
		x.normal = towards(n.mul(1/n.len()), n.dot(d))
	case face < 3:
		x.normal = towards(a.at(face), da[face])
	default:
		x.normal = towards(b.at(face-3), db[face-3])
	}
	return true
}

// towards returns n, or its opposite where sign is negative.
func towards(n vec3, sign float32) vec3 {
	if sign < 0 {
		return n.mul(-1)
	}
	return n
}

// contact stores the normal and the points in m. It reports whether there are points. Call it after within was true.
func (x *meeting) contact(margin float32, m *manifold) bool {
	n := x.normal
	m.n, m.normal, m.apart = 0, n, x.apart
	switch {
	case x.edge >= 0:
		i, j := x.edge/3, x.edge%3
		u, v := x.a.at(i), x.b.at(j)
		// ra and rb are the middles of the two edges that face each other.
		ra, rb := vec3{}, x.d
		for k := range 3 {
			if k != i {
				e := x.a.at(k)
				ra = ra.addMul(e, copysign(half, e.dot(n)))
			}
			if k != j {
				e := x.b.at(k)
				rb = rb.addMul(e, -copysign(half, e.dot(n)))
			}
		}
		// Nearest points of the lines ra + s·u and rb + t·v (Ericson, section 5.1.8, for unit directions).
		w := ra.sub(rb)
		uv, uw, vw := x.uv, u.dot(w), v.dot(w)
		s := (uv*vw - uw) / (1 - uv*uv)
		s = min(max(s, -half), half)
		m.keep(ra.addMul(u, s).addMul(n, x.apart/2), x.apart)
	case x.face < 3:
		clip(x.a, x.face, n, vec3{}, x.b, x.d, margin, m)
	default:
		clip(x.b, x.face-3, n.mul(-1), x.d, x.a, vec3{}, margin, m)
	}
	return m.n > 0
}

// next[i] and next[i+1] are the axes after i.
var next = [4]int{1, 2, 0, 1}

func copysign(x, sign float32) float32 {
	if sign < 0 {
		return -x
	}
	return x
}

// A corner is a corner of the face that is clipped, in the coordinates of the reference face: u and v along that
// face, z above it.
type corner struct{ u, v, z float32 }

// level is how much higher than margin a point may be, in metres, beside a point that is not higher. So a cube that
// lands nearly flat lands on all its corners, and does not topple over the first one.
const level = 0.02

// clip stores the points of the other cube o (with its centre at po) that lie over face f of the reference cube r (with
// its centre at pr and the outward normal n), and less than margin plus level above the face. Positions are relative to
// cube a.
func clip(r *axes, f int, n, pr vec3, o *axes, po vec3, margin float32, m *manifold) {
	u, v := r.at((f+1)%3), r.at((f+2)%3)
	origin := pr.addMul(n, half)

	// The incident face is the face of o whose outward normal is most opposed to n.
	dots := [3]float32{o.x.dot(n), o.y.dot(n), o.z.dot(n)}
	k := 0
	if abs(dots[1]) > abs(dots[k]) {
		k = 1
	}
	if abs(dots[2]) > abs(dots[k]) {
		k = 2
	}
	centre := po.addMul(o.at(k), -copysign(half, dots[k])).sub(origin)
	eu, ev := o.at((k+1)%3), o.at((k+2)%3)
	cu, cv, cz := centre.dot(u), centre.dot(v), centre.dot(n)
	uu, uv, uz := half*eu.dot(u), half*eu.dot(v), half*dots[(k+1)%3]
	vu, vv, vz := half*ev.dot(u), half*ev.dot(v), half*dots[(k+2)%3]

	var bufs [2][8]corner
	in, out := &bufs[0], &bufs[1]
	count := 4
	in[0] = corner{cu + uu + vu, cv + uv + vv, cz + uz + vz}
	in[1] = corner{cu - uu + vu, cv - uv + vv, cz - uz + vz}
	in[2] = corner{cu - uu - vu, cv - uv - vv, cz - uz - vz}
	in[3] = corner{cu + uu - vu, cv + uv - vv, cz + uz - vz}

	for side := range 4 {
		// Keep the part inside. h is the distance to the line of the side, positive inside.
		kept := 0
		last := in[count-1]
		lastH := last.inside(side)
		for _, p := range in[:count] {
			h := p.inside(side)
			if (h < 0) != (lastH < 0) && kept < len(out) {
				t := lastH / (lastH - h)
				out[kept] = corner{last.u + (p.u-last.u)*t, last.v + (p.v-last.v)*t, last.z + (p.z-last.z)*t}
				kept++
			}
			if h >= 0 && kept < len(out) {
				out[kept] = p
				kept++
			}
			last, lastH = p, h
		}
		if in, out, count = out, in, kept; count == 0 {
			return
		}
	}

	kept := 0
	for _, p := range in[:count] {
		if p.z < margin+level {
			in[kept] = p
			kept++
		}
	}
	if kept > 4 {
		kept = fewest(in, kept)
	}
	for _, p := range in[:kept] {
		// The point is halfway between the two surfaces.
		at := origin.addMul(u, p.u).addMul(v, p.v).addMul(n, p.z/2)
		m.keep(at, p.z)
	}
}

// inside returns the distance to one of the four sides of the reference face, positive inside.
func (c corner) inside(side int) float32 {
	switch side {
	case 0:
		return half - c.u
	case 1:
		return half + c.u
	case 2:
		return half - c.v
	}
	return half + c.v
}

// fewest moves the four most useful points to the front, and returns how many there are: the deepest point, the point
// farthest from it, and the two that span the largest area with those, one on each side.
func fewest(ps *[8]corner, n int) int {
	pick := func(to int, score func(corner) float32) float32 {
		best := to
		for i := to + 1; i < n; i++ {
			if score(ps[i]) > score(ps[best]) {
				best = i
			}
		}
		ps[to], ps[best] = ps[best], ps[to]
		return score(ps[to])
	}
	pick(0, func(c corner) float32 { return -c.z })
	p := ps[0]
	pick(1, func(c corner) float32 { return (c.u-p.u)*(c.u-p.u) + (c.v-p.v)*(c.v-p.v) })
	q := ps[1]
	area := func(c corner) float32 { return (q.u-p.u)*(c.v-p.v) - (q.v-p.v)*(c.u-p.u) }
	pick(2, area)
	if pick(3, func(c corner) float32 { return -area(c) }) <= 0 {
		// All points lie on one side: three are enough.
		return 3
	}
	return 4
}

// walls are the normals of six planes. Cubes stay on the side that a normal points to: n·p ≥ −TankWidth/2, with p
// from the middle of the tank.
var walls = [6]vec3{{0, 1, 0}, {1, 0, 0}, {-1, 0, 0}, {0, 0, 1}, {0, 0, -1}, {0, -1, 0}}

// above returns the distance of p from wall w, in the coordinates of the tank.
func above(w int, p vec3) float32 {
	switch w {
	case 0:
		return p.y
	case 5:
		return TankWidth - p.y
	}
	return walls[w].dot(p) + TankWidth/2
}

// touchWall finds the contact between a cube and a wall. The centre of the cube is h above the wall. m gets the cube
// as a, the wall as b, and at most four points: the lowest corners.
func touchWall(w int, h float32, a *axes, margin float32, m *manifold) bool {
	n := walls[w]
	m.normal = n.mul(-1)
	m.n = 0
	x, y, z := half*a.x.dot(n), half*a.y.dot(n), half*a.z.dot(n)
	if h-abs(x)-abs(y)-abs(z) > margin {
		return false
	}
	// The four corners of the face that is most opposite to the wall are the four lowest, or nearly so.
	e, ex := a.x, x
	f, fy := a.y, y
	g, gz := a.z, z
	if abs(fy) > abs(ex) {
		e, f, ex, fy = f, e, fy, ex
	}
	if abs(gz) > abs(ex) {
		e, g, ex, gz = g, e, gz, ex
	}
	s := -copysign(1, ex) // towards the wall
	low := h + s*ex
	base := e.mul(half * s)
	for i := range 4 {
		fs, gs := float32(1-2*(i&1)), float32(1-(i&2))
		if d := low + fs*fy + gs*gz; d < margin+level {
			r := base.addMul(f, half*fs).addMul(g, half*gs)
			m.keep(r.addMul(n, -d/2), d)
		}
	}
	return m.n > 0
}
