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

// kind is what a slot is.
type kind uint8

const (
	hidden kind = iota
	resting
	moving // by itself, between two ticks
	tank
	kinds
)

// meaning is what slots of a type mean.
type meaning[T any] struct {
	kind  func(*T) kind
	place func(*T) (middle mgl32.Vec3, reach float32) // of what is not hidden
	tank  func(*T) physics.Tank
	moves bool // some of them, by themselves
}

// census counts the slots of a mirror by what they are: of slots that come from elsewhere nobody else knows. It looks
// at what changed only.
type census[T any] struct {
	meaning[T]
	of     []kind // each slot
	count  [kinds]int
	retank bool // tanks have changed since they were listed
}

// look takes note of what a Descend changed.
func (c *census[T]) look(mirror []T, d arena.Delta) {
	for _, r := range d.Ranges {
		if more := r.End() - len(c.of); more > 0 {
			c.of = append(c.of, make([]kind, more)...)
			c.count[hidden] += more
		}
		for i := r.First; i < r.End(); i++ {
			was, is := c.of[i], hidden
			if i < len(mirror) {
				is = c.kind(&mirror[i])
			}
			c.of[i] = is
			c.count[was]--
			c.count[is]++
			c.retank = c.retank || was == tank || is == tank
		}
	}
}

// tanks are those among the slots, and whether they may be others than at the last call.
func (c *census[T]) tanks(mirror []T) (all []physics.Tank, changed bool) {
	changed, c.retank = c.retank, false
	if !changed {
		return nil, false
	}
	for i, k := range c.of {
		if k == tank {
			all = append(all, c.tank(&mirror[i]))
		}
	}
	return all, true
}

// bounds are the corners of the smallest box around all that is to be seen, or of a metre if that is nothing.
func (c *census[T]) bounds(mirror []T) (lo, hi mgl32.Vec3) {
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
	return bounds(all)
}

// seen is how many slots show something.
func (c *census[T]) seen() int { return c.count[resting] + c.count[moving] }

// rows say what there is, for the state's panel; words in a sentence, after sep what is awake.
func (c *census[T]) rows() []overlay.Row {
	rows := []overlay.Row{{Name: "cubes", Value: words.Count(c.seen())}}
	if c.moves {
		rows = append(rows, overlay.Row{Name: "awake", Value: words.Count(c.count[moving])})
	}
	return rows
}

func (c *census[T]) words(sep string) string {
	text := words.Plural(c.seen(), "cube")
	if c.moves {
		text += sep + words.Count(c.count[moving]) + " awake"
	}
	return text
}

// What slots of the types that the renderer knows mean. Half a cube's diagonal is how far it reaches.
const diagonal = 0.87

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
