package overlay

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slotstream/slotstream/render/frametime"
)

// Row is a line of a panel: what it is, and its value; or a key, and what it does.
type Row struct{ Name, Value string }

// Times are the last frame times, oldest first: as many as a graph shows. The zero Times is empty and ready for use,
// by one goroutine.
type Times struct{ last []time.Duration }

const timesKept = 120

// Add appends a frame time, and forgets the oldest where there are enough.
func (t *Times) Add(d time.Duration) {
	if len(t.last) == timesKept {
		copy(t.last, t.last[1:])
		t.last = t.last[:timesKept-1]
	}
	t.last = append(t.last, d)
}

// summary is the mean of the last frames, up to half a second of them, and the 99th percentile of all.
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

	head, graph, gap = 44, 48, 10 // of the HUD: numbers, graph, and the space below it

	// HUDWidth is the width of the panel of the program's state.
	HUDWidth = 2*margin + 270
)

// HUDHeight is the height of the panel of the program's state with so many rows.
func HUDHeight(rows int) float32 {
	return float32(margin + head + graph + gap + rows*rowHeight + margin/2)
}

// HUD is the panel of the program's state: frame rate, frame times, and rows. It returns its height.
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
	o.TextRight(right, y+margin+10, Strong, Bright, milliseconds(mean))
	o.TextRight(right, y+margin+26, Body, Dim, "p99 "+milliseconds(p99))

	o.Graph(left, y+margin+head-4, HUDWidth-2*margin, graph, times.last)
	y += margin + head + graph + gap
	for i, r := range rows {
		baseline := y + float32(i*rowHeight) + 14
		o.Text(left, baseline, Body, Dim, r.Name)
		o.TextRight(right, baseline, Strong, Bright, r.Value)
	}
	return height
}

// KeysHeight is the height of a panel of keys.
func KeysHeight(rows int) float32 { return float32(2*margin + rows*keyPitch - (keyPitch - capHeight)) }

// Keys is the panel that says what keys do: keys of one row are separated by spaces. It returns its size.
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
