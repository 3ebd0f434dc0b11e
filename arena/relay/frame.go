package relay

import (
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

// A frame holds the slots that changed since frame base, encoded as messages. All viewers
// that have frame base share it.
type frame struct {
	data     []byte
	parts    []int // the end of each message in data
	base     uint64
	partSize int // the size that was asked for: partBytes or lossyPartBytes
	ranges   []arena.Range
	ticks    []arena.GroupTick
	users    atomic.Int32 // Send, and viewers that have it in the queue; at 0 the frame goes back to the pool
}

const (
	// partBytes is the size of a message. Client and server read 32 and 64 KiB at once, and
	// copy a message that does not arrive whole into memory of its own, so a message is
	// small beside that. It is large beside the cost of a message.
	partBytes = 16 << 10

	// lossyPartBytes is the size where messages are lost: a frame counts only if all its
	// messages arrive, so it has few.
	lossyPartBytes = 1 << 20
)

// partSizeFor returns the size of messages for a frame: size, or more if there would be
// more than wire.MostParts of them, and never more than maxPayload.
func partSizeFor(frameBytes, size, maxPayload int) int {
	return min(max(size, frameBytes>>14), maxPayload)
}

// encode fills f. An error says that the frame does not fit messages of maxPayload bytes.
// mirror is the memory of all slots.
func (f *frame) encode(h wire.Header, ticks []arena.GroupTick, ranges []arena.Range, mirror []byte, partSize, maxPayload int) error {
	if err := fitsMessage(h.SlotBytes, maxPayload); err != nil {
		return err
	}
	f.data, f.parts, f.base, f.partSize = f.data[:0], f.parts[:0], h.Base, partSize
	f.ranges, f.ticks = append(f.ranges[:0], ranges...), append(f.ticks[:0], ticks...)
	h.Parts = 0
	size := len(ticks) * tickBytes
	for _, r := range ranges {
		size += r.Count * h.SlotBytes
	}
	partSize = partSizeFor(size, partSize, maxPayload)
	for _, part := range wire.Split(ticks, ranges, h.SlotBytes, partSize) {
		h.Parts++
		size += len(part)*rangeBytes + headBytes
	}
	if h.Parts > wire.MostParts {
		return fmt.Errorf("a frame of %d messages of %d bytes is too large, it can have %d: raise the server's max_payload",
			h.Parts, maxPayload, wire.MostParts)
	}
	f.data = slices.Grow(f.data, size)
	for ticks, part := range wire.Split(ticks, ranges, h.SlotBytes, partSize) {
		f.data = wire.Append(f.data, h, ticks, part, mirror)
		f.parts = append(f.parts, len(f.data))
		h.Part++
	}
	return nil
}

// Upper bounds for a message's bytes beside its slots.
const (
	headBytes  = 128 // with one range
	rangeBytes = 10  // of each further range
	tickBytes  = 30  // of each group's tick
)

// fitsMessage returns an error if a slot of slotBytes does not fit a message.
func fitsMessage(slotBytes, maxPayload int) error {
	switch {
	case slotBytes > wire.MostSlotBytes:
		return fmt.Errorf("slots of %d bytes are too large: use at most %d", slotBytes, wire.MostSlotBytes)
	case slotBytes+headBytes > maxPayload:
		return fmt.Errorf("a slot of %d bytes does not fit a message: raise the server's max_payload, %d", slotBytes, maxPayload)
	}
	return nil
}

// A pool keeps frames without users, up to its capacity.
type pool chan *frame

func (p pool) get() *frame {
	select {
	case f := <-p:
		return f
	default:
		return new(frame)
	}
}

// release takes away one user of f.
func (p pool) release(f *frame) {
	if f.users.Add(-1) == 0 {
		select {
		case p <- f:
		default:
		}
	}
}
