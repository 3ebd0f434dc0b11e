package demo

import (
	"slices"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/words"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/overlay"
)

// A kind says what a slot shows.
type kind uint8

const (
	hidden kind = iota
	resting
	moving // between two ticks
	tank
	kinds
)

// A meaning says how to read the slots of one type.
type meaning[T any] struct {
	kind  func(*T) kind
	place func(*T) (middle mgl32.Vec3, reach float32) // of a slot that is resting or moving
	tank  func(*T) physics.Tank
	moves bool // whether slots of this type can move between two ticks
}

// A census counts the slots of an arena by kind. A recording and a publisher send slots without saying what they are,
// so the census reads the mirror. It follows the arena and looks only at slots that changed. It belongs to the
// goroutine that descends.
type census[T any] struct {
	meaning[T]
	arena  *arena.Arena[T]
	news   *arena.Backlog
	of     []kind // of each slot
	count  [kinds]int
	retank bool // a tank has changed since the last call of tanks
}

func newCensus[T any](a *arena.Arena[T], m meaning[T]) census[T] {
	return census[T]{meaning: m, arena: a, news: a.Follow()}
}

// look counts the slots that have changed since the last look.
func (c *census[T]) look() {
	mirror := c.arena.Mirror()
	for _, r := range c.news.Ranges() {
		if more := r.End() - len(c.of); more > 0 {
			c.of = append(c.of, make([]kind, more)...)
			c.count[hidden] += more
		}
		for i := r.First; i < r.End(); i++ {
			was, is := c.of[i], c.kind(&mirror[i])
			c.of[i] = is
			c.count[was]--
			c.count[is]++
			c.retank = c.retank || was == tank || is == tank
		}
	}
	c.news.Clear()
}

// tanks looks, and returns all tanks if one of them has changed since the last call.
func (c *census[T]) tanks() (all []physics.Tank, changed bool) {
	c.look()
	changed, c.retank = c.retank, false
	if !changed {
		return nil, false
	}
	mirror := c.arena.Mirror()
	for i, k := range c.of {
		if k == tank {
			all = append(all, c.tank(&mirror[i]))
		}
	}
	return all, true
}

// bounds returns the corners of the smallest box around everything visible. If nothing is visible, the box is one metre
// wide.
func (c *census[T]) bounds() (lo, hi mgl32.Vec3) {
	mirror := c.arena.Mirror()
	var all []physics.Tank
	for i, k := range c.of {
		if k == resting || k == moving {
			middle, reach := c.place(&mirror[i])
			all = append(all, physics.Tank{Center: middle, Half: mgl32.Vec3{reach, reach, reach}})
		}
	}
	if len(all) == 0 {
		return mgl32.Vec3{-0.5, 0, -0.5}, mgl32.Vec3{0.5, 1, 0.5}
	}
	return physics.Bounds(all)
}

// seen returns how many slots are visible.
func (c *census[T]) seen() int { return c.count[resting] + c.count[moving] }

// rows returns the numbers of cubes for the panel of the state.
func (c *census[T]) rows() []overlay.Row {
	rows := []overlay.Row{{Name: "cubes", Value: words.Count(c.seen())}}
	if c.moves {
		rows = append(rows, overlay.Row{Name: "awake", Value: words.Count(c.count[moving])})
	}
	return rows
}

// words returns the number of cubes and, after sep, how many are awake.
func (c *census[T]) words(sep string) string {
	text := words.Plural(c.seen(), "cube")
	if c.moves {
		text += sep + words.Count(c.count[moving]) + " awake"
	}
	return text
}

// diagonal is half the diagonal of a cube of edge 1: the distance from its centre to a corner.
const diagonal = 0.87

// The meanings of the types that package render draws.
var (
	matrices = meaning[mgl32.Mat4]{
		kind: kindOfMatrix, place: placeOfMatrix,
	}
	instances = meaning[render.Instance]{
		kind:  func(i *render.Instance) kind { return kindOfMatrix(&i.Model) },
		place: func(i *render.Instance) (mgl32.Vec3, float32) { return placeOfMatrix(&i.Model) },
	}
	motions = meaning[render.Motion]{kind: kindOfMotion, place: placeOfMotion, moves: true}

	motionInstances = meaning[render.MotionInstance]{
		kind: func(m *render.MotionInstance) kind {
			if _, ok := tankOf(m); ok {
				return tank
			}
			return kindOfMotion(&m.Motion)
		},
		place: func(m *render.MotionInstance) (mgl32.Vec3, float32) { return placeOfMotion(&m.Motion) },
		tank:  func(m *render.MotionInstance) physics.Tank { t, _ := tankOf(m); return t },
		moves: true,
	}
)

func kindOfMatrix(m *mgl32.Mat4) kind {
	if !slices.ContainsFunc(m[:12], func(v float32) bool { return v != 0 }) {
		return hidden
	}
	return resting
}

func placeOfMatrix(m *mgl32.Mat4) (middle mgl32.Vec3, reach float32) {
	return m.Col(3).Vec3(), diagonal * max(m.Col(0).Len(), m.Col(1).Len(), m.Col(2).Len())
}

func kindOfMotion(m *render.Motion) kind {
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
