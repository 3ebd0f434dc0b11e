package demo

import (
	"context"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/render"
)

// followedWorld is a world that another process publishes: the arena as it is published, and a copy on this viewer's
// clock and in its own place, which is drawn.
type followedWorld struct {
	name     string
	follower *relay.Follower[render.MotionInstance]
	from     *arena.Arena[render.MotionInstance]

	slots  slots[render.MotionInstance]
	group  arena.Group[render.MotionInstance]
	copied arena.GroupSpan[render.MotionInstance]
	census census[render.MotionInstance]
	boxes  []physics.Tank // shifted
	shift  mgl32.Vec3
	again  bool // all slots are to be copied: the place is another one
	clock  remoteClock
	shown  relay.Shown
	silent bool // nothing was heard of its publisher for a while
}

func followWorld(ctx context.Context, nc *nats.Conn, name string, most int) (*followedWorld, error) {
	from, err := arena.New(arena.Config[render.MotionInstance]{MaxSlots: most})
	if err != nil {
		return nil, err
	}
	to, err := arena.New(arena.Config[render.MotionInstance]{MaxSlots: most})
	if err != nil {
		return nil, err
	}
	w := &followedWorld{
		name: name, from: from, group: to.NewGroup(), slots: slots[render.MotionInstance]{arena: to},
		census: newCensus(to, motionInstances),
	}
	if w.copied, err = w.group.AllocSpan(most, render.MotionInstance{}); err != nil {
		return nil, err
	}
	if w.follower, err = relay.Follow(ctx, nc, name, from, relay.FollowerConfig{}); err != nil {
		return nil, err
	}
	return w, nil
}

// take copies what has come since the last call, as of now on the viewer's clock. It reports whether something has.
func (w *followedWorld) take(now time.Duration) (bool, error) {
	shown, err := w.follower.Receive()
	came := shown.Seq != w.shown.Seq || shown.Epoch != w.shown.Epoch
	if !came && !w.again {
		return false, err
	}
	if came {
		w.clock.heard(time.Duration(shown.Tick.Time), now)
		w.shown = shown
	}
	d := w.from.Descend()
	mirror, ranges := w.from.Mirror(), d.Ranges
	if w.again {
		ranges = []arena.Range{{First: 0, Count: len(mirror)}}
		w.again = false
	}
	later := uint32(w.clock.offset.Microseconds())
	for _, r := range ranges {
		for i := r.First; i < r.End(); i++ {
			var m render.MotionInstance
			if i < len(mirror) {
				m = mirror[i]
			}
			w.place(&m.Motion, later)
			w.copied.Set(i, &m)
		}
	}
	w.group.Commit(arena.Tick{Number: shown.Tick.Number, Time: now})
	return true, err
}

// place puts a motion, or a tank, where the world stands, and on the viewer's clock.
func (w *followedWorld) place(m *render.Motion, later uint32) {
	tank := m.Scale == 0
	if w.shift != (mgl32.Vec3{}) && *m != (render.Motion{}) {
		m.From = m.From.Add(w.shift)
		if !tank {
			m.To = m.To.Add(w.shift)
		}
	}
	if !tank && (m.From != m.To || m.FromTurn != m.ToTurn) {
		m.Start += later
	}
}
