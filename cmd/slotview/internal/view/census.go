package view

import (
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/internal/aabb"
)

// A census counts the slots of an arena by state, and knows the box around all that was ever visible. A source sends
// slots without saying what they are, so the census reads the mirror. It follows the arena and looks only at slots that
// changed. It belongs to the goroutine that descends.
type census[T any] struct {
	kind[T]
	arena *arena.Arena[T]
	turn  func(slot int, p mgl32.Vec3) mgl32.Vec3 // from the slot's coordinates to the scene's, before it is moved

	news   *arena.Backlog
	of     []state // of each slot
	count  [states]int
	rebox  bool       // a box has changed since the last call of boxes
	lo, hi mgl32.Vec3 // corners of the box around everything
	known  bool       // lo and hi
	floor  float32    // the lowest middle of a slot

	next time.Time // no look before, as the last one took long
}

// ease is the part of the time that a census may take of the render goroutine: a twentieth.
const ease = 20

// look counts the slots that have changed since the last look. If it takes long, the next looks are left out for a
// while, unless it must be now. It reports whether it looked.
func (c *census[T]) look(now bool) bool {
	began := time.Now()
	if len(c.news.Ranges()) == 0 || !now && began.Before(c.next) {
		return false
	}
	mirror := c.arena.Mirror()
	for _, r := range c.news.Ranges() {
		if more := r.End() - len(c.of); more > 0 {
			c.of = append(c.of, make([]state, more)...)
			c.count[hidden] += more
		}
		for i := r.First; i < r.End(); i++ {
			was, is := c.of[i], c.state(&mirror[i])
			c.of[i] = is
			c.count[was]--
			c.count[is]++
			c.rebox = c.rebox || was == box || is == box
			if is == resting || is == moving {
				c.grow(i, &mirror[i])
			}
		}
	}
	c.news.Clear()
	c.next = began.Add(ease * time.Since(began))
	return true
}

// grow makes the box so large that it holds a slot. NaN and the like have no place.
func (c *census[T]) grow(slot int, v *T) {
	p, reach := c.place(v)
	far := c.turn(slot, p.Add(mgl32.Vec3{reach, 0, 0}))
	p = c.turn(slot, p)
	reach = far.Sub(p).Len()
	if !(p.Len()+reach < 1e9) {
		return
	}
	lo, hi := p.Sub(mgl32.Vec3{reach, reach, reach}), p.Add(mgl32.Vec3{reach, reach, reach})
	if !c.known {
		c.lo, c.hi, c.floor, c.known = lo, hi, p[1], true
		return
	}
	c.floor = min(c.floor, p[1])
	for k := range 3 {
		c.lo[k], c.hi[k] = min(c.lo[k], lo[k]), max(c.hi[k], hi[k])
	}
}

// refit makes the box the smallest one around everything that is visible now.
func (c *census[T]) refit() {
	c.known = false
	mirror := c.arena.Mirror()
	for i, s := range c.of {
		if s == resting || s == moving {
			c.grow(i, &mirror[i])
		}
	}
}

// boxes appends the boxes among the slots.
func (c *census[T]) boxes(all []aabb.Box) []aabb.Box {
	c.rebox = false
	if c.count[box] == 0 {
		return all
	}
	mirror := c.arena.Mirror()
	for i, s := range c.of {
		if s == box {
			all = append(all, c.box(&mirror[i]))
		}
	}
	return all
}

// seen returns how many slots are visible.
func (c *census[T]) seen() int { return c.count[resting] + c.count[moving] }
