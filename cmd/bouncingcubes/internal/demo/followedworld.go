package demo

import (
	"context"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"
	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/render"
)

// A followedWorld is a world that another process publishes. Its slots stay as they were published: the batch has an
// origin, which puts the world beside the others, and a clock, which is the publisher's.
type followedWorld struct {
	name     string
	follower *relay.Follower[render.MotionInstance]
	slots    slots[render.MotionInstance]
	census   census[render.MotionInstance]
	boxes    []physics.Tank // in the coordinates of the world
	clock    remoteClock
	shown    relay.Shown
	silent   bool // the publisher has sent nothing for a while
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

// receive stores what has arrived. It reports whether that was something.
func (w *followedWorld) receive() (arrived bool, err error) {
	was := w.shown
	w.shown, err = w.follower.Receive()
	return w.shown.Seq != was.Seq || w.shown.Epoch != was.Epoch, err
}

// stops is the time after a publisher's last tick at which its clock stops. All motions are over by then.
const stops = time.Minute

// aheadOrStopped returns how far the publisher's clock is ahead of now, until that clock stops: a publisher that died
// stores its motions no more, and on a clock that goes on they would move again when it wraps (see render.Motion).
func (w *followedWorld) aheadOrStopped(ahead, now time.Duration) time.Duration {
	return min(ahead, w.shown.Tick.Time+stops-now)
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
