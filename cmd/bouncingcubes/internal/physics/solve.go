package physics

import "math"

// The solver is Catto's "soft step" (box2d v3; Solver2D, 2024), with frozen lever arms: velocities by sequential
// impulses (Catto, "Iterative Dynamics with Temporal Coherence", GDC 2005) in a few small substeps (Macklin et al.,
// "Small Steps in Physics Simulation", 2019). In each substep: gravity; warm start; one pass with a soft, damped push
// against overlap; positions; one pass without that push, which takes the energy that it added out again. At the end,
// what approached faster than bounceSpeed bounces.
const (
	substeps     = 3
	substepsMore = 5       // more substeps, at most, where a heap is pressed: one for every
	substepsPer  = 3       // rounds of part in the last step
	bounceSpeed  = 0.5     // m/s: slower approaches do not bounce, otherwise nothing would ever rest
	pushSpeed    = 4.0     // m/s: limit of the push against overlap
	stiffness    = 1.0 / 6 // of the contact spring: its frequency, in substeps
	damping      = 10.0    // damping ratio of the contact spring

	// A cube that lies in a heap and is slower than calmSpeed and calmSpin loses speed at the rate calming, as a real
	// cube does on its rough faces. Without that, one heap in fifteen has a cube that rocks forever. The rate grows with
	// the time that this goes on, in units of calmAfter: otherwise a cube that rocks between two points keeps a heap
	// awake for minutes.
	calmSpeed = 0.25 // m/s
	calmSpin  = 0.6  // rad/s
	calming   = 10.0 // 1/s
	calmAfter = 1.0  // s
	calmSleep = 4.0  // s
)

// softness describes a spring and a damper in the form that the solver needs (b2MakeSoft in box2d).
type softness struct{ bias, mass, keep float32 }

func soften(h float32) softness {
	w := 2 * math.Pi * stiffness / h
	a1 := 2*damping + h*w
	a2 := h * w * a1
	a3 := 1 / (1 + a2)
	return softness{w / a1, a2 * a3, 1 - a3}
}

// prepare turns the points of m into rows: lever arms, masses, and the impulses that the same contact had in the last
// step. d is from the centre of a to the centre of b. at is the position of the pair in s.old, or negative.
func (s *sim) prepare(m *manifold, d vec3, at int32) {
	a, b := &s.mot[m.a], &s.mot[m.b]
	n := m.normal
	linear := m.ma + m.mb
	dv := b.v.sub(a.v)
	var middle vec3
	m.bounces = false
	for i := range m.points[:m.n] {
		p := &m.points[i]
		p.ra = p.r.cross(n)
		p.rb = p.r.sub(d).cross(n)
		p.mass = 1 / (linear + spin*(m.ma*p.ra.len2()+m.mb*p.rb.len2()))
		p.speed = dv.dot(n) + p.rb.dot(b.w) - p.ra.dot(a.w)
		m.bounces = m.bounces || p.speed < -bounceSpeed
		if p.speed < 0 && p.gap > 0 {
			p.speed = -sqrt(p.speed*p.speed + 2*s.fall(m)*p.gap) // when they touch
		}
		middle = middle.add(p.r)
	}
	middle = middle.mul(1 / float32(m.n))

	// Any two tangents will do, since a circle bounds friction.
	if abs(n.x) < 0.6 {
		m.t1 = vec3{0, n.z, -n.y}
	} else {
		m.t1 = vec3{-n.z, 0, n.x}
	}
	m.t1 = m.t1.mul(1 / m.t1.len())
	m.t2 = n.cross(m.t1)
	rb := middle.sub(d)
	m.ra1, m.rb1 = middle.cross(m.t1), rb.cross(m.t1)
	m.ra2, m.rb2 = middle.cross(m.t2), rb.cross(m.t2)
	m.mass1 = 1 / (linear + spin*(m.ma*m.ra1.len2()+m.mb*m.rb1.len2()))
	m.mass2 = 1 / (linear + spin*(m.ma*m.ra2.len2()+m.mb*m.rb2.len2()))
	m.massTwist = 1 / (spin * linear)
	m.arm = 0
	for i := range m.points[:m.n] {
		m.arm += m.points[i].r.sub(middle).len2()
	}
	m.arm = sqrt(m.arm / float32(m.n))
	m.f1, m.f2, m.twist, m.sum, m.most, m.moved = 0, 0, 0, 0, 0, 0
	m.perLinear = 1 / linear

	if at < 0 {
		return
	}
	o := &s.old[at]
	if o.normal.dot(n) < 0.95 {
		return
	}
	f := o.t1.mul(o.f1).addMul(o.t2, o.f2)
	m.f1, m.f2, m.twist = f.dot(m.t1), f.dot(m.t2), o.twist
	for i := range m.points[:m.n] {
		p := &m.points[i]
		for k := range o.points[:o.n] {
			if q := &o.points[k]; q.r.sub(p.r).len2() < (0.1*Edge)*(0.1*Edge) {
				p.push = q.push
				m.sum += p.push
				break
			}
		}
	}
}

