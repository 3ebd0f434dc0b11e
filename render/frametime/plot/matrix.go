package plot

import (
	"cmp"
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/slotstream/slotstream/render/frametime"
)

// Grid lays out the runs of a matrix by the names of their labels. There is a row of panels for each value of the label
// Row, in it a panel for each value of Column, and in that a line for each value of Line over the numbers of X.
type Grid struct {
	Row, Column, X, Line string // names of labels

	Reference string                          // the value of Line whose line is dashed and above the others; "" for none
	Title     string                          // above the picture
	XTitle    string                          // below the panels
	Panel     func(row, column string) string // returns the title of a panel; if nil, the title is "row, column"
}

// Matrix draws the streaming times (p50) of several runs. extension is ".svg" or ".png", and says which format the
// picture has. The numbers of label X are fractions: its axis is logarithmic and shows them in percent, without the
// runs whose X is 0.
func Matrix(to io.Writer, extension string, rs []frametime.Report, g Grid) error {
	if len(rs) == 0 {
		return errors.New("plot: there are no runs")
	}
	m := newMatrixPlot(rs, g)
	w, h := m.size()
	return picture(to, extension, w, h, m.paint)
}

type matrixPlot struct {
	Grid
	runs          []frametime.Report
	rows, columns []string
	xs            []float64
	lines         []string
}

func newMatrixPlot(rs []frametime.Report, g Grid) *matrixPlot {
	m := &matrixPlot{Grid: g, runs: rs}
	for i := range rs {
		c := rs[i].Config
		add(&m.rows, c.Text(g.Row))
		add(&m.columns, c.Text(g.Column))
		add(&m.lines, c.Text(g.Line))
		x, _ := c.Number(g.X)
		add(&m.xs, x)
	}
	slices.SortFunc(m.rows, byNumber)
	slices.Sort(m.xs)
	return m
}

// byNumber compares numbers by their values, and other text as text.
func byNumber(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX == nil && errY == nil {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(a, b)
}

func add[T cmp.Ordered](set *[]T, v T) {
	if !slices.Contains(*set, v) {
		*set = append(*set, v)
	}
}

func (m *matrixPlot) size() (w, h vg.Length) {
	return vg.Length(max(8.5, 1.2+3.3*float64(len(m.columns)))) * vg.Inch, vg.Length(0.7+2.6*float64(len(m.rows))) * vg.Inch
}

// lineColor returns the reference's colour, or a colour for each other line, in their order.
func (m *matrixPlot) lineColor(line string) color.Color {
	if line == m.Reference {
		return black
	}
	colors := []color.Color{orange, blue, green, vermilion, purple, sky, yellow}
	n := 0
	for _, l := range m.lines {
		if l == line {
			break
		}
		if l != m.Reference {
			n++
		}
	}
	return colors[n%len(colors)]
}

func (m *matrixPlot) panelTitle(row, column string) string {
	if m.Panel != nil {
		return m.Panel(row, column)
	}
	return row + ", " + column
}

func (m *matrixPlot) paint(c draw.Canvas) {
	heading(c, m.Title, m.runs[0].Place())
	const legendWidth = 70
	body := draw.Crop(c, 10, -legendWidth-10, 8, -46)

	rows := make([][]*plot.Plot, len(m.rows))
	legend := newLegend()
	legend.Top, legend.Left = true, true
	legend.ThumbnailWidth = 18
	named := make(map[string]bool)
	for row, rowValue := range m.rows {
		rows[row] = make([]*plot.Plot, len(m.columns))
		low, high := math.Inf(1), 0.0
		for col, column := range m.columns {
			p := newPlot(m.panelTitle(rowValue, column), "", "")
			for _, name := range m.lines {
				line := m.line(rowValue, column, name)
				if len(line) == 0 {
					continue
				}
				for _, xy := range line {
					low, high = min(low, xy.Y), max(high, xy.Y)
				}
				l, points, err := plotter.NewLinePoints(line)
				if err != nil {
					panic(err) // ReadJSON accepts finite times only
				}
				l.Color, l.Width = m.lineColor(name), 1.4
				points.Color, points.Shape, points.Radius = l.Color, draw.CircleGlyph{}, 2.4
				if name == m.Reference { // drawn over the others
					l.Dashes = []vg.Length{4, 3}
					points.Shape, points.Radius = draw.RingGlyph{}, 4
				}
				p.Add(l, points)
				if !named[name] {
					named[name] = true
					legend.Add(name, l, points)
				}
			}
			p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, m.xTicks()
			p.X.Min, p.X.Max = m.xRange()
			if row == len(m.rows)-1 {
				p.X.Label.Text = m.XTitle
			}
			if col == 0 {
				p.Y.Label.Text = "ms"
			}
			rows[row][col] = p
		}
		for _, p := range rows[row] {
			p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, logTicks{}
			p.Y.Min, p.Y.Max = 0.9*low, 1.1*high
			if !(low < high) { // no value, or one
				p.Y.Min, p.Y.Max = 0.5*max(high, 0.001), 2*max(high, 0.001)
			}
		}
	}
	tiles := draw.Tiles{Rows: len(m.rows), Cols: len(m.columns), PadX: 14, PadY: 12}
	for row, canvases := range plot.Align(rows, tiles, body) {
		for col, tile := range canvases {
			rows[row][col].Draw(tile)
		}
	}
	legend.Draw(draw.Crop(c, c.Max.X-c.Min.X-legendWidth, 0, 0, -60))
}

// line returns a line of a panel: the streaming time in ms over X.
func (m *matrixPlot) line(row, column, name string) plotter.XYs {
	var line plotter.XYs
	for i := range m.runs {
		r := &m.runs[i]
		c := r.Config
		x, _ := c.Number(m.X)
		if c.Text(m.Row) == row && c.Text(m.Column) == column && c.Text(m.Line) == name && x > 0 && r.Streaming != nil {
			line = append(line, plotter.XY{X: x, Y: max(r.Streaming.P50/1e3, 1e-6)})
		}
	}
	slices.SortFunc(line, func(a, b plotter.XY) int { return cmp.Compare(a.X, b.X) })
	return line
}

func (m *matrixPlot) xRange() (lo, hi float64) {
	hi = m.xs[len(m.xs)-1]
	lo = hi
	for _, f := range m.xs {
		if f > 0 {
			lo = min(lo, f)
		}
	}
	if hi <= 0 {
		return 0.5, 2
	}
	return lo / 1.25, hi * 1.25
}

func (m *matrixPlot) xTicks() plot.ConstantTicks {
	ticks := make(plot.ConstantTicks, len(m.xs))
	for i, f := range m.xs {
		ticks[i] = plot.Tick{Value: max(f, 1e-9), Label: strconv.FormatFloat(100*f, 'g', 4, 64) + "%"}
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
