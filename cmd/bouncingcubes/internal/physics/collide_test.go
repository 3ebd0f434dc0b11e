package physics

import (
	"math"
	"testing"
)

// collide stores the contact of cubes at pa and pb in m, if they are less than margin apart.
func collide(pa vec3, a *axes, pb vec3, b *axes, margin float32, m *manifold) bool {
	x := meeting{d: pb.sub(pa), a: a, b: b}
	return x.within(margin) && x.contact(margin, m)
}

func near(a, b, tolerance float32) bool { return math.Abs(float64(a-b)) <= float64(tolerance) }

func TestCollideKnownCases(t *testing.T) {
	t.Parallel()
	quarter := upright.turned(vec3{0, 0.4, 0}).turned(vec3{0, math.Pi/4 - 0.4, 0})
	onEdgeX := upright.turned(vec3{0.4, 0, 0}).turned(vec3{math.Pi/4 - 0.4, 0, 0})
	onEdgeZ := upright.turned(vec3{0, 0, 0.4}).turned(vec3{0, 0, math.Pi/4 - 0.4})
	diag := float32(half * math.Sqrt2)
	for _, c := range []struct {
		name   string
		qa, qb quat
		d      vec3
		points int32
		normal vec3
		sep    float32
	}{
		{"face on face", upright, upright, vec3{0, 0.49, 0}, 4, vec3{0, 1, 0}, -0.01},
		{"face under face", upright, upright, vec3{0.1, -0.505, 0.1}, 4, vec3{0, -1, 0}, 0.005},
		{"turned face on face", upright, quarter, vec3{0, 0.5, 0}, 4, vec3{0, 1, 0}, 0},
		{"edge on face", upright, onEdgeX, vec3{0, half + diag - 0.01, 0}, 2, vec3{0, 1, 0}, -0.01},
		{"crossed edges", onEdgeX, onEdgeZ, vec3{0, 2*diag - 0.01, 0}, 1, vec3{0, 1, 0}, -0.01},
	} {
		a, b := c.qa.axes(), c.qb.axes()
		var m manifold
		if !collide(vec3{1, 2, 3}, &a, vec3{1, 2, 3}.add(c.d), &b, 0.02, &m) {
			t.Errorf("%s: apart", c.name)
			continue
		}
		if m.n != c.points || m.normal.sub(c.normal).len() > 1e-3 {
			t.Errorf("%s: %d points, normal %v; want %d, %v", c.name, m.n, m.normal, c.points, c.normal)
		}
		for _, p := range m.points[:m.n] {
			if !near(p.sep, c.sep, 1e-4) {
				t.Errorf("%s: separation %g, want %g", c.name, p.sep, c.sep)
			}
		}
		if collide(vec3{}, &a, c.d.mul(1.2), &b, 0.02, &m) {
			t.Errorf("%s: farther apart, still in contact", c.name)
		}
	}
}

// Of two cubes anywhere: the answer is the same from either side, points lie in or near both cubes, and moving b along
// the normal by the overlap parts them.
func TestCollideAnyPair(t *testing.T) {
	t.Parallel()
	r := rng(2)
	hits := 0
	for range 20_000 {
		a, b := r.rotation().axes(), r.rotation().axes()
		d := r.inBall().mul(diagonal)
		var m, back manifold
		hit := collide(vec3{}, &a, d, &b, 0, &m)
		if collide(d, &b, vec3{}, &a, 0, &back) != hit {
			t.Fatalf("%v: contact from one side only", d)
		}
		if !hit {
			continue
		}
		hits++
		deepest := float32(0)
		for _, p := range m.points[:m.n] {
			deepest = min(deepest, p.sep)
			for _, c := range []struct {
				r vec3
				a *axes
			}{{p.r, &a}, {p.r.sub(d), &b}} {
				reach := half + abs(p.sep)/2 + 1e-3
				for k := range 3 {
					if x := c.r.dot(c.a.at(k)); abs(x) > reach {
						t.Fatalf("point %v is %g m along an axis of a cube that reaches %g", p.r, x, reach)
					}
				}
			}
		}
		var after manifold
		if collide(vec3{}, &a, d.addMul(m.normal, -deepest+1e-3), &b, 0, &after) {
			t.Fatalf("still in contact after moving apart by %g along %v", -deepest, m.normal)
		}
	}
	if hits < 5000 {
		t.Errorf("only %d of 20,000 pairs in contact", hits)
	}
}
