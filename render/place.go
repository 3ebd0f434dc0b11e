//go:build cgo || js

package render

import (
	"fmt"
	"math"
	"time"
	"unsafe"

	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload/gpu"
)

// SetOrigin moves the whole batch: its slots count from this place in the world, in metres, from the next Frame, Encode
// or Pick on. It uploads no slot. It panics if origin is not finite.
func (b *Batch[T]) SetOrigin(origin mgl64.Vec3) {
	b.rendererFor("SetOrigin")
	if !finiteOrigin(origin) {
		panic(fmt.Sprintf("render: SetOrigin: %v is not finite: give metres in the world", origin))
	}
	b.origin = origin
}

// SetClock sets the clock on which Motion.Start of the batch's slots counts. It shows Renderer.Now + ahead, from the
// next Frame, Encode or Pick on; at first ahead is 0. Motions that another process stored count on that process's
// clock: ahead is how far that clock is ahead of Renderer.Now, and negative if it is behind. SetClock uploads no slot.
//
// The clock stops when all motions have ended: Tick and five minutes after the last upload of a slot. So the slots of a
// publisher that died stay where they are, and do not move again when the clock wraps. The next upload starts it again.
func (b *Batch[T]) SetClock(ahead time.Duration) {
	b.rendererFor("SetClock")
	b.ahead = ahead
}

// SetTick sets how long a Motion of the batch's slots takes, from the next Frame, Encode or Pick on. At first it is
// BatchConfig.Tick; a publisher may be restarted with another one. SetTick uploads no slot. It panics if tick is below
// 0 or above an hour.
func (b *Batch[T]) SetTick(tick time.Duration) {
	b.rendererFor("SetTick")
	if err := checkTick(tick); err != nil {
		panic("render: SetTick: " + err.Error())
	}
	b.uniform.Tick = MotionClock(tick)
}

func checkTick(tick time.Duration) error {
	if tick < 0 || tick > time.Hour {
		return fmt.Errorf("the Tick %v is out of range: use 0 to 1h", tick)
	}
	return nil
}

// clock returns how far the batch's clock is ahead of now. It stands once every motion has ended: a motion starts 2^28
// microseconds after it was stored at the latest, which is less than five minutes.
func (b *Batch[T]) clock(now time.Duration) time.Duration {
	ends := b.changed + 5*time.Minute + time.Duration(b.uniform.Tick)*time.Microsecond
	return b.ahead + min(0, ends-now)
}

// writePlace writes the batch's place and clock where they changed: nothing, while the camera rests. It subtracts in
// float64, so that nothing is rounded before the eye is subtracted.
func (b *Batch[T]) writePlace(origin, eye mgl64.Vec3, now time.Duration) error {
	fromOrigin := b.origin.Sub(origin)
	fromEye := fromOrigin.Sub(eye)
	rounded := narrow(fromEye)
	u := &b.uniform
	u.Origin, u.FromEye = narrow(fromOrigin).Vec4(0), rounded.Vec4(0)
	u.FromEyeRest = narrow(fromEye.Sub(wide(rounded))).Vec4(0)
	u.Ahead = MotionClock(b.clock(now))
	for i := range b.pages {
		page := &b.pages[i]
		u.First, u.Slots = uint32(page.page.First), uint32(max(0, b.slotsToDraw(page)))
		if page.placed == *u {
			continue
		}
		if err := gpu.WriteBuffer(b.renderer.device.Queue, page.uniform, 0, arena.Bytes(unsafe.Slice(u, 1))); err != nil {
			return fmt.Errorf("render: write the place of a batch: %w", err)
		}
		page.placed = *u
	}
	return nil
}

// finiteOrigin reports whether v is a place that others can be subtracted from.
func finiteOrigin(v mgl64.Vec3) bool { return v.Len() <= math.MaxFloat64 }
