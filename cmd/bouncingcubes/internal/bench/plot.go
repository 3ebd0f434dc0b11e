package bench

import (
	"io"
	"strconv"

	"github.com/slotstream/slotstream/cmd/internal/words"
	"github.com/slotstream/slotstream/render/frametime"
	"github.com/slotstream/slotstream/render/frametime/plot"
)

// WritePlot draws a single run, or compares the strategies of a matrix.
func WritePlot(w io.Writer, extension string, rs []frametime.Report) error {
	if len(rs) == 1 {
		return plot.Run(w, extension, &rs[0])
	}
	return plot.Matrix(w, extension, rs, plot.Grid{
		Row: "cubes", Column: "pattern", X: "moving", Line: "upload", Reference: "auto", XTitle: "cubes that move",
		Title: "Streaming a frame, by upload strategy: descend + plan + write + encode + submit, p50",
		Panel: func(cubes, pattern string) string {
			n, _ := strconv.Atoi(cubes)
			return words.Plural(n, "cube") + ", " + pattern
		},
	})
}
