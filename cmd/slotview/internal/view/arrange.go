package view

import (
	"math"
	"slices"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/cmd/internal/aabb"
	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/render"
)

// A room is the box in the scene that a feed takes.
type room struct {
	lo, hi mgl32.Vec3 // in the feed's coordinates
	known  bool
	by     mgl32.Vec3 // how far the feed is moved
}

// slack is how much larger than its bodies a room becomes, so that the next change is not soon.
const slack = 0.1

// fit makes the room so large that all streams of a feed have a place. Where they have boxes, or say their bounds, they
// have that much room. Otherwise the room grows with the bodies.
func (r *room) fit(streams []stream) {
	var boxes []aabb.Box
	for _, s := range streams {
		boxes = s.boxes(boxes)
	}
	if len(boxes) > 0 {
		r.lo, r.hi = aabb.Bounds(boxes)
		r.known = true
		return
	}
	for _, s := range streams {
		for _, p := range s.parted() {
			if p.says.Lo != p.says.Hi {
				r.lo, r.hi, r.known = p.says.Lo, p.says.Hi, true
				return
			}
		}
	}
	lo, hi, floor, any := r.lo, r.hi, float32(0), r.known
	for _, s := range streams {
		l, h, low, ok := s.extent()
		switch {
		case !ok:
			continue
		case !any:
			lo, hi, floor, any = l, h, low, true
		}
		floor = min(floor, low)
		for k := range 3 {
			lo[k], hi[k] = min(lo[k], l[k]), max(hi[k], h[k])
		}
	}
	if !any || r.known && lo == r.lo && hi == r.hi {
		return
	}
	more := hi.Sub(lo).Mul(slack)
	for k := range 3 {
		if !r.known || lo[k] < r.lo[k] {
			lo[k] -= more[k]
		}
		if !r.known || hi[k] > r.hi[k] {
			hi[k] += more[k]
		}
	}
	if floor >= 0 {
		lo[1] = max(lo[1], 0) // bodies stand on the ground
	}
	r.lo, r.hi, r.known = lo, hi, true
}

// arrange places the feeds beside each other, or on top of each other, and updates the box around all of them. A feed
// with bodies below the ground is lifted above it.
func (v *Viewer) arrange() {
	var rooms []*room
	for i := range v.feeds {
		r := &v.rooms[i]
		if r.fit(v.of(i)); r.known {
			rooms = append(rooms, r)
		}
	}
	places := make([]mgl32.Vec3, len(rooms))
	if len(rooms) > 1 && !v.cfg.Together {
		places = v.beside(rooms)
	}
	for i, r := range rooms {
		by := places[i]
		by[1] = max(-r.lo[1], 0)
		if by != r.by {
			r.by, v.moved = by, true
		}
	}
	v.corners = v.corners[:0]
	for i := range v.feeds {
		r := &v.rooms[i]
		if !r.known {
			continue
		}
		for _, s := range v.of(i) {
			s.setOrigin(r.by)
		}
		v.corners = r.corners(v.corners, r.by)
	}
	if len(v.corners) > 0 {
		v.lo, v.hi = v.corners[0], v.corners[0]
	}
	for _, p := range v.corners {
		for k := range 3 {
			v.lo[k], v.hi[k] = min(v.lo[k], p[k]), max(v.hi[k], p[k])
		}
	}
}

// Corners returns the corners of the boxes that the camera is to show, in a picture of this aspect.
func (v *Viewer) Corners(aspect float32) []mgl32.Vec3 {
	if v.aspect != aspect {
		v.aspect = aspect
		v.arrange()
	}
	return v.corners
}

// corners appends the corners of a room that is moved.
func (r *room) corners(all []mgl32.Vec3, by mgl32.Vec3) []mgl32.Vec3 {
	lo, hi := r.lo.Add(by), r.hi.Add(by)
	for i := range 8 {
		c := lo
		for axis := range 3 {
			if i>>axis&1 != 0 {
				c[axis] = hi[axis]
			}
		}
		all = append(all, c)
	}
	return all
}

// An arrangement is where rooms stand, and what that follows from.
type arrangement struct {
	boxes  []mgl32.Vec3 // lo and hi of each room
	aspect float32
	places []mgl32.Vec3
}

// beside returns where the rooms stand. They move only if a room or the picture has another size.
func (v *Viewer) beside(rooms []*room) []mgl32.Vec3 {
	var boxes []mgl32.Vec3
	for _, r := range rooms {
		boxes = append(boxes, r.lo, r.hi)
	}
	if a := &v.stands; !slices.Equal(a.boxes, boxes) || a.aspect != v.aspect {
		*a = arrangement{boxes, v.aspect, beside(rooms, stage.Camera(v.first), v.aspect)}
	}
	return slices.Clone(v.stands.places)
}

