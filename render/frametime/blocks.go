package frametime

import (
	"slices"
)

// MaxBlocks is how many samples a run gives to a statistical test.
const MaxBlocks = 20

// blocks cuts a run into at most MaxBlocks runs of successive frames, as equal in length as can be. Frames beside each
// other are alike (a collection, a warm cache, another program's burst lasts for many), so a test that took each for a
// sample of its own would call noise significant; the medians of blocks longer than such a burst are independent. The
// method of batch means: Law and Kelton, "Simulation Modeling and Analysis", 9.5.3.
func blocks(samples []float64) [][]float64 {
	n := min(MaxBlocks, len(samples))
	bs := make([][]float64, n)
	for i := range bs {
		bs[i] = samples[i*len(samples)/n : (i+1)*len(samples)/n]
	}
	return bs
}

// BlockMedians are the medians of at most MaxBlocks pieces of a run's times: samples that are independent of each
// other, which the times of neighbouring frames are not.
func BlockMedians(samples []float64) []float64 {
	bs := blocks(samples)
	medians := make([]float64, len(bs))
	for i, b := range bs {
		medians[i] = medianOf(b)
	}
	return medians
}

// medianOf is the median of a sample that is not empty, which it leaves as it is.
func medianOf(sample []float64) float64 {
	sorted := slices.Clone(sample)
	slices.Sort(sorted)
	return Quantile(sorted, 0.5)
}
