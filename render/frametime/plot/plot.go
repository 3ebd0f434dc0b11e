// Package plot draws pictures of reports: of one run, or of a matrix of runs.
package plot

import (
	"bytes"
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
	"strings"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/slotstream/slotstream/render/frametime"
	"github.com/slotstream/slotstream/render/frametime/internal/numbers"
)

// Colours that the colour-blind can tell apart: Okabe and Ito, "Color Universal Design" (2008).
var (
	black     = color.RGBA{0x22, 0x22, 0x22, 0xff}
	grey      = color.RGBA{0xbb, 0xbb, 0xbb, 0xff}
	pale      = color.RGBA{0xe6, 0xe6, 0xe6, 0xff}
	orange    = color.RGBA{0xe6, 0x9f, 0x00, 0xff}
	sky       = color.RGBA{0x56, 0xb4, 0xe9, 0xff}
	green     = color.RGBA{0x00, 0x9e, 0x73, 0xff}
	yellow    = color.RGBA{0xf0, 0xe4, 0x42, 0xff}
	blue      = color.RGBA{0x00, 0x72, 0xb2, 0xff}
	vermilion = color.RGBA{0xd5, 0x5e, 0x00, 0xff}
	purple    = color.RGBA{0xcc, 0x79, 0xa7, 0xff}
)

var phaseColor = map[frametime.Phase]color.Color{
	frametime.Simulate: sky, frametime.Descend: orange, frametime.Plan: yellow, frametime.Write: vermilion,
	frametime.Encode: green, frametime.Submit: purple, frametime.Wait: grey,
}

// errFormat is wrapped by the error for an extension that is neither ".svg" nor ".png".
var errFormat = errors.New("a picture is a file that ends in .svg or .png")

// canvas is a vector or pixel drawing.
type canvas interface {
	vg.CanvasSizer
	io.WriterTo
}

func newCanvas(extension string, w, h vg.Length) (canvas, error) {
	switch strings.ToLower(extension) {
	case ".svg":
		return vgsvg.New(w, h), nil
	case ".png":
		return vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(w, h), vgimg.UseDPI(144))}, nil
	}
	return nil, fmt.Errorf("plot: the extension %q: %w", extension, errFormat)
}

// Run draws a run: its frames over time, stacked by phase; their streaming alone; and their distribution. extension is
// ".svg" or ".png", and says which format the picture has. The report must be one that frametime.ReadJSON accepts.
func Run(to io.Writer, extension string, r *frametime.Report) error {
	if len(r.Samples[frametime.Frame.String()]) == 0 || r.Phases[frametime.Frame.String()] == nil || r.Streaming == nil {
		return errors.New("plot: the run has no frames")
	}
	return picture(to, extension, 11*vg.Inch, 4.8*vg.Inch, func(c draw.Canvas) { paintRun(c, r) })
}

