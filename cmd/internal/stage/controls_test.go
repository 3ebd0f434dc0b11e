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
