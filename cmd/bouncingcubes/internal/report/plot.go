package report

import (
	"bytes"
	"errors"
	"fmt"
	"image/color"
	"io"
	"path/filepath"
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

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/timing"
)

// Colours that stay apart for the colour-blind: Okabe and Ito, "Color Universal Design" (2008).
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

var phaseColor = map[timing.Phase]color.Color{
	timing.Simulate: sky, timing.Descend: orange, timing.Plan: yellow, timing.Write: vermilion,
	timing.Encode: green, timing.Submit: purple, timing.Wait: grey,
}

// ErrFormat is a picture whose name ends in neither .svg nor .png.
var ErrFormat = errors.New("a plot is a file that ends in .svg or .png")

// canvas is a vector or pixel drawing.
type canvas interface {
	vg.CanvasSizer
	io.WriterTo
}

func newCanvas(path string, w, h vg.Length) (canvas, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".svg":
		return vgsvg.New(w, h), nil
	case ".png":
		return vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(w, h), vgimg.UseDPI(144))}, nil
	}
	return nil, fmt.Errorf("%s: %w", path, ErrFormat)
}

// CheckPlot says whether Plot could write such a file.
func CheckPlot(path string) error {
	if _, err := newCanvas(path, vg.Inch, vg.Inch); err != nil {
		return err
	}
	return CheckWritable(path)
}

