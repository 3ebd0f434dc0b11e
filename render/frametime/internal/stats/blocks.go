package stats

// MostBlocks is the largest number of samples that a run gives to a statistical test.
const MostBlocks = 20

// Blocks cuts a run into blocks of successive frames: MostBlocks of them, or one a frame where there are fewer frames.
// Their lengths differ by one at most.
//
// The times of neighbouring frames depend on each other: a garbage collection, a warm cache or another program's burst
// lasts for many frames. A test that took each frame for an independent sample would call noise significant. The
// medians of blocks that are longer than such a burst are independent. This is the method of batch means: Law and
// Kelton, "Simulation Modeling and Analysis", 9.5.3.
func Blocks(samples []float64) [][]float64 {
	n := min(MostBlocks, len(samples))
	bs := make([][]float64, n)
	for i := range bs {
		bs[i] = samples[i*len(samples)/n : (i+1)*len(samples)/n]
	}
	return bs
}

// BlockMedians returns the median of each of a run's blocks.
func BlockMedians(samples []float64) []float64 {
	bs := Blocks(samples)
	medians := make([]float64, len(bs))
	for i, b := range bs {
		medians[i] = Median(b)
	}
	return medians
}