// fall returns by how much gravity accelerates the approach in m, in m/s²: by nothing if both cubes fall.
func (s *sim) fall(m *manifold) float32 { return max((m.mb-m.ma)*m.normal.y*s.gravity, 0) }

// solve turns contacts into velocities, and velocities into displacements, in s.mot.
func (s *sim) solve(dt float32) {
	n := substeps + min(s.rounds/substepsPer, substepsMore)
	h := dt / float32(n)
	soft := soften(h)
	for i := range s.mot {
		s.mot[i].dp, s.mot[i].dq = vec3{}, vec3{}
	}
	for i, asleep := range s.asleep {
		if m := &s.mot[i]; !asleep && !s.bound[i] { // in free flight the cube follows a parabola
			m.dp = m.v.mul(dt)
			m.dp.y -= s.gravity * dt * dt / 2
			m.dq = m.w.mul(dt)
			m.v.y -= s.gravity * dt
		}
	}
	for range n {
		for i, bound := range s.bound {
			if bound {
				s.mot[i].v.y -= s.gravity * h
			}
		}
		for i := range s.contacts {
			s.contacts[i].warm(s.mot)
		}
		for i := range s.contacts {
			s.contacts[i].pass(s.mot, 1/h, soft, false)
		}
		for i, bound := range s.bound {
			if m := &s.mot[i]; bound {
				m.dp = m.dp.addMul(m.v, h)
				m.dq = m.dq.addMul(m.w, h)
			}
		}
		for i := range s.contacts {
			s.contacts[i].drift(s.mot)
			s.contacts[i].pass(s.mot, 1/h, softness{0, 1, 1}, true)
		}
	}
	s.bounce()
	for i, asleep := range s.asleep {
		if !asleep {
			m := &s.mot[i]
			m.v, m.w = m.v.clamp(MaxSpeed), m.w.clamp(MaxSpin)
			if s.bound[i] && m.v.len2() < calmSpeed*calmSpeed && m.w.len2() < calmSpin*calmSpin {
				s.calm[i] += dt
				keep := 1 / (1 + calming*dt*(1+s.calm[i]/calmAfter))
				m.v, m.w = m.v.mul(keep), m.w.mul(keep)
			} else {
				s.calm[i] = max(0, s.calm[i]-4*dt) // not at once, since a cube that rocks is faster now and then
			}
			s.spin[i] = m.w.len()
		}
	}
}

// warm applies the impulses that were found so far. They hold up the heap, again in every substep.
func (m *manifold) warm(mot []motion) {
	if m.sum == 0 && m.f1 == 0 && m.f2 == 0 && m.twist == 0 {
		return // not touching yet
	}
	a, b := &mot[m.a], &mot[m.b]
	var l, ta, tb vec3 // impulse on b, torque impulses on a (subtracted) and b
	m.sum = 0
	for i := range m.points[:m.n] {
		p := &m.points[i]
		m.sum += p.push
		ta = ta.addMul(p.ra, p.push)
		tb = tb.addMul(p.rb, p.push)
	}
	l = m.normal.mul(m.sum).addMul(m.t1, m.f1).addMul(m.t2, m.f2)
	ta = ta.addMul(m.ra1, m.f1).addMul(m.ra2, m.f2).addMul(m.normal, m.twist)
	tb = tb.addMul(m.rb1, m.f1).addMul(m.rb2, m.f2).addMul(m.normal, m.twist)
	a.v = a.v.addMul(l, -m.ma)
	a.w = a.w.addMul(ta, -m.ma*spin)
	b.v = b.v.addMul(l, m.mb)
	b.w = b.w.addMul(tb, m.mb*spin)
}

