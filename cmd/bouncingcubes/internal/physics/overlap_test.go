package physics

import "testing"

// However cubes meet at up to 10 m/s, at no tick are two of them more than 5 cm inside each other: pairs that meet head
// on and turning, a gas, what is shot at a heap, columns that fall, a heap thrown against the walls as a whole, and
// explosions.
func TestCubesAreHardlyInsideEachOther(t *testing.T) {
	const speed, most = 10, 0.05 // m/s, m
	r := rng(9)
	direction := func() vec3 { d := r.inBall(); return d.mul(1 / d.len()) }
	flying := func(i int, s *sim, p, v vec3) { s.place(i, pose{p, r.rotation()}, v.clamp(speed), r.inBall().mul(5)) }
	pairs := one(vec3{}, vec3{})
	pairs.gravity = 0
	for name, c := range map[string]struct {
		s     *sim
		every int // ticks
		act   func(s *sim)
	}{
		"pairs": {pairs, 30, func(s *sim) {
			d := direction()
			flying(0, s, vec3{0, 5, 0}.sub(d), d.mul(speed).add(r.inBall()))
			flying(1, s, vec3{0, 5, 0}.add(d).addMul(r.inBall(), 0.3), d.mul(-speed).add(r.inBall()))
		}},
		"gas": {heap(100, 0), 30, func(s *sim) {
			for i := range s.now {
				s.push(i, r.inBall().mul(speed), r.inBall().mul(10))
			}
		}},
		"shots": {heap(200, 300), 60, func(s *sim) { flying(199, s, vec3{0, 8, 0}.add(r.inBall()), vec3{r.signed(), -speed, r.signed()}) }},
		"falls": {heap(CubesPerTank, 0), 300, func(s *sim) { (&tank[int]{sim: s}).fill(r.next()) }},
		"throws": {heap(300, 120), 60, func(s *sim) {
			d := direction()
			for i := range s.now {
				s.push(i, d.mul(speed), r.inBall().mul(5))
			}
		}},
		"explosions": {heap(300, 120), 120, func(s *sim) {
			(&tank[int]{sim: s, random: rng(r.next())}).explode()
			for i := range s.now {
				s.mot[i].v = s.mot[i].v.clamp(speed)
			}
		}},
	} {
		r = 11 // whatever the order
		var worst float32
		for n := range 600 {
			if n%c.every == 0 {
				c.act(c.s)
			}
			c.s.tick(1.0 / 60)
			worst = max(worst, c.s.overlap())
		}
		t.Logf("%s: %.1f cm", name, 100*worst)
		if worst > most {
			t.Errorf("%s: two cubes are %.3f m inside each other", name, worst)
		}
	}
}
