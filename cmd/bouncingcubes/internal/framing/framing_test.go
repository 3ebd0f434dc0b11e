package framing

import (
	"math"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"
)

// What is written is read to the bit; what nobody could have written says nothing.
func TestMetadata(t *testing.T) {
	t.Parallel()
	f := Framing{
		Tick: time.Second / 60, Lo: mgl32.Vec3{-1.0 / 3, 0, math.SmallestNonzeroFloat32}, Hi: mgl32.Vec3{1e17, math.Pi, 7},
		Yaw: -0.75, Pitch: 0.1, FovY: 0.5, Sun: mgl32.Vec3{-0.58, 0.8, 0.18},
	}
	if got := Parse(f.Metadata()); got != f {
		t.Errorf("%+v, want %+v", got, f)
	}
	for _, bad := range []map[string]string{
		nil, {}, {tickKey: "-3ms", boundsKey: "1 2 3 4 5", cameraKey: "NaN 0 0", sunKey: "1 2 3 4"},
		{tickKey: "soon", boundsKey: "1 2 3 4 5 1e300", cameraKey: "a b c", sunKey: "+Inf 0 0"},
	} {
		if got := Parse(bad); got != (Framing{}) {
			t.Errorf("%v: %+v", bad, got)
		}
	}
}
