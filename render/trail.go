//go:build cgo || js

package render

import (
	"fmt"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
)

// A Trail shows where things have been: for each thing the last places, joined by Lines. The lines are a ring in a
// group of an arena: a tick writes one line for each thing, over its oldest one. So a long trail costs a tick no more
// than a short one.
//
// A Trail belongs to the goroutine that commits the group.
type Trail struct {
	// Like has the width and the colours of the lines of the next ticks.
	Like Line
	// Colors has a colour for each thing, instead of Like's; nil for none.
	Colors []RGBA8

	span   arena.GroupSpan[Line]
	places []mgl32.Vec3 // of the last tick
	length int
	ticks  int // that were added
}

// NewTrail makes a trail of length lines for each of so many things, in things·length slots of g. It returns the
// error of g.AllocSpan: arena.ErrFull, for example.
func NewTrail(g arena.Group[Line], things, length int) (*Trail, error) {
	if things < 1 || length < 1 {
		return nil, fmt.Errorf("render: NewTrail: %d lines for each of %d things: give one at least", length, things)
	}
	span, err := g.AllocSpan(things*length, Line{})
	if err != nil {
		return nil, fmt.Errorf("render: NewTrail: %w", err)
	}
	return &Trail{Like: Line{Pixels: 1.5}, span: span, places: make([]mgl32.Vec3, things), length: length}, nil
}

// Add writes where the things are now, a place for each. The lines show with the group's next Commit, together with
// everything else in that tick. A place that is not finite is a gap: neither the line to it nor the line from it is
// drawn.
func (t *Trail) Add(places []mgl32.Vec3) {
	if len(places) != len(t.places) {
		panic(fmt.Sprintf("render: Trail.Add: %d places for %d things", len(places), len(t.places)))
	}
	if t.Colors != nil && len(t.Colors) != len(t.places) {
		panic(fmt.Sprintf("render: Trail.Add: %d Colors for %d things", len(t.Colors), len(t.places)))
	}
	if t.ticks == 0 {
		copy(t.places, places)
		t.ticks++
		return
	}
	row := t.span.Stage((t.ticks-1)%t.length*len(places), len(places))
	for i := range row {
		l := t.Like
		l.A, l.B = t.places[i], places[i]
		if t.Colors != nil {
			l.ColorA, l.ColorB = t.Colors[i], t.Colors[i]
		}
		row[i] = l
	}
	copy(t.places, places)
	t.ticks++
}

// Free frees the trail's slots. Do not use the trail afterwards.
func (t *Trail) Free() error { return t.span.Free() }
