package main

import "github.com/slotstream/slotstream/upload"

// What -matrix sweeps where no flag says otherwise: short enough to end in three minutes on two cores that draw too.
var (
	matrixCubes    = []int{10_000, 100_000}
	matrixMoving   = []float64{0.01, 0.1, 1}
	matrixPatterns = []string{"random", "run"}
	matrixUploads  = []upload.Strategy{upload.Auto, upload.Ranges, upload.Merged, upload.Scatter, upload.Full}
)

const (
	matrixFrames = 12
	matrixWarmup = 1
)

// cells are the runs that the options ask for: one, or for a matrix every combination. A flag that was given pins its
// axis. The physics decides for itself what moves, so that "sim" has one cell for each strategy.
func cells(o options) []options {
	if !o.bench.matrix {
		return []options{o}
	}
	cubes, moving, patterns, uploads := matrixCubes, matrixMoving, matrixPatterns, matrixUploads
	if o.given["cubes"] {
		cubes = []int{o.cubes}
	}
	if o.given["moving"] {
		moving = []float64{o.bench.moving}
	}
	if o.given["pattern"] {
		patterns = []string{o.bench.pattern}
	}
	if o.given["upload"] {
		uploads = []upload.Strategy{o.upload}
	}
	if !o.given["frames"] {
		o.frames = matrixFrames
	}
	if !o.given["warmup"] {
		o.bench.warmup = matrixWarmup
	}
	if !o.given["size"] {
		o.size = size{160, 90}
	}
	var all []options
	for _, o.cubes = range cubes {
		for _, o.bench.pattern = range patterns {
			fractions := moving
			if o.bench.pattern == "sim" {
				fractions = []float64{o.bench.moving}
			}
			for _, o.bench.moving = range fractions {
				for _, o.upload = range uploads {
					all = append(all, o)
				}
			}
		}
	}
	return all
}
