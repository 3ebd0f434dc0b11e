package overlay

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/slotstream/slotstream/render"
)

// Colours of text on a panel.
var (
	Bright = render.RGB(0xf2efe6)
	Dim    = alpha(render.RGB(0xc9d3e6), 0.62)
)

var (
	good   = render.RGB(0x4fc3b5)
	fair   = render.RGB(0xf4b942)
	poor   = render.RGB(0xe8643c)
	glass  = alpha(render.RGB(0x0d1220), 0.95)
	line   = alpha(render.RGB(0xffffff), 0.14)
	keycap = alpha(render.RGB(0xffffff), 0.09)
)

func alpha(c render.Color, a float32) render.Color {
	c[3] = a
	return c
}

// Clear removes everything. Call it before you build the next frame.
func (o *Overlay) Clear() { o.quads, o.labels.all = o.quads[:0], o.labels.all[:0] }

// Text writes a line of text from x on, with its baseline at y, and returns its width. A line break or a tab is a
// space.
func (o *Overlay) Text(x, y float32, f Face, c render.Color, s string) float32 {
	left := round(x * o.scale)
	pen, baseline := left, round(y*o.scale)
	for _, r := range s {
		g := o.glyph(f, r)
		if t := g.texels; !t.Empty() {
			o.quads = append(o.quads, quad{
				rect:   [4]float32{pen + float32(g.offset.X), baseline + float32(g.offset.Y), float32(t.Dx()), float32(t.Dy())},
				texels: [4]float32{float32(t.Min.X), float32(t.Min.Y), float32(t.Dx()), float32(t.Dy())},
				color:  c,
			})
		}
		pen += g.advance
	}
	return (pen - left) / o.scale
}

// textRight writes a line of text that ends at x.
func (o *Overlay) textRight(x, y float32, f Face, c render.Color, s string) {
	o.Text(x-o.Width(f, s), y, f, c, s)
}

// Width returns the width of a line of text.
func (o *Overlay) Width(f Face, s string) float32 {
	var w float32
	for _, r := range s {
		w += o.glyph(f, r).advance
	}
	return w / o.scale
}

// cut returns s, or as much of its beginning as fits into a width together with an ellipsis.
func (o *Overlay) cut(f Face, s string, width float32) string {
	if o.Width(f, s) <= width {
		return s
	}
	const ellipsis = "…"
	end, room := 0, width-o.Width(f, ellipsis)
	for i, r := range s {
		if room -= o.glyph(f, r).advance / o.scale; room < 0 {
			break
		}
		end = i + len(string(r))
	}
	return strings.TrimRight(s[:min(end, len(s))], " ") + ellipsis
}

func (o *Overlay) glyph(f Face, r rune) glyph {
	o.check()
	if f < 0 || f >= faces {
		panic(fmt.Sprintf("overlay: there is no face %d: use Body, Strong or Title", f))
	}
	return o.atlas.glyph(f, r)
}

// Box fills a rectangle. Its corners have a radius.
func (o *Overlay) Box(x, y, width, height, radius float32, c render.Color) {
	o.box(x, y, width, height, radius, 0, c)
}

// Panel draws a translucent sheet with a rim. It is one quad and has no shadow: on a CPU that draws, each layer over
// the whole area of a panel costs as much as all of its text.
func (o *Overlay) Panel(x, y, width, height float32) { o.box(x, y, width, height, 10, 1, glass) }

func (o *Overlay) box(x, y, width, height, radius, rim float32, c render.Color) {
	o.check()
	s := o.scale
	left, top := round(x*s), round(y*s)
	o.quads = append(o.quads, quad{
		rect:   [4]float32{left, top, round((x+width)*s) - left, round((y+height)*s) - top},
		texels: [4]float32{0.5, 0.5, 0, 0},
		color:  c,
		edge:   [2]float32{radius * s, rim * s},
	})
}

// graph draws frame times as bars, the last one at the right, and lines at the times of 60 and 30 frames a second.
func (o *Overlay) graph(x, y, width, height float32, times []time.Duration) {
	const step, bar = 3, 2
	const fast, slow = time.Second / 60, time.Second / 30
	const highest = time.Second / 10 // the longest bar: a longer frame must not flatten the others
	n := int(min(float32(len(times)), width/step))
	times = times[len(times)-n:]
	top := slow * 11 / 10
	for _, t := range times {
		top = min(max(top, t), highest)
	}
	at := func(t time.Duration) float32 { return float32(min(t, top)) / float32(top) * height }
	for _, t := range []time.Duration{fast, slow} {
		o.Box(x, y+height-at(t), width, 1/o.scale, 0, line)
	}
	for i, t := range times {
		c := good
		if t > slow {
			c = poor
		} else if t > fast+fast/10 {
			c = fair
		}
		h := max(at(t), 1)
		o.Box(x+width-float32((n-i)*step), y+height-h, bar, h, 0, c)
	}
}

func round(v float32) float32 { return float32(math.Round(float64(v))) }
