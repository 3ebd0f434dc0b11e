//go:build cgo || js

package render

import (
	"fmt"
	"math"
	"time"
	"unsafe"

	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/arena"
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
func (b *Batch[T]) SetClock(ahead time.Duration) {
	b.rendererFor("SetClock")
	b.ahead = ahead
}

// writePlace writes the batch's place and clock where they changed: nothing, while the camera rests. It subtracts in
// float64, so that nothing is rounded before the eye is subtracted.
func (b *Batch[T]) writePlace(origin, eye mgl64.Vec3) error {
	fromOrigin := b.origin.Sub(origin)
	fromEye := fromOrigin.Sub(eye)
	rounded := narrow(fromEye)
	place := &b.uniform.placeUniform
	place.Origin, place.FromEye = narrow(fromOrigin).Vec4(0), rounded.Vec4(0)
	place.FromEyeRest = narrow(fromEye.Sub(wide(rounded))).Vec4(0)
	place.Ahead = MotionClock(b.ahead)
	for i := range b.pages {
		page := &b.pages[i]
		if page.placed == *place {
			continue
		}
		at := uint64(unsafe.Offsetof(b.uniform.placeUniform))
		if err := b.renderer.device.Queue.WriteBuffer(page.uniform, at, arena.Bytes(unsafe.Slice(place, 1))); err != nil {
			return fmt.Errorf("render: write the place of a batch: %w", err)
		}
		page.placed = *place
	}
	return nil
}

// finiteOrigin reports whether v is a place that others can be subtracted from.
func finiteOrigin(v mgl64.Vec3) bool { return v.Len() <= math.MaxFloat64 }
