package physics

// The solver takes a contact from where it was when the step began, and stops a falling heap from one end to the other
// in several steps: what meets fast would be some ten centimetres inside each other for a while. part takes that out
// of the poses, which is what is seen; velocities are the solver's alone, so no energy comes of it.
const (
	deep       = 0.02 // metres that cubes may be inside each other after a step
	undeep     = 0.01 // metres that they are then left
	mostRounds = 80
)

// part moves cubes apart that are deep inside each other: nonlinear Gauss–Seidel (as in box2d v2), from the floor up,
// every pair looked at where it is by then. First all that may be deep is looked at, then what moved.
func (s *sim) part() {
	s.rounds = 0
	if !s.fast {
		return
	}
	clear(s.parted)
	for i := range s.turn {
		s.turn[i] = diagonal / 2 * s.mot[i].dq.len()
	}
	for some := true; some && s.rounds < mostRounds; s.rounds++ {
		some = false
		for i := range s.pairs {
			p := &s.pairs[i]
			if s.parted[p.a] || s.parted[p.b] || s.rounds == 0 && s.mayBeDeep(p) {
				some = s.partTwo(p.a, p.b) || some
			}
		}
	}
	s.rounds-- // the last one found nothing
}

// mayBeDeep reports whether p's cubes, which were p.apart apart when the step began, can be deep inside each other by
// how far they have moved and turned since: of ten pairs, nine cannot.
func (s *sim) mayBeDeep(p *pair) bool {
	const rounding = 1e-4 // metres
	left := p.apart + deep - rounding - s.turn[p.a] - s.turn[p.b]
	return left < 0 || s.mot[p.b].dp.sub(s.mot[p.a].dp).len2() > left*left
}

// partTwo moves a and b apart if they are deep inside each other, and reports whether they were.
func (s *sim) partTwo(a, b int32) bool {
	d := s.now[b].p.sub(s.now[a].p)
	if d.len2() > (diagonal-deep)*(diagonal-deep) {
		return false
	}
	var m manifold
	x := meeting{d: d, a: &s.ax[a], b: &s.ax[b]}
	if !x.within(-deep) || !x.contact(-deep, &m) {
		return false
	}
	ma, mb := float32(1), float32(1)
	if s.asleep[a] {
		ma = 0
	} else if s.asleep[b] {
		mb = 0
	}
	var pa, pb, qa, qb vec3 // displacements
	for _, p := range m.points[:m.n] {
		ra, rb := p.r.cross(m.normal), p.r.sub(d).cross(m.normal)
		gap := p.sep + pb.sub(pa).dot(m.normal) + rb.dot(qb) - ra.dot(qa)
		if gap > -undeep {
			continue
		}
		l := -(gap + undeep) / (ma + mb + spin*(ma*ra.len2()+mb*rb.len2()))
		pa = pa.addMul(m.normal, -l*ma)
		pb = pb.addMul(m.normal, l*mb)
		qa = qa.addMul(ra, -l*ma*spin)
		qb = qb.addMul(rb, l*mb*spin)
	}
	if ma > 0 {
		s.displace(a, pa, qa)
	}
	if mb > 0 {
		s.displace(b, pb, qb)
	}
	return true
}

// displace moves cube i by dp and turns it by dq, within the walls.
func (s *sim) displace(i int32, dp, dq vec3) {
	p, m := &s.now[i], &s.mot[i]
	p.p, p.q = p.p.add(dp), p.q.turned(dq)
	m.dp, m.dq = m.dp.add(dp), m.dq.add(dq) // so that reuse knows
	s.ax[i] = p.q.axes()
	s.parted[i] = true
	s.confine(int(i))
}
