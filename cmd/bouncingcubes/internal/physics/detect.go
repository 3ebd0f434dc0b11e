package physics

// contactSlop is the distance, in metres, at which surfaces at rest have a contact. For cubes that move, the distance
// is larger by as much as they can move in a step: such contacts are speculative, and prevent that a cube passes
// through another (Catto, "Continuous Collision", GDC 2013).
const contactSlop = 0.01

// A pair is two cubes that are near each other, a < b.
type pair struct {
	a, b    int32
	closing float32 // m/s: upper bound of the speed at which two of their points approach
	apart   float32 // metres: lower bound of the distance when the step began; negative if they overlap
}

// near finds the cubes that may meet in dt seconds.
func (s *sim) near(dt float32) {
	for i := range s.pace {
		s.pace[i] = s.mot[i].v.len()
		s.reach[i] = (diagonal+contactSlop)/2 + dt*s.pace[i]
	}
	s.grid.build(s, s.reach)
	s.pairs, s.fast = s.pairs[:0], false
	s.grid.pairs(func(i, j int32) {
		a, b := min(i, j), max(i, j)
		d2 := s.now[b].p.sub(s.now[a].p).len2()
		closing := s.mot[a].v.sub(s.mot[b].v).len()
		// A wall, or a third cube, may stop one of them.
		if r := diagonal + contactSlop + dt*max(closing, s.pace[a], s.pace[b]); d2 <= r*r {
			closing += diagonal / 2 * (s.spin[a] + s.spin[b])
			s.pairs = append(s.pairs, pair{a, b, closing, 0})
			s.fast = s.fast || dt*closing > deep
		}
	})
}

// speed returns an upper bound of the speed of cube i's points, in m/s.
func (s *sim) speed(i int) float32 { return s.mot[i].v.len() + diagonal/2*s.spin[i] }

// detect finds the contacts of this step: first between cubes, from the floor up, then with walls. So walls come last
// in every pass of the solver.
func (s *sim) detect(dt float32) {
	clear(s.bound)
	for i := range s.pairs {
		s.meet(&s.pairs[i], dt)
	}
	for i := range s.now {
		if s.asleep[i] {
			continue
		}
		margin := contactSlop + dt*s.speed(i)
		for w := range walls {
			h := above(w, s.now[i].p)
			if h > diagonal/2+margin {
				continue
			}
			m := s.contact()
			if !touchWall(w, h, &s.ax[i], margin, m) {
				s.contacts = s.contacts[:len(s.contacts)-1]
				continue
			}
			s.bound[i] = true
			m.key = uint32(i)<<16 | uint32(0xfff8+w)
			m.a, m.b, m.ma, m.mb = int32(i), int32(len(s.now)), 1, 0
			s.prepare(m, vec3{}, s.index.find(m.key))
		}
	}
}

// meet finds the contact between the cubes of p. It reports whether they may touch within dt seconds.
func (s *sim) meet(p *pair, dt float32) bool {
	a, b, margin := p.a, p.b, contactSlop+dt*p.closing
	d := s.now[b].p.sub(s.now[a].p)
	if r := diagonal + margin; d.len2() > r*r {
		p.apart = margin
		return false
	}
	m := s.contact()
	m.key = uint32(a)<<16 | uint32(b)
	m.a, m.b, m.ma, m.mb = a, b, 1, 1
	if s.asleep[a] {
		m.a, m.ma = int32(len(s.now)), 0
	} else if s.asleep[b] {
		m.b, m.mb = int32(len(s.now)), 0
	}
	at := s.index.find(m.key)
	if at < 0 || !s.reuse(m, &s.old[at], margin) {
		x := meeting{d: d, a: &s.ax[a], b: &s.ax[b]}
		near := x.within(margin)
		p.apart = x.apart
		if !near || s.passes(&x, m, p, dt) || !x.contact(margin, m) || !s.touches(m, d, dt) {
			s.contacts = s.contacts[:len(s.contacts)-1]
			return false
		}
		s.prepare(m, d, at)
	}
	p.apart = m.apart - m.moved
	s.bound[a], s.bound[b] = !s.asleep[a], !s.asleep[b]
	return true
}

const nearly = 0.02 // metres

// passes reports whether no point of the contact x can touch, or nearly touch, in this step. It does not need the
// points, and so saves the time to find them.
func (s *sim) passes(x *meeting, m *manifold, p *pair, dt float32) bool {
	const rounding = 1e-5 // metres
	closing := diagonal/2*(s.spin[p.a]+s.spin[p.b]) - s.mot[m.b].v.sub(s.mot[m.a].v).dot(x.normal)
	return x.apart-dt*closing > nearly+rounding
}

// touches reports whether a point of m touches, or nearly touches, in this step if it keeps its speed. If a third cube
// pushes it, the next step finds the contact, and part removes the overlap in this step.
func (s *sim) touches(m *manifold, d vec3, dt float32) bool {
	a, b := &s.mot[m.a], &s.mot[m.b]
	dv := b.v.sub(a.v)
	for i := range m.points[:m.n] {
		p := &m.points[i]
		v := dv.add(b.w.cross(p.r.sub(d))).sub(a.w.cross(p.r))
		if p.gap+dt*v.dot(m.normal) < nearly {
			return true
		}
	}
	return false
}

// reuse takes the pair's contact of the last step for m, if the two have hardly moved relative to each other since it
// was found. The points stay, and the solver knows their gaps. In a heap that comes to rest this replaces nearly the
// whole narrow phase, and a heap rests better on points that stay where they are.
func (s *sim) reuse(m, o *manifold, margin float32) bool {
	const most, soon = 0.002 * Edge, 0.01 * Edge // metres: moved since the contact was found; moving in this step
	a, b := &s.mot[m.a], &s.mot[m.b]
	moved := o.moved + b.dp.sub(a.dp).len() + diagonal/2*(a.dq.len()+b.dq.len())
	if m.a != o.a || m.b != o.b || moved > most || margin > contactSlop+soon {
		return false
	}
	*m = *o
	m.moved, m.most = moved, 0
	dv := b.v.sub(a.v).dot(m.normal)
	for i := range m.points[:m.n] {
		p := &m.points[i]
		p.sep = p.gap
		p.speed = dv + p.rb.dot(b.w) - p.ra.dot(a.w) // too slow to bounce, because of soon
	}
	m.bounces = false
	return true
}

// contact appends a manifold whose contents are unspecified.
func (s *sim) contact() *manifold {
	if n := len(s.contacts); n < cap(s.contacts) {
		s.contacts = s.contacts[:n+1]
	} else {
		s.contacts = append(s.contacts, manifold{})
	}
	return &s.contacts[len(s.contacts)-1]
}

// wakeTouched wakes the islands of sleepers that a moving cube touches or is about to touch. It reports whether there
// were any. A cube that is nearly at rest does not wake them but leans on them as on a wall: so heaps fall asleep
// part by part.
func (s *sim) wakeTouched(dt float32) bool {
	s.roused = s.roused[:0]
	for i := range s.pairs {
		p := &s.pairs[i]
		sleeper, other := p.a, p.b
		if !s.asleep[sleeper] {
			sleeper, other = other, sleeper
		}
		if s.asleep[sleeper] && s.quiet[other] == 0 && s.meet(p, dt) {
			s.roused = append(s.roused, s.island[sleeper])
		}
	}
	s.contacts = s.contacts[:0] // detect finds them all
	for i, label := range s.roused {
		if i == 0 || label != s.roused[i-1] {
			s.wakeIsland(label)
		}
	}
	return len(s.roused) > 0
}
