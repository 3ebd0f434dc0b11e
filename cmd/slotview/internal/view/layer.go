package view

import (
	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/render"
)

// A layer is a stream as the scene draws it. While the user looks back, it shows the past of the stream. The stream
// itself goes on, and so do recordings and publications of it.
type layer struct {
	stream // live, or of a recording

	viewer *Viewer
	feed   int     // of the viewer, that the stream belongs to
	minute *minute // nil: the last minute is not kept
	past   stream  // nil: the present is shown

	renderer *render.Renderer
	cfg      render.BatchConfig
}

// shown returns the stream to look at, or nil if the layer shows nothing: it had nothing to show at that time. A layer
// whose minute could not be kept shows the present.
func (l *layer) shown() stream {
	switch {
	case l.past != nil:
		return l.past
	case l.minute.keeps() && l.viewer.back != nil:
		return nil
	}
	return l.stream
}

// Draw also keeps what the past needs.
func (l *layer) Draw(r *render.Renderer, cube *render.Mesh, cfg render.BatchConfig) error {
	l.renderer, l.cfg = r, cfg
	return l.stream.Draw(r, cube, cfg)
}

// Batches appends the batches of what is shown.
func (l *layer) Batches(all []render.Drawable) []render.Drawable {
	if s := l.shown(); s != nil {
		return s.Batches(all)
	}
	return all
}

// Descend brings the present up to date, and the past if it is shown. The minute takes what the present shows.
func (l *layer) Descend() {
	l.stream.Descend()
	l.stream.sync(l.viewer.now)
	switch {
	case l.past != nil:
		l.past.Descend()
		l.past.sync(l.viewer.now)
	case l.minute != nil && l.viewer.back == nil:
		l.minute.append()
	}
}

// Release frees the batches.
func (l *layer) Release() {
	if l.past != nil {
		l.past.Release()
	}
	l.stream.Release()
}

// shown returns the streams that are shown, in the order of their batches.
func (v *Viewer) shown() (all []stream) {
	for _, l := range v.layers {
		if s := l.shown(); s != nil {
			all = append(all, s)
		}
	}
	return all
}

// of returns the streams of feed i that are shown.
func (v *Viewer) of(i int) (all []stream) {
	for _, l := range v.layers {
		if s := l.shown(); l.feed == i && s != nil {
			all = append(all, s)
		}
	}
	return all
}

// Layers returns the streams that have come.
func (v *Viewer) Layers() []stage.Layer {
	v.leave() // no frame is under way
	all := make([]stage.Layer, len(v.layers))
	for i, l := range v.layers {
		all[i] = l
	}
	return all
}

// join makes a layer of a stream that has come.
func (v *Viewer) join(s stream, feed int) {
	for _, l := range v.layers {
		if l.stream == s {
			return
		}
	}
	v.layers = append(v.layers, &layer{stream: s, viewer: v, feed: feed})
	v.keep()
}
