package demo

import (
	"math"
	"testing"
	"time"
)

func TestRate(t *testing.T) {
	var ticks, bytes rate
	now := time.Unix(0, 0)
	if ticks.perSecond() != 0 {
		t.Error("a rate of nothing")
	}
	for i := range 600 { // ten seconds of frames; ten ticks a second in the first five, twenty later
		now = now.Add(time.Second / 60)
		n := float64(i / 6)
		if i >= 300 {
			n = 50 + float64((i-300)/3)
		}
		ticks.reach(now, n)
		bytes.add(now, 100)
		if i == 299 && math.Abs(ticks.perSecond()-10) > 1 {
			t.Error("ten ticks a second are shown as", ticks.perSecond())
		}
	}
	if math.Abs(ticks.perSecond()-20) > 1 || math.Abs(bytes.perSecond()-6000) > 100 {
		t.Error(ticks.perSecond(), "ticks and", bytes.perSecond(), "bytes a second")
	}
	if len(bytes.past) > 70 {
		t.Error("remembers", len(bytes.past))
	}
}