// Plot draws one run (its frames over time, stacked by phase, and their distribution) or several (the strategies
// against each other in each scene) to an SVG or PNG file.
func Plot(path string, rs []Report) error {
	if len(rs) == 0 {
		return errors.New("nothing to plot")
	}
	w, h, paint := 11*vg.Inch, 4.4*vg.Inch, func(c draw.Canvas) { paintRun(c, &rs[0]) }
	if len(rs) > 1 {
		m := newMatrixPlot(rs)
		w, h = m.size()
		paint = m.paint
	}
	c, err := newCanvas(path, w, h)
	if err != nil {
		return err
	}
	dc := draw.New(c)
	dc.SetColor(color.White)
	dc.Fill(dc.Rectangle.Path())
	paint(dc)
	var picture bytes.Buffer
	if _, err := c.WriteTo(&picture); err != nil {
		return fmt.Errorf("drawing %s: %w", path, err)
	}
	// An SVG names its font, which not every reader has.
	data := bytes.ReplaceAll(picture.Bytes(), []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;"))
	return WriteFile(path, func(f io.Writer) error {
		_, err := f.Write(data)
		return err
	})
}

// paintRun draws one run.
func paintRun(c draw.Canvas, r *Report) {
	heading(c, r.title(), r.place())
	body := draw.Crop(c, 10, -10, 8, -46)
	width := body.Max.X - body.Min.X
	left := draw.Crop(body, 0, -0.42*width, 0, 0)
	middle := draw.Crop(body, 0.595*width, -0.27*width, 0, -18)
	right := draw.Crop(body, 0.72*width, 0, 0, 0)

	frames := r.Samples[timing.Frame.String()]
	scale, unit := 1.0, "µs"
	if slices.Max(frames) >= 2000 {
		scale, unit = 1e-3, "ms"
	}
	limit := scale * ceiling(r.Phases[timing.Frame.String()])
	paintFrames(left, middle, r, scale, limit, unit)
	paintDistribution(right, frames, scale, limit, unit)
}

// ceiling is the end of the time axis: beyond it are only outliers, which would flatten all else.
func ceiling(s *timing.Summary) float64 { return max(min(s.Max, 1.25*s.P99, 3*s.P50)*1.05, 0.001) }

// paintFrames stacks the phases over the frames; key is where it explains their colours.
func paintFrames(c, key draw.Canvas, r *Report, scale, limit float64, unit string) {
	p := newPlot("", "frame", unit)
	frames := r.Samples[timing.Frame.String()]
	columns := min(len(frames), 240) // each the mean of the frames that it stands for
	base := make([]float64, columns)
	legend := newLegend()
	var entries []func()
	for _, phase := range []timing.Phase{timing.Simulate, timing.Descend, timing.Plan, timing.Write, timing.Encode, timing.Submit, timing.Wait} {
		samples := r.Samples[phase.String()]
		top := slices.Clone(base)
		for i := range top {
			for _, us := range samples[i*len(samples)/columns : (i+1)*len(samples)/columns] {
				top[i] += scale * us / float64((i+1)*len(samples)/columns-i*len(samples)/columns)
			}
		}
		outline := make(plotter.XYs, 0, 4*columns)
		edge := func(i int) (from, to float64) {
			return float64(i * len(frames) / columns), float64((i + 1) * len(frames) / columns)
		}
		for i, y := range top {
			from, to := edge(i)
			outline = append(outline, plotter.XY{X: from, Y: min(y, limit)}, plotter.XY{X: to, Y: min(y, limit)})
		}
		for i := columns - 1; i >= 0; i-- {
			from, to := edge(i)
			outline = append(outline, plotter.XY{X: to, Y: min(base[i], limit)}, plotter.XY{X: from, Y: min(base[i], limit)})
		}
		area, err := plotter.NewPolygon(outline)
		if err != nil {
			panic(err) // check lets only finite times through
		}
		area.Color = phaseColor[phase]
		area.LineStyle.Width = 0
		p.Add(area)
		entries = append(entries, func() {
			legend.Add(fmt.Sprintf("%s  %.3g", phase, scale*r.median(phase)), area)
		})
		base = top
	}
	slices.Reverse(entries) // as they are stacked
	for _, add := range entries {
		add()
	}
	if s := r.Phases[timing.GPU.String()]; s != nil {
		legend.Add(fmt.Sprintf("(gpu  %.3g)", scale*s.P50))
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, float64(len(frames)), 0, limit
	p.Draw(c)
	write(key, "p50, "+unit, 8.5, true, 0, 0)
	legend.Top = true
	legend.Left = true
	legend.Draw(draw.Crop(key, 0, 0, 0, -14))
}

// paintDistribution draws how many frames took how long, with the percentiles marked.
func paintDistribution(c draw.Canvas, frames []float64, scale, limit float64, unit string) {
	p := newPlot("", "frame time, "+unit, "frames")
	low := slices.Min(frames) * scale * 0.95
	const bins = 48
	counts := make([]float64, bins)
	tallest := 0.0
	for _, us := range frames {
		bin := int((us*scale - low) / (limit - low) * bins)
		bin = max(0, min(bin, bins-1)) // the last holds the outliers too
		counts[bin]++
		tallest = max(tallest, counts[bin])
	}
	for i, n := range counts {
		if n == 0 {
			continue
		}
		from, to := low+(limit-low)*float64(i)/bins, low+(limit-low)*float64(i+1)/bins
		bar, err := plotter.NewPolygon(plotter.XYs{{X: from}, {X: from, Y: n}, {X: to, Y: n}, {X: to}})
		if err != nil {
			panic(err)
		}
		bar.Color, bar.LineStyle.Width = sky, 0
		p.Add(bar)
	}
	s := timing.Summarize(frames)
	for i, mark := range []struct {
		name string
		us   float64
	}{{"p50", s.P50}, {"p95", s.P95}, {"p99", s.P99}} {
		// Labels stand to the right of their lines, each lower than the one before, so that no later line crosses them;
		// near the right end they stand to the left, each higher than the one before.
		x := min(mark.us*scale, limit)
		flip := x > low+(limit-low)*0.68
		y := tallest * (1.33 - 0.1*float64(i))
		if flip {
			y = tallest * (1.33 + 0.1*float64(i))
		}
		line, err := plotter.NewLine(plotter.XYs{{X: x}, {X: x, Y: y}})
		if err != nil {
			panic(err)
		}
		line.Color, line.Width, line.Dashes = black, 0.8, []vg.Length{3, 2}
		label, err := plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{{X: x, Y: y}}, Labels: []string{fmt.Sprintf(" %s %.3g", mark.name, mark.us*scale)}})
		if err != nil {
			panic(err)
		}
		style(&label.TextStyle[0], 8.5)
		label.TextStyle[0].YAlign = text.YTop
		if flip {
			label.TextStyle[0].XAlign = text.XRight
			label.Labels[0] = strings.TrimSpace(label.Labels[0]) + " "
		}
		p.Add(line, label)
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = low, limit, 0, tallest*1.56
	if s.Max*scale > limit {
		p.X.Label.Text += fmt.Sprintf(" (longest: %.3g)", s.Max*scale)
	}
	p.Draw(c)
}

// newPlot is a plot in the one style of all: sans serif, a light grid, no box.
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
