package physics

// contactSlop is how near surfaces must be to have a contact at all, metres, when nothing moves. What moves is looked
// at farther out, as far as it can come in one step: contacts are speculative, so that nothing passes through anything
// (Catto, "Continuous Collision", GDC 2013).
const contactSlop = 0.01

// detect finds this step's contacts: cubes among each other from the floor up, then walls, which so have the last word
// in every pass of the solver.
func (s *sim) detect(dt float32) {
	s.roused = s.roused[:0]
	clear(s.bound)
	s.grid.build(s)
	s.grid.pairs(func(i, j int32) {
		a, b := min(i, j), max(i, j)
		ma, mb := &s.mot[a], &s.mot[b]
		margin := contactSlop + dt*(ma.v.sub(mb.v).len()+diagonal/2*(s.spin[a]+s.spin[b]))
		pa, pb := s.now[a].p, s.now[b].p
		if r := diagonal + margin; pb.sub(pa).len2() > r*r {
			return
		}
		m := s.contact()
		if !collide(pa, &s.ax[a], pb, &s.ax[b], margin, m) {
			s.contacts = s.contacts[:len(s.contacts)-1]
			return
		}
		m.key = uint32(a)<<16 | uint32(b)
		m.a, m.b, m.ma, m.mb = a, b, 1, 1
		s.bound[a], s.bound[b] = !s.asleep[a], !s.asleep[b]
		if s.asleep[a] {
			m.a, m.ma = int32(len(s.now)), 0
			s.rouse(b, a)
		} else if s.asleep[b] {
			m.b, m.mb = int32(len(s.now)), 0
			s.rouse(a, b)
		}
		s.prepare(m, pb.sub(pa))
	})
	for i := range s.now {
		if s.asleep[i] {
			continue
		}
		m := &s.mot[i]
		margin := contactSlop + dt*(m.v.len()+diagonal/2*s.spin[i])
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
			s.prepare(m, vec3{})
		}
	}
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
