package physics

// The solver uses the contacts as they were when the step began, and it stops a falling heap in several steps, from one
// end to the other. So cubes that meet fast would overlap by some ten centimetres for a while. part removes the overlap
// from the poses, which is visible. It does not change velocities, so it adds no energy.
const (
	deep       = 0.02 // metres of overlap that cubes may have after a step
	undeep     = 0.01 // metres of overlap that part leaves
	mostRounds = 80
)

// part moves cubes apart that overlap by more than deep, by nonlinear Gauss–Seidel as in box2d v2, from the floor up.
// It looks at each pair where the pair is at that time. The first round looks at all pairs that may overlap that
// much, the later rounds at the pairs of cubes that have moved.
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
	s.rounds-- // the last round found nothing
}

// mayBeDeep reports whether the cubes of p can overlap by more than deep, from their distance when the step began and
// from how far they have moved and turned since. Nine of ten pairs cannot.
func (s *sim) mayBeDeep(p *pair) bool {
	const rounding = 1e-4 // metres
	left := p.apart + deep - rounding - s.turn[p.a] - s.turn[p.b]
	return left < 0 || s.mot[p.b].dp.sub(s.mot[p.a].dp).len2() > left*left
}

// partTwo moves a and b apart if they overlap by more than deep, and reports whether they did.
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

// displace moves cube i by dp and turns it by dq, and keeps it within the walls.
func (s *sim) displace(i int32, dp, dq vec3) {
	p, m := &s.now[i], &s.mot[i]
	p.p, p.q = p.p.add(dp), p.q.turned(dq)
	m.dp, m.dq = m.dp.add(dp), m.dq.add(dq) // so that reuse knows
	s.ax[i] = p.q.axes()
	s.parted[i] = true
	s.confine(int(i))
}
