package frametime

import (
	"slices"

	"github.com/slotstream/slotstream/render/frametime/internal/stats"
)

// Summary describes a distribution of times in microseconds. Quantile defines the quantiles.
type Summary struct {
	P50  float64 `json:"p50"`
	P95  float64 `json:"p95"`
	P99  float64 `json:"p99"`
	Max  float64 `json:"max"`
	Mean float64 `json:"mean"`
}

// Summarize returns the summary of a sample, or nil if the sample is empty. It does not change the sample.
func Summarize(sample []float64) *Summary {
	if len(sample) == 0 {
		return nil
	}
	sorted := slices.Clone(sample)
	slices.Sort(sorted)
	mean := 0.0
	for i, x := range sorted {
		mean += (x - mean) / float64(i+1)
	}
	return &Summary{
		P50:  Quantile(sorted, 0.50),
		P95:  Quantile(sorted, 0.95),
		P99:  Quantile(sorted, 0.99),
		Max:  sorted[len(sorted)-1],
		Mean: mean,
	}
}

// Quantile returns the q-quantile (q from 0 to 1) of a sorted sample that is not empty. It interpolates between the two
// neighbours of rank q(n-1), as R and NumPy do by default: definition 7 of Hyndman and Fan, "Sample Quantiles in
// Statistical Packages" (1996). A duration is cut to the nanosecond.
func Quantile[T ~float64 | ~int64](sorted []T, q float64) T { return stats.Quantile(sorted, q) }
