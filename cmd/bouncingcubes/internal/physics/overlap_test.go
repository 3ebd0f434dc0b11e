package physics

import (
	"flag"
	"math"
	"testing"
)

// seeds has the tests of many seeds run all of 1 to this one: -args -seeds 200, some minutes.
var seeds = flag.Int("seeds", 0, "run tests with every seed from 1 to this one")

// those returns the seeds to run: the chosen ones, or all that the flag asks for.
func those(chosen ...rng) []rng {
	if *seeds == 0 {
		return chosen
	}
	chosen = nil
	for i := range *seeds {
		chosen = append(chosen, rng(i+1))
	}
	return chosen
}

// However cubes meet at up to 10 m/s, at no tick are two of them more than 5 cm inside each other: pairs that meet head
// on and turning, a gas, what is shot at a heap, columns that fall, a heap thrown against the walls as a whole, and
// explosions.
func TestCubesAreHardlyInsideEachOther(t *testing.T) {
	t.Parallel()
	if raceEnabled {
		return // one goroutine, and minutes of it
	}
	const speed, most = 10, 0.05 // m/s, m
	var r rng
	filled := func(n, settle int) *sim {
		k := &tank[struct{}]{sim: newSim(n)}
		k.fill(r.next())
		k.sim.run(settle)
		return k.sim
	}
	direction := func() vec3 { d := r.inBall(); return d.mul(1 / d.len()) }
	flying := func(i int, s *sim, p, v vec3) { s.place(i, pose{p, r.rotation()}, v.clamp(speed), r.inBall().mul(5)) }
	for _, c := range []struct {
		name         string
		start        func() *sim
		every, ticks int
		act          func(s *sim)
	}{
		{"pairs", func() *sim { s := one(vec3{}, vec3{}); s.gravity = 0; return s }, 30, 1200, func(s *sim) {
			d := direction()
			flying(0, s, vec3{0, 5, 0}.sub(d), d.mul(speed).add(r.inBall()))
			flying(1, s, vec3{0, 5, 0}.add(d).addMul(r.inBall(), 0.3), d.mul(-speed).add(r.inBall()))
		}},
		{"gas", func() *sim { return filled(100, 0) }, 30, 300, func(s *sim) {
			for i := range s.now {
				s.push(i, r.inBall().mul(speed), r.inBall().mul(10))
			}
		}},
		{"shots", func() *sim { return filled(200, 300) }, 60, 300, func(s *sim) {
			flying(199, s, vec3{0, 8, 0}.add(r.inBall()), vec3{r.signed(), -speed, r.signed()})
		}},
		{"falls", func() *sim { return newSim(CubesPerTank) }, 240, 240, func(s *sim) { (&tank[int]{sim: s}).fill(r.next()) }},
		{"throws", func() *sim { return filled(300, 120) }, 60, 300, func(s *sim) {
			d := direction()
			for i := range s.now {
				s.push(i, d.mul(speed), r.inBall().mul(5))
			}
		}},
		{"explosions", func() *sim { return filled(300, 120) }, 120, 240, func(s *sim) {
			(&tank[int]{sim: s, random: rng(r.next())}).explode()
			for i := range s.now {
				s.mot[i].v = s.mot[i].v.clamp(speed)
			}
		}},
	} {
		for _, seed := range those(1, 2, 3) {
			r = seed
			s := c.start()
			worst := 0.0
			for n := range c.ticks {
				if n%c.every == 0 {
					c.act(s)
				}
				s.tick(1.0 / 60)
				worst = max(worst, s.deepest())
			}
			t.Logf("%s, seed %d: %.1f cm", c.name, seed, 100*worst)
			if worst > most {
				t.Errorf("%s, seed %d: two cubes are %.3f m inside each other", c.name, seed, worst)
			}
		}
	}
}

// deepest is how far the two cubes that are deepest in each other are so, in metres, by looking at every pair.
func (s *sim) deepest() (worst float64) {
	for i := range s.now {
		for j := range i {
			if s.now[i].p.sub(s.now[j].p).len2() < diagonal*diagonal {
				worst = max(worst, depth(s.now[i], s.now[j]))
			}
		}
	}
	return worst
}

