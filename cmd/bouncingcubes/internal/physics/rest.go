package physics

// rest lets islands fall asleep. An island is a set of cubes that push each other. It falls asleep if all its cubes
// have hardly moved for a while. So no cube falls asleep in mid-air, or on a support that is about to give way.
func (s *sim) rest(dt float32) {
	for i := range s.parent {
		s.parent[i] = int32(i)
	}
	statics := int32(len(s.now))
	for i := range s.contacts {
		m := &s.contacts[i]
		if m.a != statics && m.b != statics && m.most > 0 {
			s.join(m.a, m.b)
		}
	}
	const slow, calm = sleepSpeed * sleepSpeed, sleepSpin * sleepSpin
	for i, asleep := range s.asleep {
		if asleep {
			continue
		}
		// The displacement decides, not the speed: a cube that trembles in its place is at rest.
		if m := &s.mot[i]; m.dp.len2() > slow*dt*dt || m.dq.len2() > calm*dt*dt {
			s.quiet[i] = 0
		} else {
			s.quiet[i] += dt
		}
		// A cube that has been slow for long enough is at rest, too: the damping has made its rocking invisible.
		s.rested[i] = max(s.quiet[i], s.calm[i]-calmSleep)
		s.least[i] = s.rested[i]
	}
	for i, asleep := range s.asleep {
		if !asleep {
			r := s.root(int32(i))
			s.least[r] = min(s.least[r], s.rested[i])
		}
	}
	for i, asleep := range s.asleep {
		if asleep {
			continue
		}
		if r := s.root(int32(i)); s.least[r] >= sleepAfter {
			s.asleep[i] = true
			s.awake--
			s.island[i] = r // a root is a cube of its island, so no two sleeping islands have the same
			s.mot[i] = motion{}
			s.spin[i] = 0
		}
	}
}

func (s *sim) root(i int32) int32 {
	for s.parent[i] != i {
		s.parent[i] = s.parent[s.parent[i]]
		i = s.parent[i]
	}
	return i
}

func (s *sim) join(i, j int32) { s.parent[s.root(i)] = s.root(j) }
