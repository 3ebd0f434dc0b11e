// Package stats computes the statistics of frame times.
package stats

import (
	"math"
	"slices"
)

// Quantile returns the q-quantile of a sorted sample: see frametime.Quantile.
func Quantile[T ~float64 | ~int64](sorted []T, q float64) T {
	rank := q * float64(len(sorted)-1)
	below := math.Floor(rank)
	i := int(below)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + T((rank-below)*float64(sorted[i+1]-sorted[i]))
}

// Median returns the median of a sample that is not empty. It leaves the sample as it is.
func Median(sample []float64) float64 {
	sorted := slices.Clone(sample)
	slices.Sort(sorted)
	return Quantile(sorted, 0.5)
}
