package bench

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

	// MatrixWidth and MatrixHeight are the picture's size where no flag says otherwise.
	MatrixWidth, MatrixHeight = 160, 90
)

// Matrix are the runs of every combination of cubes, pattern, fraction and strategy, beginning with c. What pinned
// names, by its flag, stays as c has it. The physics decides for itself what moves, so that "sim" has one run for each
// strategy.
func Matrix(c Config, pinned func(flag string) bool) []Config {
	cubes, moving, patterns, uploads := matrixCubes, matrixMoving, matrixPatterns, matrixUploads
	if pinned("cubes") {
		cubes = []int{c.Cubes}
	}
	if pinned("moving") {
		moving = []float64{c.Moving}
	}
	if pinned("pattern") {
		patterns = []string{c.Pattern}
	}
	if pinned("upload") {
		uploads = []upload.Strategy{c.Upload}
	}
	if !pinned("frames") {
		c.Frames = matrixFrames
	}
	if !pinned("warmup") {
		c.Warmup = matrixWarmup
	}
	var all []Config
	for _, c.Cubes = range cubes {
		for _, c.Pattern = range patterns {
			fractions := moving
			if c.Pattern == "sim" {
				fractions = []float64{c.Moving}
			}
			for _, c.Moving = range fractions {
				for _, c.Upload = range uploads {
					all = append(all, c)
				}
			}
		}
	}
	return all
}
