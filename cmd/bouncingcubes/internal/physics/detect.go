package physics

// contactSlop is how near surfaces must be to have a contact at all, metres, when nothing moves. What moves is looked
// at farther out, as far as it can come in one step: contacts are speculative, so that nothing passes through anything
// (Catto, "Continuous Collision", GDC 2013).
const contactSlop = 0.01

// pair is two cubes near each other, a < b.
type pair struct {
	a, b    int32
	closing float32 // m/s: how fast any two of their points can come nearer, at most
	apart   float32 // metres between them when the step began, at least; negative inside each other
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

// speed is how fast any point of cube i can be, in m/s.
func (s *sim) speed(i int) float32 { return s.mot[i].v.len() + diagonal/2*s.spin[i] }

// detect finds this step's contacts: cubes among each other from the floor up, then walls, which so have the last word
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

// meet finds the contact between p's cubes if they may touch within dt seconds, and reports whether they do.
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

// passes reports that no point of x's contact, whatever they are, can touch in this step, or nearly: touches without
// looking at points, which saves finding them.
func (s *sim) passes(x *meeting, m *manifold, p *pair, dt float32) bool {
	const rounding = 1e-5 // metres
	closing := diagonal/2*(s.spin[p.a]+s.spin[p.b]) - s.mot[m.b].v.sub(s.mot[m.a].v).dot(x.normal)
	return x.apart-dt*closing > nearly+rounding
}

// touches reports whether a point of m, at the speed that it has, touches in this step, or nearly. What a third cube
// pushes against it is found in the next step, and parted in this one.
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

// reuse makes m of the pair's contact of the last step, if the two have hardly moved against each other since that one
// was found: its points go on, at the gaps that the solver has kept track of. In a heap that comes to rest this
// replaces nearly all of the narrow phase, and points that stay where they are rest the better.
func (s *sim) reuse(m, o *manifold, margin float32) bool {
	const most, soon = 0.002 * Edge, 0.01 * Edge // metres: moved since found; about to move in this step
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
		p.speed = dv + p.rb.dot(b.w) - p.ra.dot(a.w) // too slow to bounce: soon sees to that
	}
	m.bounces = false
	return true
}

// contact appends a manifold with unspecified contents.
func (s *sim) contact() *manifold {
	if n := len(s.contacts); n < cap(s.contacts) {
		s.contacts = s.contacts[:n+1]
	} else {
		s.contacts = append(s.contacts, manifold{})
	}
	return &s.contacts[len(s.contacts)-1]
}

// wakeTouched wakes the islands of sleepers that something touches, or is about to, which is moving in earnest, and
// reports whether there were any. A cube that has nearly come to rest itself leans on sleepers as on a wall: heaps fall
// asleep piece by piece.
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
