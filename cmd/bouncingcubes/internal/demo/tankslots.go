package demo

import (
	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/render"
)

// tankSlots stores each tank as a slot among the cubes, so that recordings and followers get the tanks, too. The slot
// is a motion of scale 0, which draws nothing: From is the centre of the tank, To are its half sizes.
type tankSlots struct {
	arena *arena.Arena[render.MotionInstance]
	span  arena.Span[render.MotionInstance]
}

// update replaces all slots by those of the given tanks.
func (t *tankSlots) update(tanks []physics.Tank) error {
	if t.span.Len() > 0 {
		if err := t.span.Free(); err != nil {
			return err
		}
	}
	all := make([]render.MotionInstance, len(tanks))
	for i, tank := range tanks {
		all[i].Motion = render.Motion{From: tank.Center, To: tank.Half}
	}
	var err error
	if t.span, err = t.arena.AllocSpan(len(all), render.MotionInstance{}); err == nil {
		t.span.StoreAll(all)
	}
	return err
}

// tankOf returns the tank that a slot stands for, if it stands for one.
func tankOf(m *render.MotionInstance) (tank physics.Tank, ok bool) {
	if m.Motion.Scale != 0 || m.Motion.To == (render.Motion{}).To {
		return tank, false
	}
	return physics.Tank{Center: m.Motion.From, Half: m.Motion.To}, true
}
