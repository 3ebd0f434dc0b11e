// Plotmatrix draws the times that BenchmarkStrategy of package upload measured:
//
//	go test -run NONE -bench Strategy -benchtime 15x ./upload -args -matrix testdata/matrix.json
//	go run ./cmd/bouncingcubes/internal/plotmatrix upload/testdata/matrix.json upload/testdata/matrix.png
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"github.com/slotstream/slotstream/render/frametime"
	"github.com/slotstream/slotstream/render/frametime/plot"
	"github.com/slotstream/slotstream/render/wholefile"
)

// matrix is the part of the benchmark's file that plotmatrix draws.
type matrix struct {
	Adapter string `json:"adapter"`
	Points  []struct {
		Slots   int     `json:"slots"`
		Dirty   float64 `json:"dirty"`
		Pattern string  `json:"pattern"`
		Took    map[string]struct {
			Micros float64 `json:"us"`
		} `json:"took"`
	} `json:"points"`
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: plotmatrix MATRIX.json PLOT.png")
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		log.Fatal("plotmatrix: ", err)
	}
}

func run(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var m matrix
	if err := json.Unmarshal(text, &m); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	runs, err := m.runs()
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	grid := plot.Grid{
		Row: "slots", Column: "pattern", X: "dirty", Line: "strategy", Reference: "auto",
		Title:  "From Upload until the GPU is done",
		XTitle: "changed, of the slots",
		Panel:  func(slots, pattern string) string { return slots + " slots, " + pattern },
	}
	return wholefile.Write(to, func(w io.Writer) error { return plot.Matrix(w, filepath.Ext(to), runs, grid) })
}

// runs returns the points as reports of timed frames, which package plot draws.
func (m *matrix) runs() ([]frametime.Report, error) {
	var runs []frametime.Report
	for _, p := range m.Points {
		for _, strategy := range []string{"auto", "ranges", "merged", "scatter", "full"} {
			took, ok := p.Took[strategy]
			if !ok {
				return nil, fmt.Errorf("no time of %s at %d slots, %g %s", strategy, p.Slots, p.Dirty, p.Pattern)
			}
			r := frametime.Report{Adapter: frametime.Adapter{Name: m.Adapter}, Streaming: &frametime.Summary{P50: took.Micros}}
			r.Config.Set("slots", p.Slots)
			r.Config.Set("dirty", p.Dirty)
			r.Config.Set("pattern", p.Pattern)
			r.Config.Set("strategy", strategy)
			runs = append(runs, r)
		}
	}
	return runs, nil
}
