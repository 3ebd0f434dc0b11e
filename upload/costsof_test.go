package upload

import (
	"math"
	"testing"
)

// costsOf finds the costs that made the times. Negative differences, which a busy machine makes, are costs of 0.
func TestCostsOf(t *testing.T) {
	want := Costs{Call: 2000, Byte: 0.125, Submit: 40e3, Dispatch: 60e3, Slot: 24, Move: 0.75}
	const wait = 15e3 // each experiment also waits
	scatter := func(pages, slots, stride float64) float64 {
		return wait + want.Submit + pages*(want.Dispatch+slots*(want.Slot+stride*want.Move))
	}
	one := wait + want.Call
	got := costsOf([experiments]float64{
		one, one + (measureCalls-1)*want.Call, one + (measurePage-measureSmall)*want.Byte,
		scatter(1, 0, 0), scatter(measurePages, 0, 0), scatter(1, measureSlots, measureSmall), scatter(1, measureSlots, measureLarge),
	})
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"Call", got.Call, want.Call}, {"Byte", got.Byte, want.Byte}, {"Submit", got.Submit, want.Submit},
		{"Dispatch", got.Dispatch, want.Dispatch}, {"Slot", got.Slot, want.Slot}, {"Move", got.Move, want.Move},
	} {
		if math.Abs(c.got-c.want) > 1e-6*c.want {
			t.Errorf("%s is %v, want %v", c.name, c.got, c.want)
		}
	}
	noise := costsOf([experiments]float64{7, 6, 5, 4, 3, 2, 1})
	if err := noise.check(); err != nil || noise.plausible() {
		t.Errorf("times that fall gave %+v: %v", noise, err)
	}
}
