package stage

import (
	"testing"
	"time"

	"github.com/slotstream/slotstream/render"
)

// Each kind of change is drawn, until half a second after it.
func TestDrawsWhatChanges(t *testing.T) {
	var s still
	now, camera, width := time.Unix(0, 0), render.Camera{}, 640
	draws := func(moving bool) bool { return s.draws(now, moving, camera, width, 480) }
	if !draws(false) {
		t.Error("the first frame is not drawn")
	}
	for what, change := range map[string]func() (moving bool){
		"a cube wakes":     func() bool { return true },
		"somebody touches": func() bool { s.touched = true; return false },
		"the camera turns": func() bool { camera.Yaw++; return false },
		"the size changes": func() bool { width++; return false },
	} {
		now = now.Add(settle)
		if draws(false) {
			t.Errorf("before %s: nothing changes, and it is drawn", what)
		}
		moving := change()
		if !draws(moving) {
			t.Errorf("%s, and it is not drawn", what)
		}
		now = now.Add(settle - 1)
		if !draws(false) {
			t.Errorf("%s, and it is not drawn to the end", what)
		}
	}
	now = now.Add(settle)
	for range 2 {
		if draws(false) {
			t.Error("nothing changes, and it is drawn")
		}
	}
	for range pulses {
		now = now.Add(pulse)
		if !draws(false) || draws(false) {
			t.Error("no pulse, or more than one")
		}
	}
	for range 100 {
		now = now.Add(pulse)
		if draws(false) {
			t.Fatal("nothing changes, and it is drawn forever")
		}
	}
}
