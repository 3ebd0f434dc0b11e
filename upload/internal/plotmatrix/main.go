// Plotmatrix draws what BenchmarkStrategy measured:
//
//	go test -run NONE -bench Strategy -benchtime 15x ./upload -args -matrix testdata/matrix.json
//	go run ./upload/internal/plotmatrix upload/testdata/matrix.json upload/testdata/matrix.png
package main

import (
	"encoding/json"
	"fmt"
	"image/color"
	"log"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

type point struct {
	Slots   int     `json:"slots"`
	Dirty   float64 `json:"dirty"`
	Pattern string  `json:"pattern"`
	Took    map[string]struct {
		Micros float64 `json:"us"`
	} `json:"took"`
}

// strategies in the order they are drawn; Auto lies under the others, broad.
var strategies = []struct {
	name  string
	color color.RGBA
	width vg.Length
}{
	{"auto", color.RGBA{R: 255, G: 190, A: 255}, 7},
	{"ranges", color.RGBA{R: 200, G: 40, B: 40, A: 255}, 2},
	{"merged", color.RGBA{G: 130, B: 80, A: 255}, 2},
	{"scatter", color.RGBA{R: 40, G: 70, B: 200, A: 255}, 2},
	{"full", color.RGBA{R: 110, G: 110, B: 110, A: 255}, 2},
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
	var matrix struct {
		Adapter string  `json:"adapter"`
		Points  []point `json:"points"`
	}
	if err := json.Unmarshal(text, &matrix); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	canvas := vgimg.NewWith(vgimg.UseWH(30*vg.Centimeter, 20*vg.Centimeter), vgimg.UseDPI(110))
	dc := draw.New(canvas)
	tiles := draw.Tiles{Rows: 3, Cols: 3, PadX: 14, PadY: 14, PadTop: 6, PadBottom: 6, PadLeft: 6, PadRight: 12}
	for i, slots := range []int{10_000, 100_000, 1_000_000} {
		for j, pattern := range []string{"random", "clustered", "strided"} {
			p, err := panel(matrix.Points, slots, pattern, i == 0 && j == 0)
			if err != nil {
				return err
			}
			p.Draw(tiles.At(dc, j, i))
		}
	}
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := (vgimg.PngCanvas{Canvas: canvas}).WriteTo(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

func panel(points []point, slots int, pattern string, legend bool) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = fmt.Sprintf("%d slots, %s", slots, pattern)
	p.X.Label.Text = "changed, % of slots"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker = plot.LogTicks{Prec: -1}
	p.Y.Tick.Marker = plot.ConstantTicks{{Value: 10, Label: "10 µs"}, {Value: 100, Label: "100 µs"}, {Value: 1e3, Label: "1 ms"},
		{Value: 1e4, Label: "10 ms"}, {Value: 1e5, Label: "100 ms"}, {Value: 1e6, Label: "1 s"}}
	p.Add(plotter.NewGrid())
	for _, s := range strategies {
		var line plotter.XYs
		for _, q := range points {
			if q.Slots == slots && q.Pattern == pattern {
				line = append(line, plotter.XY{X: q.Dirty * 100, Y: q.Took[s.name].Micros})
			}
		}
		if len(line) == 0 {
			return nil, fmt.Errorf("no points of %d slots, %s", slots, pattern)
		}
		l, err := plotter.NewLine(line)
		if err != nil {
			return nil, err
		}
		l.Color, l.Width = s.color, s.width
		p.Add(l)
		if legend {
			p.Legend.Add(s.name, l)
			p.Legend.Top, p.Legend.Left = true, true
			p.Legend.Padding = 2
		}
	}
	p.Y.Min, p.Y.Max = 10, 1e6
	return p, nil
}
