package demo

import (
	"context"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"
	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/framing"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/render"
)

// A followedWorld is a world that another process publishes. Its slots stay as they were published: the batch has an
// origin, which puts the world beside the others, and the clock and the tick of the publisher.
type followedWorld struct {
	name     string
	follower *relay.Follower[render.MotionInstance]
	slots    slots[render.MotionInstance]
	census   census[render.MotionInstance]
	boxes    []physics.Tank // in the coordinates of the world
	clock    remoteClock
	shown    relay.Shown
	silent   bool // the publisher has sent nothing for a while

	tick time.Duration // of the publisher; 0 if it does not say
	told uint64        // the epoch whose tick that is
}

func followWorld(ctx context.Context, nc *nats.Conn, name string, maxSlots int) (*followedWorld, error) {
	a, err := arena.New(arena.Config[render.MotionInstance]{MaxSlots: maxSlots})
	if err != nil {
		return nil, err
	}
	w := &followedWorld{name: name, slots: slots[render.MotionInstance]{arena: a}, census: newCensus(a, motionInstances)}
	w.follower, err = relay.Follow(ctx, nc, name, a, relay.FollowerConfig{})
	return w, err
}

// receive stores what has arrived. It reports whether that was something. A new publisher of the world may have another
// tick.
func (w *followedWorld) receive(ctx context.Context) (arrived bool, err error) {
	was := w.shown
	w.shown, err = w.follower.Receive()
	if w.told != w.shown.Epoch {
		if info, err := w.follower.Info(ctx); err == nil && info.Epoch == w.shown.Epoch { // at once: a frame has arrived
			w.tick, w.told = framing.Parse(info.Metadata).Tick, info.Epoch
		}
	}
	return w.shown.Seq != was.Seq || w.shown.Epoch != was.Epoch, err
}

// place moves the world, and returns its tanks there.
func (w *followedWorld) place(by mgl32.Vec3) []physics.Tank {
	w.slots.drawn.SetOrigin(mgl64.Vec3{float64(by[0]), float64(by[1]), float64(by[2])})
	placed := make([]physics.Tank, len(w.boxes))
	for i, b := range w.boxes {
		placed[i] = physics.Tank{Center: b.Center.Add(by), Half: b.Half}
	}
	return placed
}
