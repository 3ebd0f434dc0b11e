package demo

import (
	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/internal/aabb"
	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/render"
)

// tankSlots stores each tank as a slot among the cubes, so that recordings and followers get the tanks, too. The slot
// is a motion of scale 0, which draws nothing: From is the centre of the tank, To are its half sizes.
type tankSlots struct {
	arena *arena.Arena[render.MotionInstance]
	span  arena.Span[render.MotionInstance]
}

// update replaces all slots by those of the given tanks.
func (t *tankSlots) update(tanks []aabb.Box) error {
	if t.span.Len() > 0 {
		if err := t.span.Free(); err != nil {
			return err
		}
	}
	all := make([]render.MotionInstance, len(tanks))
	for i, tank := range tanks {
		all[i] = stage.BoxSlot(tank)
	}
	var err error
	if t.span, err = t.arena.AllocSpan(len(all), render.MotionInstance{}); err == nil {
		t.span.StoreAll(all)
	}
	return err
}
