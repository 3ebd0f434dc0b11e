package stage

import (
	"testing"
	"time"
)

// A key steps each time that it is pressed, and twice a second while it is held.
func TestHeldKeysStepTwiceASecond(t *testing.T) {
	var h hold
	now := time.Now()
	count := func(repeated bool, times int) (n int) {
		for range times {
			now = now.Add(time.Second / 25)
			if h.steps(repeated, now) {
				n++
			}
		}
		return n
	}
	if n := count(false, 25); n != 25 {
		t.Errorf("pressed 25 times: %d steps", n)
	}
	if n := count(true, 50); n < 3 || n > 4 {
		t.Errorf("held for two seconds: %d steps", n)
	}
}

// Two clicks are a double click if they are near to each other in time and place. A third one is not.
func TestDoubleClick(t *testing.T) {
	var p pair
	now := time.Now()
	for i, c := range []struct {
		x, y  float64
		after time.Duration
		want  bool
	}{
		{10, 10, 0, false}, {12, 9, 200 * time.Millisecond, true}, {12, 9, 200 * time.Millisecond, false}, {12, 9, time.Second, false},
		{40, 9, 100 * time.Millisecond, false}, {40, 12, 399 * time.Millisecond, true},
	} {
		now = now.Add(c.after)
		if got := p.double(c.x, c.y, now); got != c.want {
			t.Errorf("click %d: double %v, want %v", i, got, c.want)
		}
	}
}
