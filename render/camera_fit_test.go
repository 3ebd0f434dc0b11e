package render

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl32"
)

// Every corner of the box is in the picture, and one lies on the edge of the margin: nearer would cut it off.
func TestFitBoxIsTight(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		var lo, hi mgl32.Vec3
		for i := range 3 {
			lo[i] = 20 * (rng.Float32() - 0.5)
			hi[i] = lo[i] + 0.1 + 30*rng.Float32()
		}
		c := NewCamera(mgl32.Vec3{}, 1)
		c.Orbit(6*rng.Float32(), rng.Float32()-0.5)
		aspect, margin := 0.5+2*rng.Float32(), 0.2*rng.Float32()
		c.FitBox(lo, hi, aspect, margin)

		clip := c.Projection(aspect).Mul4(c.View())
		reach := float32(0)
		for i := range 8 {
			corner := lo
			for axis := range 3 {
				if i>>axis&1 != 0 {
					corner[axis] = hi[axis]
				}
			}
			p := clip.Mul4x1(corner.Vec4(1))
			if p[3] <= 0 {
				t.Fatalf("corner %v is behind the camera", corner)
			}
			reach = max(reach, float32(math.Abs(float64(p[0]/p[3]))), float32(math.Abs(float64(p[1]/p[3]))))
		}
		if math.Abs(float64(reach-(1-margin))) > 1e-3 {
			t.Fatalf("box %v to %v, aspect %v: the corners reach %v of the picture, want %v", lo, hi, aspect, reach, 1-margin)
		}
	}
}

// A point on the ray lands where the ray was sent.
func TestRayGoesThroughItsPixel(t *testing.T) {
	c := NewCamera(mgl32.Vec3{1, 2, 3}, 12)
	const aspect = 16.0 / 9
	clip := c.Projection(aspect).Mul4(c.View())
	for _, at := range [][2]float32{{0, 0}, {-0.9, 0.4}, {0.7, -1}} {
		eye, direction := c.Ray(at[0], at[1], aspect)
		p := clip.Mul4x1(eye.Add(direction.Mul(7)).Vec4(1))
		if x, y := p[0]/p[3], p[1]/p[3]; math.Hypot(float64(x-at[0]), float64(y-at[1])) > 1e-4 {
			t.Errorf("ray through %v lands on %v, %v", at, x, y)
		}
	}
}