// depth is how far two cubes are inside each other, in metres, negative if apart: by the definition, their corners on
// each of the 15 axes of the separating-axis theorem, in float64. It shares nothing with collide.
func depth(a, b pose) float64 {
	ca, aa := corners(a)
	cb, ab := corners(b)
	axes := append(aa[:], ab[:]...)
	for _, u := range aa {
		for _, v := range ab {
			n := [3]float64{u[1]*v[2] - u[2]*v[1], u[2]*v[0] - u[0]*v[2], u[0]*v[1] - u[1]*v[0]}
			if l := math.Sqrt(dot64(n, n)); l > 1e-3 { // not parallel
				axes = append(axes, [3]float64{n[0] / l, n[1] / l, n[2] / l})
			}
		}
	}
	least := math.Inf(1)
	for _, n := range axes {
		loA, hiA, loB, hiB := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
		for k := range 8 {
			pa, pb := dot64(ca[k], n), dot64(cb[k], n)
			loA, hiA, loB, hiB = min(loA, pa), max(hiA, pa), min(loB, pb), max(hiB, pb)
		}
		if least = min(least, hiA-loB, hiB-loA); least < 0 {
			break
		}
	}
	return least
}

func dot64(a, b [3]float64) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

// corners are a cube's eight corners and its three axes.
func corners(p pose) (cs [8][3]float64, axes [3][3]float64) {
	w, x, y, z := float64(p.q.w), float64(p.q.x), float64(p.q.y), float64(p.q.z)
	n := math.Sqrt(w*w + x*x + y*y + z*z)
	w, x, y, z = w/n, x/n, y/n, z/n
	axes = [3][3]float64{
		{1 - 2*(y*y+z*z), 2 * (x*y + w*z), 2 * (x*z - w*y)},
		{2 * (x*y - w*z), 1 - 2*(x*x+z*z), 2 * (y*z + w*x)},
		{2 * (x*z + w*y), 2 * (y*z - w*x), 1 - 2*(x*x+y*y)},
	}
	for k := range cs {
		cs[k] = [3]float64{float64(p.p.x), float64(p.p.y), float64(p.p.z)}
		for i, axis := range axes {
			for d := range 3 {
				cs[k][d] += (float64(k>>i&1) - 0.5) * Edge * axis[d]
			}
		}
	}
	return cs, axes
}

// Known depths: face in face, a corner and an edge in a face, crossed edges, and apart.
func TestDepth(t *testing.T) {
	t.Parallel()
	about := func(angle float64, x, y, z float64) quat {
		s := math.Sin(angle / 2)
		return quat{float32(math.Cos(angle / 2)), float32(x * s), float32(y * s), float32(z * s)}
	}
	edgeX, edgeZ := about(math.Pi/4, 1, 0, 0), about(math.Pi/4, 0, 0, 1)
	corner := about(math.Atan(math.Sqrt2), math.Sqrt2/2, 0, -math.Sqrt2/2)
	diag := half * math.Sqrt2
	for _, c := range []struct {
		name   string
		qa, qb quat
		d      vec3
		want   float64
	}{
		{"faces", upright, upright, vec3{0.1, 0.47, -0.1}, 0.03},
		{"edge", upright, edgeX, vec3{0, float32(half + diag - 0.02), 0}, 0.02},
		{"corner", upright, corner, vec3{0, half + diagonal/2 - 0.01, 0}, 0.01},
		{"crossed edges", edgeX, edgeZ, vec3{0, float32(2*diag - 0.04), 0}, 0.04},
		{"apart", upright, upright, vec3{0, 0.6, 0}, -0.1},
	} {
		at := vec3{1, 2, 3}
		if got := depth(pose{at, c.qa}, pose{at.add(c.d), c.qb}); math.Abs(got-c.want) > 1e-5 {
			t.Errorf("%s: %.4f m inside each other, want %.4f", c.name, got, c.want)
		}
	}
}