// pass is one Gauss–Seidel pass over the rows of m: first friction, which the pushes of the points bound, then the
// points. The normal and the tangents are orthogonal, so the linear velocity is read as three numbers and written
// once.
func (m *manifold) pass(mot []motion, perH float32, soft softness, relax bool) {
	a, b := &mot[m.a], &mot[m.b]
	n, wa, wb := m.normal, a.w, b.w
	dv := b.v.sub(a.v)
	ia, ib := m.ma*spin, m.mb*spin
	var impulse vec3

	if relax && (m.sum > 0 || m.f1 != 0 || m.f2 != 0) {
		f1 := m.f1 - m.mass1*(dv.dot(m.t1)+wb.dot(m.rb1)-wa.dot(m.ra1))
		f2 := m.f2 - m.mass2*(dv.dot(m.t2)+wb.dot(m.rb2)-wa.dot(m.ra2))
		limit := Friction * m.sum
		if l2 := f1*f1 + f2*f2; l2 > limit*limit {
			k := limit / sqrt(l2)
			f1, f2 = f1*k, f2*k
		}
		d1, d2 := f1-m.f1, f2-m.f2
		m.f1, m.f2 = f1, f2
		impulse = m.t1.mul(d1).addMul(m.t2, d2)
		wa = wa.addMul(m.ra1, -d1*ia).addMul(m.ra2, -d2*ia)
		wb = wb.addMul(m.rb1, d1*ib).addMul(m.rb2, d2*ib)
		if m.n > 1 {
			limit *= m.arm
			t := m.twist - m.massTwist*wb.sub(wa).dot(n)
			if t > limit {
				t = limit
			} else if t < -limit {
				t = -limit
			}
			d := t - m.twist
			m.twist = t
			wa = wa.addMul(n, -d*ia)
			wb = wb.addMul(n, d*ib)
		}
	}

	vn, linear := dv.dot(n), m.ma+m.mb
	before, sum := vn, float32(0)
	for i := range m.points[:m.n] {
		p := &m.points[i]
		bias, mass, keep := p.gap*perH, p.mass, p.push // a gap: the point may close it in this substep, and no more
		if p.gap <= 0 {
			bias, mass, keep = soft.bias*p.gap, mass*soft.mass, keep*soft.keep
			if bias < -pushSpeed {
				bias = -pushSpeed
			}
		}
		push := keep - mass*(vn+bias+wb.dot(p.rb)-wa.dot(p.ra))
		if push < 0 { // max is right about NaN and −0, and takes three times as long
			push = 0
		}
		sum += push
		d := push - p.push
		if d == 0 { // in a heap that falls, half of the points do not touch yet
			continue
		}
		p.push = push
		vn += d * linear
		wa = wa.addMul(p.ra, -d*ia)
		wb = wb.addMul(p.rb, d*ib)
	}
	m.sum = sum
	if sum > m.most {
		m.most = sum
	}
	impulse = impulse.addMul(n, (vn-before)*m.perLinear)
	a.v, b.v = a.v.addMul(impulse, -m.ma), b.v.addMul(impulse, m.mb)
	a.w, b.w = wa, wb
}

// drift computes the gaps of the points from the displacements.
func (m *manifold) drift(mot []motion) {
	a, b := &mot[m.a], &mot[m.b]
	dp := b.dp.sub(a.dp).dot(m.normal)
	for i := range m.points[:m.n] {
		p := &m.points[i]
		p.gap = p.sep + dp + p.rb.dot(b.dq) - p.ra.dot(a.dq)
	}
}

// bounce returns a part of the approaching speed to the contacts that hit. It takes several passes, since the corners
// of a flat landing share one bounce.
func (s *sim) bounce() {
	const passes = 8
	s.bouncing = s.bouncing[:0]
	for i := range s.contacts {
		m := &s.contacts[i]
		if !m.bounces || m.most == 0 {
			continue
		}
		s.bouncing = append(s.bouncing, int32(i))
		for k := range m.points[:m.n] {
			p := &m.points[k]
			if p.speed > -bounceSpeed {
				p.speed = 0
				continue
			}
			// The speed at which to separate here, where there is still a gap between the points.
			p.speed = sqrt(max(s.restitution*s.restitution*p.speed*p.speed-2*s.fall(m)*max(p.gap, 0), 0))
		}
	}
	for range passes {
		for _, i := range s.bouncing {
			m := &s.contacts[i]
			for k := range m.points[:m.n] {
				p := &m.points[k]
				if p.speed == 0 {
					continue
				}
				a, b := &s.mot[m.a], &s.mot[m.b]
				vn := b.v.sub(a.v).dot(m.normal) + b.w.dot(p.rb) - a.w.dot(p.ra)
				push := max(p.push-p.mass*(vn-p.speed), 0)
				d := push - p.push
				p.push = push
				a.v = a.v.addMul(m.normal, -d*m.ma)
				b.v = b.v.addMul(m.normal, d*m.mb)
				a.w = a.w.addMul(p.ra, -d*m.ma*spin)
				b.w = b.w.addMul(p.rb, d*m.mb*spin)
			}
		}
	}
	for _, i := range s.bouncing { // a hit is over at once: the next step does not start with it
		m := &s.contacts[i]
		for k := range m.points[:m.n] {
			m.points[k].push = 0
		}
		m.f1, m.f2, m.twist = 0, 0, 0
	}
}

// confine moves cube i so that no corner is more than wallTolerance outside a wall at the end of a step.
func (s *sim) confine(i int) {
	p, a, was := &s.now[i].p, &s.ax[i], s.now[i].p
	ex := half*(abs(a.x.x)+abs(a.y.x)+abs(a.z.x)) - wallTolerance
	ey := half*(abs(a.x.y)+abs(a.y.y)+abs(a.z.y)) - wallTolerance
	ez := half*(abs(a.x.z)+abs(a.y.z)+abs(a.z.z)) - wallTolerance
	p.x = min(max(p.x, ex-TankWidth/2), TankWidth/2-ex)
	p.y = min(max(p.y, ey), TankWidth-ey)
	p.z = min(max(p.z, ez-TankWidth/2), TankWidth/2-ez)
	s.mot[i].dp = s.mot[i].dp.add(p.sub(was)) // for reuse
}