// beside returns by how much to move each room, so that the rooms stand in columns and rows, and cover as much as
// possible of a picture of this aspect that the camera c sees, without hiding each other. The first room stays.
func beside(rooms []*room, c render.Camera, aspect float32) (best []mgl32.Vec3) {
	if aspect == 0 {
		aspect = 16.0 / 9
	}
	most := float32(math.Inf(-1))
	for columns := len(rooms); columns > 0; columns-- {
		for _, right := range directions(c) {
			places := grid(rooms, c, right, columns)
			var corners []mgl32.Vec3
			for i, r := range rooms {
				corners = r.corners(corners, places[i])
			}
			at := c
			at.FitPoints(corners, aspect, 0)
			once, twice := covered(at.Projection(aspect).Mul4(at.View()), corners)
			if part := once - 4*twice; part > most {
				most, best = part, places
			}
		}
	}
	return best
}

// directions returns in which directions columns may follow each other: to the right in the picture, or along the axis
// that goes most to the right.
func directions(c render.Camera) [2]mgl32.Vec3 {
	sin, cos := math.Sincos(float64(c.Yaw))
	right := mgl32.Vec3{float32(cos), 0, -float32(sin)}
	axis := mgl32.Vec3{float32(math.Copysign(1, cos)), 0, 0}
	if math.Abs(sin) > math.Abs(cos) {
		axis = mgl32.Vec3{0, 0, -float32(math.Copysign(1, sin))}
	}
	return [2]mgl32.Vec3{right, axis}
}

// covered returns which part of a picture boxes cover, and which part more than one box covers. clip projects the
// corners of the boxes, eight of each.
func covered(clip mgl32.Mat4, corners []mgl32.Vec3) (once, twice float32) {
	const across, down = 32, 18 // samples
	var count [across * down]uint8
	for ; len(corners) > 0; corners = corners[8:] {
		var at [8]mgl32.Vec2
		lo, hi := mgl32.Vec2{1, 1}, mgl32.Vec2{-1, -1}
		for i, p := range corners[:8] {
			q := clip.Mul4x1(p.Vec4(1))
			at[i] = mgl32.Vec2{q[0] / q[3], q[1] / q[3]}
			for k := range 2 {
				lo[k], hi[k] = min(lo[k], at[i][k]), max(hi[k], at[i][k])
			}
		}
		for i := range count {
			p := mgl32.Vec2{(2*float32(i%across)+1)/across - 1, (2*float32(i/across)+1)/down - 1}
			if count[i] < 2 && p[0] > lo[0] && p[0] < hi[0] && p[1] > lo[1] && p[1] < hi[1] && within(&at, p) {
				count[i]++
			}
		}
	}
	for _, n := range count {
		once += min(float32(n), 1) / float32(len(count))
		twice += max(float32(n)-1, 0) / float32(len(count))
	}
	return once, twice
}

// within reports whether p is in the convex hull of the points: no line through p has all of them on one side.
func within(points *[8]mgl32.Vec2, p mgl32.Vec2) bool {
	for _, a := range points {
		d, left, right := a.Sub(p), false, false
		for _, b := range points {
			e := b.Sub(p)
			turn := d[0]*e[1] - d[1]*e[0]
			left, right = left || turn > 0, right || turn < 0
		}
		if !left || !right {
			return false
		}
	}
	return true
}

// grid places the rooms in so many columns, which follow each other in the direction right. A column is as wide as its
// widest room. Rows run from the back to the front: each is so far before the one behind it that it does not hide it.
func grid(rooms []*room, c render.Camera, right mgl32.Vec3, columns int) []mgl32.Vec3 {
	front := mgl32.Vec3{-right[2], 0, right[0]}
	along := func(r *room, axis mgl32.Vec3) float32 { // how long it is
		size := r.hi.Sub(r.lo)
		return size[0]*max(axis[0], -axis[0]) + size[2]*max(axis[2], -axis[2])
	}
	slope := float32(math.Tan(max(math.Abs(float64(c.Pitch)), flat)))
	count := (len(rooms) + columns - 1) / columns
	wide, deep, high := make([]float32, columns), make([]float32, count), make([]float32, count)
	for i, r := range rooms {
		col, row := i%columns, i/columns
		wide[col] = max(wide[col], along(r, right))
		deep[row] = max(deep[row], along(r, front))
		high[row] = max(high[row], r.hi[1]-r.lo[1])
	}
	space := gap * slices.Max(append(slices.Clone(wide), deep...))
	places := make([]mgl32.Vec3, len(rooms))
	z := float32(0)
	for row := range count {
		if row > 0 {
			z += deep[row-1]/2 + space + high[row]/slope + deep[row]/2
		}
		of := rooms[row*columns : min((row+1)*columns, len(rooms))]
		whole := space * float32(len(of)-1)
		for col := range of {
			whole += wide[col]
		}
		x := -whole / 2
		for col, r := range of {
			middle := r.lo.Add(r.hi).Mul(0.5)
			at := right.Mul(x + wide[col]/2).Add(front.Mul(z)).Sub(middle)
			places[row*columns+col] = mgl32.Vec3{at[0], 0, at[2]}
			x += wide[col] + space
		}
	}
	for i := len(places) - 1; i >= 0; i-- {
		places[i] = places[i].Sub(places[0])
	}
	return places
}

const (
	gap  = 0.08 // the way between two rooms, as a part of the longest side
	flat = 0.25 // the lowest pitch by which rows are placed; from below, they hide each other
)
