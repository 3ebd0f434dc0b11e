package demo

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl32"
)

// Slots have places on the grid, next to the place of the cube, also at the far end of the largest world.
func TestOnGrid(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, reach := range []float32{1, 50, 3000} {
		for range 10_000 {
			v := mgl32.Vec3{(rng.Float32() - 0.5) * reach, (rng.Float32() - 0.5) * reach, -reach}
			p := place(v)
			if p != place(p) {
				t.Fatalf("%v is at %v, and then at %v", v, p, place(p))
			}
			for i := range v {
				if steps := float64(p[i]) * (1 << 16); steps != math.Trunc(steps) || math.Abs(float64(p[i])-float64(v[i])) > 1.0/(1<<17) {
					t.Fatalf("%v is shown at %v", v[i], p[i])
				}
			}
		}
	}
	q := mgl32.QuatRotate(1, mgl32.Vec3{0.6, 0.8, 0})
	if shown := turn(q); shown != turn(shown) || math.Abs(float64(shown.Len())-1) > 1e-5 || !shown.ApproxEqualThreshold(q, 1e-5) {
		t.Fatalf("%v is shown as %v", q, shown)
	}
}