func picture(to io.Writer, extension string, w, h vg.Length, paint func(draw.Canvas)) error {
	c, err := newCanvas(extension, w, h)
	if err != nil {
		return err
	}
	dc := draw.New(c)
	dc.SetColor(color.White)
	dc.Fill(dc.Rectangle.Path())
	paint(dc)
	var data bytes.Buffer
	if _, err := c.WriteTo(&data); err != nil {
		return fmt.Errorf("plot: draw: %w", err)
	}
	// An SVG names its font, and not every reader has that one.
	_, err = to.Write(bytes.ReplaceAll(data.Bytes(), []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;")))
	return err
}

// paintRun draws one run.
func paintRun(c draw.Canvas, r *frametime.Report) {
	heading(c, r.Heading(), r.Place())
	body := draw.Crop(c, 10, -10, 8, -46)
	width, height := body.Max.X-body.Min.X, body.Max.Y-body.Min.Y
	left := draw.Crop(body, 0, -0.42*width, 0, 0)
	middle := draw.Crop(body, 0.595*width, -0.27*width, 0, 0)
	right := draw.Crop(body, 0.72*width, 0, 0, 0)

	frame, streaming := r.Phases[frametime.Frame.String()], r.Streaming
	whole := newPlot("", "", "frame, "+unitOf(frame))
	stack(r, whole, frame, frametime.Simulate, frametime.Descend, frametime.Plan, frametime.Write, frametime.Encode, frametime.Submit, frametime.Wait)
	part := newPlot("", "frame number", "streaming, "+unitOf(streaming))
	stack(r, part, streaming, frametime.Descend, frametime.Plan, frametime.Write, frametime.Encode, frametime.Submit)
	tiles := plot.Align([][]*plot.Plot{{whole}, {part}}, draw.Tiles{Rows: 2, Cols: 1}, left)
	tiles[0][0].Min.Y, tiles[1][0].Max.Y = left.Min.Y+0.42*height, left.Min.Y+0.4*height
	whole.Draw(tiles[0][0])
	part.Draw(tiles[1][0])
	paintKey(r, middle)
	paintDistribution(right, r.Samples[frametime.Frame.String()])
}

// scaleOf returns the factor from µs to the unit in which times like those of s are best read.
func scaleOf(s *frametime.Summary) float64 {
	if s.P99 >= 2000 {
		return 1e-3
	}
	return 1
}

func unitOf(s *frametime.Summary) string {
	if scaleOf(s) == 1 {
		return "µs"
	}
	return "ms"
}

// ceiling returns the end of the time axis. Only outliers are beyond it; they would flatten all the rest.
func ceiling(s *frametime.Summary) float64 { return max(min(s.Max, 1.25*s.P99, 3*s.P50)*1.05, 0.001) }

// stack draws phases over the frames, one upon the other. total is the summary of their sum.
func stack(r *frametime.Report, p *plot.Plot, total *frametime.Summary, phases ...frametime.Phase) {
	scale, limit := scaleOf(total), scaleOf(total)*ceiling(total)
	frames := len(r.Samples[frametime.Frame.String()])
	columns := min(frames, 240) // each one is the mean of its frames
	edge := func(i int) int { return i * frames / columns }
	base := make([]float64, columns)
	for _, phase := range phases {
		samples := r.Samples[phase.String()]
		top := slices.Clone(base)
		for i := range top {
			if edge(i+1) > len(samples) {
				break // the file was edited by hand
			}
			for _, us := range samples[edge(i):edge(i+1)] {
				top[i] += scale * us / float64(edge(i+1)-edge(i))
			}
		}
		outline := make(plotter.XYs, 0, 4*columns)
		for i, y := range top {
			y = min(y, limit)
			outline = append(outline, plotter.XY{X: float64(edge(i)), Y: y}, plotter.XY{X: float64(edge(i + 1)), Y: y})
		}
		for i := columns - 1; i >= 0; i-- {
			y := min(base[i], limit)
			outline = append(outline, plotter.XY{X: float64(edge(i + 1)), Y: y}, plotter.XY{X: float64(edge(i)), Y: y})
		}
		p.Add(area(outline, phaseColor[phase]))
		base = top
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, float64(frames), 0, limit
	p.X.Tick.Marker, p.Y.Tick.Marker = roundTicks{}, roundTicks{}
}

// paintKey explains the colours and gives the medians.
func paintKey(r *frametime.Report, c draw.Canvas) {
	frame := r.Phases[frametime.Frame.String()]
	write(c, "p50, µs", 8.5, true, 0, 0)
	legend := newLegend()
	legend.Top, legend.Left = true, true
	legend.Add("frame  " + numbers.Micros(frame.P50))
	for _, phase := range []frametime.Phase{
		frametime.Wait, frametime.Submit, frametime.Encode, frametime.Write, frametime.Plan, frametime.Descend, frametime.Simulate,
	} {
		legend.Add(phase.String()+"  "+numbers.Micros(r.Median(phase)), area(nil, phaseColor[phase]))
	}
	legend.Add("streaming  " + numbers.Micros(r.Streaming.P50))
	if s := r.Phases[frametime.GPU.String()]; s != nil {
		legend.Add("gpu, beside  " + numbers.Micros(s.P50))
	}
	legend.Draw(draw.Crop(c, 0, 0, 0, -14))
}

// area returns a filled shape without an outline.
func area(outline plotter.XYs, fill color.Color) *plotter.Polygon {
	return &plotter.Polygon{XYs: []plotter.XYs{outline}, Color: fill}
}

// paintDistribution draws a histogram of frame times, and marks the percentiles.
func paintDistribution(c draw.Canvas, frames []float64) {
	s := frametime.Summarize(frames)
	scale, limit := scaleOf(s), scaleOf(s)*ceiling(s)
	p := newPlot("", "frame, "+unitOf(s), "frames")
	low := slices.Min(frames) * scale * 0.95
	const bins = 48
	counts := make([]float64, bins)
	for _, us := range frames {
		bin := int((us*scale - low) / (limit - low) * bins)
		counts[max(0, min(bin, bins-1))]++ // the last holds the outliers too
	}
	for i, n := range counts {
		from, to := low+(limit-low)*float64(i)/bins, low+(limit-low)*float64(i+1)/bins
		p.Add(area(plotter.XYs{{X: from}, {X: from, Y: n}, {X: to, Y: n}, {X: to}}, sky))
	}
	tallest := 1.4 * slices.Max(counts) // room for the words
	words := newLegend()
	words.Top, words.ThumbnailWidth = true, 14
	for _, mark := range []struct {
		name  string
		us    float64
		color color.Color
	}{{"p50", s.P50, black}, {"p95", s.P95, blue}, {"p99", s.P99, vermilion}} {
		x := min(mark.us*scale, limit)
		line, err := plotter.NewLine(plotter.XYs{{X: x}, {X: x, Y: tallest}})
		if err != nil {
			panic(err) // ReadJSON accepts finite times only
		}
		line.Color, line.Width, line.Dashes = mark.color, 1.2, []vg.Length{4, 2}
		p.Add(line)
		words.Add(fmt.Sprintf("%s  %.3g %s", mark.name, mark.us*scale, unitOf(s)), line)
	}
	words.Add(fmt.Sprintf("max  %.3g %s", s.Max*scale, unitOf(s)))
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = low, limit, 0, tallest
	p.X.Tick.Marker, p.Y.Tick.Marker = roundTicks{}, roundTicks{}
	p.Draw(draw.Crop(c, 0, 0, 0, -58))
	words.Draw(c)
}

// roundTicks puts at most six ticks at multiples of 1, 2 or 5 times a power of ten.
type roundTicks struct{}

func (roundTicks) Ticks(lo, hi float64) []plot.Tick {
	step := math.Pow(10, math.Floor(math.Log10((hi-lo)/6)))
	for _, m := range []float64{1, 2, 5, 10} {
		if (hi-lo)/(step*m) <= 6 {
			step *= m
			break
		}
	}
	var ticks []plot.Tick
	for i := math.Ceil(lo / step); i*step <= hi && len(ticks) < 7; i++ {
		ticks = append(ticks, plot.Tick{Value: i * step, Label: numbers.Count(math.Round(i*step*1e6) / 1e6)})
	}
	return ticks
}

// newPlot returns a plot in the common style: sans serif, a light grid, no box.
func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	style(&p.Title.TextStyle, 10)
	p.Title.Padding = 4
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		style(&a.Label.TextStyle, 9)
		style(&a.Tick.Label, 8)
		a.Color, a.Tick.Color = black, black
		a.Padding = 0
	}
	p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = text.XCenter, text.YTop
	p.Y.Tick.Label.XAlign, p.Y.Tick.Label.YAlign = text.XRight, text.YCenter
	p.X.Label.TextStyle.XAlign = text.XCenter
	g := plotter.NewGrid()
	g.Vertical.Color, g.Horizontal.Color = nil, pale
	p.Add(g)
	return p
}

func newLegend() plot.Legend {
	l := plot.NewLegend()
	style(&l.TextStyle, 8.5)
	l.ThumbnailWidth = 10
	l.Padding = 2.5
	return l
}

// style makes text sans serif, of the given size in points.
func style(s *text.Style, size vg.Length) {
	s.Font.Typeface, s.Font.Variant, s.Font.Size = "Liberation", "Sans", size
	s.Color = black
	if s.Handler == nil {
		s.Handler = plot.DefaultTextHandler
	}
}

// heading writes two lines at the top left.
func heading(c draw.Canvas, title, subtitle string) {
	write(c, title, 11.5, true, 12, -10)
	write(c, subtitle, 8.5, false, 12, -27)
}

// write puts one line of text below the top left corner of c, moved by dx, dy.
func write(c draw.Canvas, line string, size vg.Length, bold bool, dx, dy vg.Length) {
	var s text.Style
	style(&s, size)
	if bold {
		s.Font.Weight = font.WeightBold
	}
	s.YAlign = text.YTop
	c.FillText(s, vg.Point{X: c.Min.X + dx, Y: c.Max.Y + dy}, line)
}
