package view

import (
	"github.com/slotstream/slotstream/render"
)

// A shape is a mesh, in a colour of its own or in that of the slot.
type shape struct {
	mesh    string // a file, or the name of a built-in one
	colored bool
	color   render.Color
}

// palette is for slots without a colour beside slots that have one.
var palette = [...]render.Color{
	render.RGB(0xE4572E), render.RGB(0xF3A712), render.RGB(0xF0E2C4), render.RGB(0x3F57A0),
	render.RGB(0x669BBC), render.RGB(0x2A9D8F), render.RGB(0xA8C686), render.RGB(0xC73E5B),
}

// lacking is a shape that no set has: slots that show it are not drawn.
const lacking = 255

// choose lists the shapes that the parts show. tints says that slots have colours of their own.
func (d *drawing[T]) choose(tints bool) {
	d.tints, d.index = tints, map[shape]uint8{}
	for _, p := range d.parts {
		d.colored = d.colored || len(p.bodies.Colors) > 0
	}
	for _, p := range d.parts {
		// After so many slots the shapes and colours begin again.
		period := max(len(p.bodies.Shape), 1) * max(len(p.bodies.Colors), 1)
		if d.colored && len(p.bodies.Colors) == 0 && !tints {
			period *= len(palette)
		}
		for i := range min(period, p.count, 1<<16) {
			s := d.shapeOf(p, i)
			if _, ok := d.index[s]; !ok && len(d.shapes) < lacking {
				d.index[s] = uint8(len(d.shapes))
				d.shapes = append(d.shapes, s)
			}
		}
	}
}

// shapeOf returns what a part's slot i shows. In a batch with colours each shape has one.
func (d *drawing[T]) shapeOf(p *part, i int) (s shape) {
	s.mesh = p.bodies.Mesh
	if n := len(p.bodies.Shape); n > 0 {
		s.mesh = p.bodies.Shapes[p.bodies.Shape[i%n]]
	}
	if !d.colored {
		return s
	}
	s.colored = true
	switch n := len(p.bodies.Colors); {
	case n > 0:
		s.color = p.bodies.Colors[i%n]
	case d.tints:
		s.color = render.Color{1, 1, 1, 1}
	default:
		s.color = palette[i%len(palette)]
	}
	return s
}

// shape says what the slots below top show, if it has not yet.
func (d *drawing[T]) shape(top int) {
	if d.set == nil || d.shaped >= top {
		return
	}
	d.batch.SetShape(d.shaped, top-d.shaped, lacking)
	for _, p := range d.parts {
		for i := max(d.shaped, p.first); i < top && p.has(i); i++ {
			d.batch.SetShape(i, 1, d.index[d.shapeOf(p, i-p.first)])
		}
	}
	d.shaped = top
}
