package frametime

import (
	"math"
	"slices"
	"testing"
)

func TestPercentilesOfAKnownSample(t *testing.T) {
	sample := make([]float64, 101) // 100, 99 … 0: the q-quantile of 0 … 100 is 100q
	for i := range sample {
		sample[i] = float64(100 - i)
	}
	before := slices.Clone(sample)
	got := *Summarize(sample)
	if want := (Summary{P50: 50, P95: 95, P99: 99, Max: 100, Mean: 50}); !near(got, want) {
		t.Errorf("Summarize = %+v, want %+v", got, want)
	}
	if !slices.Equal(sample, before) {
		t.Error("Summarize reordered its argument")
	}
}

// By hand: rank 0.95 × 5 = 4.75 lies three quarters of the way from 50 to 1000, and so on.
func TestPercentilesBetweenRanks(t *testing.T) {
	got := *Summarize([]float64{40, 15, 1000, 20, 50, 35})
	if want := (Summary{P50: 37.5, P95: 762.5, P99: 952.5, Max: 1000, Mean: 1160.0 / 6}); !near(got, want) {
		t.Errorf("Summarize = %+v, want %+v", got, want)
	}
}

func TestPercentilesOfFew(t *testing.T) {
	if s := Summarize(nil); s != nil {
		t.Errorf("Summarize(nil) = %+v, want nil", s)
	}
	if s := *Summarize([]float64{7}); s != (Summary{7, 7, 7, 7, 7}) {
		t.Errorf("Summarize([7]) = %+v", s)
	}
}

func near(a, b Summary) bool {
	for _, d := range []float64{a.P50 - b.P50, a.P95 - b.P95, a.P99 - b.P99, a.Max - b.Max, a.Mean - b.Mean} {
		if math.Abs(d) > 1e-9 {
			return false
		}
	}
	return true
}
