package report

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// matrixPlot draws the strategies against each other: a row of panels for each number of cubes, a panel for each
// pattern, a line for each strategy over the fraction that moves.
type matrixPlot struct {
	runs       []Report
	cubes      []int
	patterns   []string
	moving     []float64
	strategies []string
}

var strategyColor = map[string]color.Color{"auto": black, "ranges": orange, "merged": blue, "scatter": green, "full": vermilion}

func newMatrixPlot(rs []Report) *matrixPlot {
	m := &matrixPlot{runs: rs}
	for i := range rs {
		c := rs[i].Config
		add(&m.cubes, c.Cubes)
		add(&m.patterns, c.Pattern)
		add(&m.moving, c.Moving)
		add(&m.strategies, c.Upload)
	}
	slices.Sort(m.cubes)
	slices.Sort(m.moving)
	return m
}

func add[T cmp.Ordered](set *[]T, v T) {
	if !slices.Contains(*set, v) {
		*set = append(*set, v)
	}
}

func (m *matrixPlot) size() (w, h vg.Length) {
	return vg.Length(max(8.5, 1.2+3.3*float64(len(m.patterns)))) * vg.Inch, vg.Length(0.7+2.6*float64(len(m.cubes))) * vg.Inch
}

func (m *matrixPlot) paint(c draw.Canvas) {
	heading(c, "Streaming a frame, by upload strategy: descend + plan + write + encode + submit, p50", m.runs[0].place())
	const legendWidth = 70
	body := draw.Crop(c, 10, -legendWidth-10, 8, -46)

	rows := make([][]*plot.Plot, len(m.cubes))
	legend := newLegend()
	legend.Top, legend.Left = true, true
	legend.ThumbnailWidth = 18
	named := make(map[string]bool)
	for row, cubes := range m.cubes {
		rows[row] = make([]*plot.Plot, len(m.patterns))
		low, high := math.Inf(1), 0.0
		for col, pattern := range m.patterns {
			p := newPlot(fmt.Sprintf("%s, %s", plural(cubes, "cube"), pattern), "", "")
			for _, strategy := range m.strategies {
				line := m.line(cubes, pattern, strategy)
				if len(line) == 0 {
					continue
				}
				for _, xy := range line {
					low, high = min(low, xy.Y), max(high, xy.Y)
				}
				l, points, err := plotter.NewLinePoints(line)
				if err != nil {
					panic(err) // check lets only finite times through
				}
				l.Color, l.Width = strategyColor[strategy], 1.4
				points.Color, points.Shape, points.Radius = l.Color, draw.CircleGlyph{}, 2.4
				if strategy == "auto" { // over the others, which it should follow from below
					l.Dashes = []vg.Length{4, 3}
					points.Shape, points.Radius = draw.RingGlyph{}, 4
					points.GlyphStyle.Shape = draw.RingGlyph{}
				}
				p.Add(l, points)
				if !named[strategy] {
					named[strategy] = true
					legend.Add(strategy, l, points)
				}
			}
			p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, m.movingTicks()
			p.X.Min, p.X.Max = m.movingRange()
			if row == len(m.cubes)-1 {
				p.X.Label.Text = "cubes that move"
			}
			if col == 0 {
				p.Y.Label.Text = "ms"
			}
			rows[row][col] = p
		}
		for _, p := range rows[row] {
			p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, logTicks{}
			p.Y.Min, p.Y.Max = 0.9*low, 1.1*high
			if !(low < high) { // nothing, or one value
				p.Y.Min, p.Y.Max = 0.5*max(high, 0.001), 2*max(high, 0.001)
			}
		}
	}
	tiles := draw.Tiles{Rows: len(m.cubes), Cols: len(m.patterns), PadX: 14, PadY: 12}
	for row, canvases := range plot.Align(rows, tiles, body) {
		for col, tile := range canvases {
			rows[row][col].Draw(tile)
		}
	}
	legend.Draw(draw.Crop(c, c.Max.X-c.Min.X-legendWidth, 0, 0, -60))
}

// line is a strategy's streaming time in ms over the fraction that moves, in one panel.
func (m *matrixPlot) line(cubes int, pattern, strategy string) plotter.XYs {
	var line plotter.XYs
	for i := range m.runs {
		r := &m.runs[i]
		if c := r.Config; c.Cubes == cubes && c.Pattern == pattern && c.Upload == strategy && c.Moving > 0 && r.Streaming != nil {
			line = append(line, plotter.XY{X: c.Moving, Y: max(r.Streaming.P50/1e3, 1e-6)})
		}
	}
	slices.SortFunc(line, func(a, b plotter.XY) int { return cmp.Compare(a.X, b.X) })
	return line
}

func (m *matrixPlot) movingRange() (lo, hi float64) {
	hi = m.moving[len(m.moving)-1]
	lo = hi
	for _, f := range m.moving {
		if f > 0 {
			lo = min(lo, f)
		}
	}
	if hi <= 0 {
		return 0.5, 2
	}
	return lo / 1.25, hi * 1.25
}

func (m *matrixPlot) movingTicks() plot.ConstantTicks {
	ticks := make(plot.ConstantTicks, len(m.moving))
	for i, f := range m.moving {
		ticks[i] = plot.Tick{Value: max(f, 1e-9), Label: percent(f)}
	}
	return ticks
}

// logTicks puts ticks at 1, 2 and 5 times the powers of ten.
type logTicks struct{}

func (logTicks) Ticks(lo, hi float64) []plot.Tick {
	var ticks []plot.Tick
	for decade := math.Pow(10, math.Floor(math.Log10(lo))); decade <= hi; decade *= 10 {
		for _, m := range []float64{1, 2, 5} {
			if v := decade * m; lo <= v && v <= hi {
				ticks = append(ticks, plot.Tick{Value: v, Label: fmt.Sprintf("%.3g", v)})
			}
		}
	}
	return ticks
}
