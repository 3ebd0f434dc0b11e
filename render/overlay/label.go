package overlay

import (
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// labels are texts at places of the world. They are laid out when the target's size is known.
type labels struct {
	camera   *render.Camera
	renderer *render.Renderer // whose depth hides labels; nil: none is hidden
	all      []label
	quads    []quad // of the last layout
}

type label struct {
	place mgl32.Vec3
	text  string
}

// SetCamera sets the camera that Labels are seen by: the one that is given to Frame, which reads it. If r is not nil,
// what it has drawn hides the labels that are behind. r must draw the frame that the overlay lies over, and keeps its
// depth for that (Renderer.Depth). Set the camera once, and again where the camera or the renderer is another one.
func (o *Overlay) SetCamera(c *render.Camera, r *render.Renderer) {
	o.check()
	if c == nil {
		panic("overlay: SetCamera: the camera is nil")
	}
	o.labels.camera, o.labels.renderer = c, r
	if r != nil {
		r.Depth() // from the next frame on
	}
}

// Label writes a line of text above a place of the world, which counts from the camera's Origin. A dark plate makes
// it legible on every background. Call SetCamera first. Labels lie below the rest of the overlay, the last ones
// uppermost; what is outside of the picture or not finite is left out.
//
// A label costs somewhat more than a Text, so a frame may have thousands.
func (o *Overlay) Label(place mgl32.Vec3, text string) {
	o.check()
	if o.labels.camera == nil {
		panic("overlay: Label: there is no camera: call SetCamera first")
	}
	o.labels.all = append(o.labels.all, label{place, text})
}

const (
	labelHeight = 19 // of a plate
	labelPad    = 6  // at the sides of the text
	labelGap    = 7  // between the place and the plate
)

// layLabels makes the quads of the labels for a target of width × height pixels.
func (o *Overlay) layLabels(width, height int) {
	l := &o.labels
	rest := o.quads
	o.quads = l.quads[:0]
	if len(l.all) > 0 {
		clip := l.camera.Projection(float32(width) / float32(height)).Mul4(l.camera.View())
		for i := range l.all {
			p := clip.Mul4x1(l.all[i].place.Vec4(1))
			x, y, depth := (p[0]/p[3]+1)/2*float32(width), (1-p[1]/p[3])/2*float32(height), p[2]/p[3]
			// Written so that NaN is outside.
			if !(p[3] > 0 && depth > 0 && depth <= 1 && x >= 0 && y >= 0 && x < float32(width) && y < float32(height)) {
				continue
			}
			first := len(o.quads)
			wide := o.Width(Body, l.all[i].text)
			left, top := x/o.scale-wide/2, y/o.scale-labelGap-labelHeight
			o.box(left-labelPad, top, wide+2*labelPad, labelHeight, 5, 0, plate)
			o.Text(left, top+14, Body, Bright, l.all[i].text)
			if l.renderer != nil {
				for k := first; k < len(o.quads); k++ {
					o.quads[k].behind = [3]float32{x, y, depth}
				}
			}
		}
	}
	l.quads, o.quads = o.quads, rest
}

var plate = alpha(render.RGB(0x0d1220), 0.82)
