package bench

import "github.com/slotstream/slotstream/upload"

// The defaults of -matrix. They take less than three minutes on two cores that also draw.
var (
	matrixCubes    = []int{10_000, 100_000}
	matrixMoving   = []float64{0.01, 0.1, 1}
	matrixPatterns = []string{"random", "run"}
	matrixUploads  = []upload.Strategy{upload.Auto, upload.Ranges, upload.Merged, upload.Scatter, upload.Full}
)

const (
	matrixFrames = 12
	matrixWarmup = 1

	// MatrixWidth and MatrixHeight are the default size of the picture.
	MatrixWidth, MatrixHeight = 160, 90
)

// Matrix returns a run for every combination of cubes, pattern, fraction and strategy. pinned reports whether the value
// of a flag stays as it is in c. With the pattern "sim" the physics decides which cubes move, so there is one run for
// each strategy.
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
