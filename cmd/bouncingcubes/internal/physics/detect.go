package physics

// contactSlop is how near surfaces must be to have a contact at all, metres, when nothing moves. What moves is looked
// at farther out, as far as it can come in one step: contacts are speculative, so that nothing passes through anything
// (Catto, "Continuous Collision", GDC 2013).
const contactSlop = 0.01

// pair is two cubes near each other, a < b, and how fast any two of their points can come nearer, in m/s.
type pair struct {
	a, b    int32
	closing float32
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
			s.pairs = append(s.pairs, pair{a, b, closing})
			s.fast = s.fast || dt*closing > deep
		}
	})
}

// speed is how fast any point of cube i can be, in m/s.
func (s *sim) speed(i int) float32 { return s.mot[i].v.len() + diagonal/2*s.spin[i] }

// detect finds this step's contacts: cubes among each other from the floor up, then walls, which so have the last word
// in every pass of the solver.
func (s *sim) detect(dt float32) {
	s.roused = s.roused[:0]
	clear(s.bound)
	for _, p := range s.pairs {
		s.meet(p.a, p.b, contactSlop+dt*p.closing, dt)
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

// meet finds the contact between cubes a and b, which are near each other, if they are less than margin apart and may
// touch within dt seconds.
func (s *sim) meet(a, b int32, margin, dt float32) {
	d := s.now[b].p.sub(s.now[a].p)
	if r := diagonal + margin; d.len2() > r*r {
		return
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
		if !collide(s.now[a].p, &s.ax[a], s.now[b].p, &s.ax[b], margin, m) || !s.touches(m, d, dt) {
			s.contacts = s.contacts[:len(s.contacts)-1]
			return
		}
		s.prepare(m, d, at)
	}
	if m.ma == 0 {
		s.rouse(b, a)
	} else if m.mb == 0 {
		s.rouse(a, b)
	}
	s.bound[a], s.bound[b] = !s.asleep[a], !s.asleep[b]
}

// touches reports whether a point of m, at the speed that it has, touches in this step, or nearly. What a third cube
// pushes against it is found in the next step, and parted in this one.
func (s *sim) touches(m *manifold, d vec3, dt float32) bool {
	const nearly = 0.02 // metres
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

// rouse notes that the island of sleeper b is to wake if a, which touches it or is about to, is moving in earnest. A
// cube that has nearly come to rest itself leans on sleepers as on a wall: heaps fall asleep piece by piece.
func (s *sim) rouse(a, b int32) {
	if s.quiet[a] == 0 {
		s.roused = append(s.roused, s.island[b])
	}
}

// wakeTouched wakes what detect found roused, and reports whether there was any.
func (s *sim) wakeTouched() bool {
	for i, label := range s.roused {
		if i == 0 || label != s.roused[i-1] {
			s.wakeIsland(label)
		}
	}
	return len(s.roused) > 0
}
