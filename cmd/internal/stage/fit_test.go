package stage

import (
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/cmd/internal/framing"
	"github.com/slotstream/slotstream/render"
)

// around is a source that is somewhere.
type around struct {
	Source
	lo, hi mgl32.Vec3
}

func (a *around) Framing() framing.Framing    { return framing.Framing{} }
func (a *around) Extent() (lo, hi mgl32.Vec3) { return a.lo, a.hi }

// The camera shows all boxes also when they move, as those of a followed world do. It stays where it is once the user
// has moved it.
func TestCameraFollowsTheBoxes(t *testing.T) {
	at := &around{lo: mgl32.Vec3{-1, 0, -1}, hi: mgl32.Vec3{1, 2, 1}}
	s := &Scene{Source: at}
	fit := func() render.Camera {
		s.fit(320, 180, margins{})
		return s.Camera
	}
	first := fit()
	if fit() != first {
		t.Error("another camera of the same boxes")
	}
	at.hi[0] = 21
	moved := fit()
	if d := moved.Target[0] - first.Target[0]; d < 5 || d > 15 || moved.Distance < 2*first.Distance { // the middle went 10 m
		t.Errorf("boxes 20 m further on: from %v at %v m to %v at %v m", first.Target, first.Distance, moved.Target, moved.Distance)
	}
	s.Camera.Yaw++
	steered := s.Camera
	at.hi[0] = 41
	if fit() != steered {
		t.Error("the camera that the user had moved was moved again")
	}
}
