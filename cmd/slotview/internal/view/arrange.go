package view

import (
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/cmd/internal/aabb"
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
	var lo, hi mgl32.Vec3
	any := false
	for i := range v.feeds {
		r, streams := &v.rooms[i], v.of(i)
		r.fit(streams)
		if !r.known {
			continue
		}
		by := mgl32.Vec3{}
		if any && !v.cfg.Together {
			by = beside(lo, hi, r.lo, r.hi)
		}
		by[1] = max(-r.lo[1], 0)
		if by != r.by {
			r.by, v.moved = by, true
		}
		for _, s := range streams {
			s.setOrigin(by)
		}
		l, h := r.lo.Add(by), r.hi.Add(by)
		if !any {
			lo, hi, any = l, h, true
			continue
		}
		for k := range 3 {
			lo[k], hi[k] = min(lo[k], l[k]), max(hi[k], h[k])
		}
	}
	if any {
		v.lo, v.hi = lo, hi
	}
}

// beside returns by how much to move a box so that it stands beside everything that has its place. It makes the longer
// side of the field no longer, so that the field stays nearly square and fills the window.
func beside(lo, hi, l, h mgl32.Vec3) (by mgl32.Vec3) {
	by = mgl32.Vec3{lo[0] - l[0], 0, lo[2] - l[2]}
	axis := 0
	if hi[0]-lo[0] > hi[2]-lo[2] {
		axis = 2
	}
	by[axis] = hi[axis] + gap*max(h[0]-l[0], h[2]-l[2]) - l[axis]
	return by
}

// gap is the way between two feeds, as a part of the second one's longer side.
const gap = 0.3
