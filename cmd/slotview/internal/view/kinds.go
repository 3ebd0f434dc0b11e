package view

import (
	"slices"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/internal/aabb"
	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/shaders"
)

// A state says what a slot shows.
type state uint8

const (
	hidden state = iota
	resting
	moving // between two ticks
	box    // a box to draw
	states
)

// A kind says how to read the slots of one type.
type kind[T any] struct {
	state  func(*T) state
	place  func(*T) (middle mgl32.Vec3, reach float32) // of a slot that is resting or moving
	box    func(*T) aabb.Box
	blend  func(m *T, now, tick time.Duration) mgl32.Vec3 // where a slot that moves between ticks is; nil: nothing does
	record string                                         // the WGSL of such a slot; empty: turn is there instead
	turn   func(v T, f frame) T                           // turns a slot from the frame into the scene's coordinates
	moves  bool                                           // slots of this type can move between two ticks
	tints  bool                                           // each slot has a colour of its own
	bare   bool                                           // it is drawn without a mesh
}

// The kinds of slots that package render draws.
var (
	matrices = kind[mgl32.Mat4]{
		state: stateOfMatrix, place: placeOfMatrix, record: shaders.RecordMat4,
	}
	instances = kind[render.Instance]{
		state:  func(i *render.Instance) state { return stateOfMatrix(&i.Model) },
		place:  func(i *render.Instance) (mgl32.Vec3, float32) { return placeOfMatrix(&i.Model) },
		record: shaders.RecordInstance, tints: true,
	}
	motions = kind[render.Motion]{
		state: stateOfMotion, place: placeOfMotion, record: shaders.RecordMotion, moves: true, blend: blended,
	}
	motionInstances = kind[render.MotionInstance]{
		state: func(m *render.MotionInstance) state {
			if _, ok := stage.BoxOf(m); ok {
				return box
			}
			return stateOfMotion(&m.Motion)
		},
		place: func(m *render.MotionInstance) (mgl32.Vec3, float32) { return placeOfMotion(&m.Motion) },
		box:   func(m *render.MotionInstance) aabb.Box { b, _ := stage.BoxOf(m); return b },
		blend: func(m *render.MotionInstance, now, tick time.Duration) mgl32.Vec3 {
			return blended(&m.Motion, now, tick)
		},
		record: shaders.RecordMotionInstance, moves: true, tints: true,
	}
	lines = kind[render.Line]{
		state: func(l *render.Line) state {
			if l.A == l.B {
				return hidden
			}
			return resting
		},
		place: func(l *render.Line) (mgl32.Vec3, float32) { return l.A.Add(l.B).Mul(0.5), l.A.Sub(l.B).Len() / 2 },
		bare:  true, tints: true,
		turn: func(l render.Line, f frame) render.Line {
			l.A, l.B, l.Width = f.point(l.A), f.point(l.B), l.Width*float32(f.unit)
			return l
		},
	}
	points = kind[render.Point]{
		state: func(p *render.Point) state {
			if p.Radius <= 0 && p.Pixels <= 0 {
				return hidden
			}
			return resting
		},
		place: func(p *render.Point) (mgl32.Vec3, float32) { return p.Center, max(p.Radius, 0) },
		bare:  true, tints: true,
		turn: func(p render.Point, f frame) render.Point {
			p.Center, p.Radius = f.point(p.Center), p.Radius*float32(f.unit)
			return p
		},
	}
)

// The layouts of these kinds, those first that a publisher has most likely.
var layouts = []string{
	arena.Layout[render.MotionInstance](), arena.Layout[mgl32.Mat4](), arena.Layout[render.Motion](),
	arena.Layout[render.Instance](), arena.Layout[render.Line](), arena.Layout[render.Point](),
}

// Draws reports whether the program can draw slots of a layout, as arena.Layout names it.
func Draws(layout string) bool { return slices.Contains(layouts, layout) }

// diagonal is half the diagonal of a cube of edge 1: the distance from its centre to a corner.
const diagonal = 0.87

func stateOfMatrix(m *mgl32.Mat4) state {
	if !slices.ContainsFunc(m[:12], func(v float32) bool { return v != 0 }) {
		return hidden
	}
	return resting
}

func placeOfMatrix(m *mgl32.Mat4) (middle mgl32.Vec3, reach float32) {
	return m.Col(3).Vec3(), diagonal * max(m.Col(0).Len(), m.Col(1).Len(), m.Col(2).Len())
}

func stateOfMotion(m *render.Motion) state {
	switch {
	case m.Scale == 0:
		return hidden
	case m.From == m.To && m.FromTurn == m.ToTurn:
		return resting
	}
	return moving
}

func placeOfMotion(m *render.Motion) (middle mgl32.Vec3, reach float32) {
	return m.To, diagonal * m.Scale
}

func blended(m *render.Motion, now, tick time.Duration) mgl32.Vec3 {
	at := m.At(now, tick)
	return at.Col(3).Vec3()
}
