package stage

import (
	"math"
	"testing"
	"time"
)

func TestRate(t *testing.T) {
	var ticks, bytes Rate
	now := time.Unix(0, 0)
	if ticks.PerSecond() != 0 {
		t.Error("a rate of nothing")
	}
	for i := range 600 { // ten seconds of frames; ten ticks a second in the first five, twenty later
		now = now.Add(time.Second / 60)
		n := float64(i / 6)
		if i >= 300 {
			n = 50 + float64((i-300)/3)
		}
		ticks.Reach(now, n)
		bytes.Add(now, 100)
		if i == 299 && math.Abs(ticks.PerSecond()-10) > 1 {
			t.Error("ten ticks a second are shown as", ticks.PerSecond())
		}
	}
	if math.Abs(ticks.PerSecond()-20) > 1 || math.Abs(bytes.PerSecond()-6000) > 100 {
		t.Error(ticks.PerSecond(), "ticks and", bytes.PerSecond(), "bytes a second")
	}
	if len(bytes.past) > 70 {
		t.Error("remembers", len(bytes.past))
	}
}
