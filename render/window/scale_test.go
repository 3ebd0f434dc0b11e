package window

import (
	"math"
	"testing"
)

func TestSoundScale(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for scale, want := range map[float32]float32{0: 1, -1: 1, inf: 1, -inf: 1, 8.01: 1, 104: 1, 1e38: 1, 0.01: 1, 0.25: 0.25, 1: 1, 1.5: 1.5, 8: 8} {
		if got := soundScale(scale); got != want {
			t.Errorf("soundScale(%v) = %v, want %v", scale, got, want)
		}
	}
	if got := soundScale(nan); got != 1 {
		t.Errorf("soundScale(NaN) = %v", got)
	}
	for _, c := range []struct {
		width, height int
		scale         float32
		wantX, wantY  int
	}{{640, 360, 1, 640, 360}, {640, 360, 1.25, 800, 450}, {1, 1, 0.25, 1, 1}, {32767, 5000, 8, 32767, 32767}} {
		if x, y := scaled(c.width, c.height, c.scale); x != c.wantX || y != c.wantY {
			t.Errorf("%+v: %d×%d", c, x, y)
		}
	}
}
