package stage

import (
	"github.com/slotstream/slotstream/cmd/internal/aabb"
	"github.com/slotstream/slotstream/render"
)

// BoxSlot returns the slot that stands for a box among the bodies of an arena, so that recordings and followers get the
// boxes, too. It is a motion of scale 0, which draws nothing: From is the centre, To are the half sizes.
func BoxSlot(b aabb.Box) (m render.MotionInstance) {
	m.Motion = render.Motion{From: b.Center, To: b.Half}
	return m
}

// BoxOf returns the box that a slot stands for, if it stands for one.
func BoxOf(m *render.MotionInstance) (b aabb.Box, ok bool) {
	if m.Motion.Scale != 0 || m.Motion.To == (render.Motion{}).To {
		return b, false
	}
	return aabb.Box{Center: m.Motion.From, Half: m.Motion.To}, true
}
