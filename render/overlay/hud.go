package overlay

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slotstream/slotstream/render/frametime"
)

// Row is a line of a panel: a name and its value, or a key and what it does.
type Row struct{ Name, Value string }

// Times holds the last frame times, as many as the HUD's graph shows. The zero Times is empty and ready for use, by one
// goroutine at a time.
type Times struct {
	last []time.Duration // oldest first
}

const timesKept = 120

// Add appends the time from one frame to the next, and drops the oldest time if there are enough. Leave out a gap in
// which the program had nothing to draw: a Window's FrameTime returns 0 for it.
func (t *Times) Add(d time.Duration) {
	if len(t.last) == timesKept {
		copy(t.last, t.last[1:])
		t.last = t.last[:timesKept-1]
	}
	t.last = append(t.last, d)
}

// summary returns the mean of the last frames, up to half a second of them, and the 99th percentile of all.
func (t *Times) summary() (mean, p99 time.Duration) {
	if len(t.last) == 0 {
		return 0, 0
	}
	var sum time.Duration
	n := 0
	for i := len(t.last) - 1; i >= 0 && (n == 0 || sum < time.Second/2); i-- {
		sum += t.last[i]
		n++
	}
	sorted := slices.Sorted(slices.Values(t.last))
	return sum / time.Duration(n), frametime.Quantile(sorted, 0.99)
}

const (
	margin    = 16 // inside a panel
	rowHeight = 20
	keyPitch  = 28
	capHeight = 20

	head, bars, gap = 44, 48, 10 // heights in the HUD: the numbers, the graph, and the space below it

	// HUDWidth is the width of the HUD, in pixels at a display scale of 1.
	HUDWidth = 2*margin + hudText
	hudText  = 270
)

// HUDHeight returns the height of the HUD with this number of rows.
func HUDHeight(rows int) float32 {
	return float32(margin + head + bars + gap + rows*rowHeight + margin/2)
}

// HUD draws a panel of the program's state: the frame rate, the frame times as numbers and as a graph, and rows. It
// returns the panel's height. A name or a value that is too long for its row is cut, and ends in an ellipsis.
func (o *Overlay) HUD(x, y float32, times *Times, rows []Row) float32 {
	height := HUDHeight(len(rows))
	o.Panel(x, y, HUDWidth, height)
	left, right := x+margin, x+HUDWidth-margin

	mean, p99 := times.summary()
	fps := 0.0
	if mean > 0 {
		fps = float64(time.Second) / float64(mean)
	}
	w := o.Text(left, y+margin+26, Title, Bright, fmt.Sprintf("%.0f", fps))
	o.Text(left+w+6, y+margin+26, Body, Dim, "fps")
	o.textRight(right, y+margin+10, Strong, Bright, milliseconds(mean))
	o.textRight(right, y+margin+26, Body, Dim, "p99 "+milliseconds(p99))

	o.graph(left, y+margin+head-4, hudText, bars, times.last)
	y += margin + head + bars + gap
	for i, r := range rows {
		baseline := y + float32(i*rowHeight) + 14
		name, value, face := o.fit(r)
		o.Text(left, baseline, Body, Dim, name)
		o.textRight(right, baseline, face, Bright, value)
	}
	return height
}

// fit returns a row's name and value, cut to share the width of the HUD, and the value's face: the narrower one if that
// helps. A long value leaves at least a third to a long name.
func (o *Overlay) fit(r Row) (name, value string, f Face) {
	const between, least = 8, hudText / 3
	f = Strong
	if o.Width(Body, r.Name)+between+o.Width(f, r.Value) > hudText {
		f = Body
	}
	value = o.cut(f, r.Value, hudText-between-min(o.Width(Body, r.Name), least))
	return o.cut(Body, r.Name, hudText-between-o.Width(f, value)), value, f
}

// KeysHeight returns the height of a panel of keys with this number of rows.
func KeysHeight(rows int) float32 { return float32(2*margin + rows*keyPitch - (keyPitch - capHeight)) }

// Keys draws a panel that says what keys do, and returns its size. It is as wide as its longest row. Separate the keys
// of one row by spaces.
func (o *Overlay) Keys(x, y float32, rows []Row) (width, height float32) {
	const capPad, gap = 7, 4
	var caps, texts float32
	for _, r := range rows {
		var w float32
		for _, k := range strings.Fields(r.Name) {
			w += max(o.Width(Strong, k)+2*capPad, capHeight) + gap
		}
		caps, texts = max(caps, w), max(texts, o.Width(Body, r.Value))
	}
	const column = 10
	width, height = 2*margin+caps+column+texts, KeysHeight(len(rows))
	o.Panel(x, y, width, height)
	for i, r := range rows {
		top, left := y+margin+float32(i*keyPitch), x+margin
		for _, k := range strings.Fields(r.Name) {
			w := o.Width(Strong, k)
			wide := max(w+2*capPad, capHeight)
			o.Box(left, top, wide, capHeight, 5, keycap)
			o.Text(left+(wide-w)/2, top+14, Strong, Bright, k)
			left += wide + gap
		}
		o.Text(x+margin+caps+column, top+14, Body, Dim, r.Value)
	}
	return width, height
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}
