package relay

import (
	"fmt"
	"iter"
	"slices"
	"sync/atomic"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

// A frame is what changed since base, as messages, for every viewer that is as far.
type frame struct {
	data   []byte
	parts  []int // where each message ends in data
	base   uint64
	least  int // the size of a message, unless there were too many then
	ranges []arena.Range
	users  atomic.Int32 // Apply, and viewers that it waits for: at 0 it is used again
}

const (
	// partBytes is the size of a message: small beside the 32 and 64 KiB that client and
	// server read at once, for what does not come whole costs each of them a buffer of its
	// own, cleared and collected; and large beside what a message costs.
	partBytes = 16 << 10

	// lossyBytes is that where messages are lost: all of a frame's must come.
	lossyBytes = 1 << 20
)

// partOf is the size of the messages of a frame, of which there can be wire.MostParts.
func partOf(frameBytes, least, maxPayload int) int {
	return min(max(least, frameBytes>>14), maxPayload)
}

// encode fills f, or says why messages of maxPayload bytes do not hold it. mirror is all
// slots' memory.
func (f *frame) encode(h wire.Header, ranges []arena.Range, mirror []byte, least, maxPayload int) error {
	if err := fitsMessage(h.SlotBytes, maxPayload); err != nil {
		return err
	}
	f.data, f.parts, f.base, f.least = f.data[:0], f.parts[:0], h.Base, least
	f.ranges = append(f.ranges[:0], ranges...)
	h.Parts = 0
	size := 0
	for _, r := range ranges {
		size += r.Count * h.SlotBytes
	}
	most := partOf(size, least, maxPayload)
	for part := range split(ranges, h.SlotBytes, most) {
		h.Parts++
		size += len(part)*rangeBytes + mostHead
	}
	if h.Parts > wire.MostParts {
		return fmt.Errorf("a frame takes %d messages of %d bytes, and can have %d: raise the server's max_payload",
			h.Parts, maxPayload, wire.MostParts)
	}
	f.data = slices.Grow(f.data, size)
	for part := range split(ranges, h.SlotBytes, most) {
		f.data = wire.Append(f.data, h, part, mirror)
		f.parts = append(f.parts, len(f.data))
		h.Part++
	}
	return nil
}

const (
	mostHead   = 128 // bytes of a message beside one range's slots
	rangeBytes = 10  // of each further range, at most
)

// fitsMessage says why a slot of so many bytes does not go into a message.
func fitsMessage(slotBytes, maxPayload int) error {
	switch {
	case slotBytes > wire.MostSlotBytes:
		return fmt.Errorf("slots of %d bytes: want at most %d", slotBytes, wire.MostSlotBytes)
	case slotBytes+mostHead > maxPayload:
		return fmt.Errorf("a slot of %d bytes does not fit a message of the server's: raise its max_payload, %d", slotBytes, maxPayload)
	}
	return nil
}

// split is wire.Split, with one message for nothing.
func split(ranges []arena.Range, slotBytes, most int) iter.Seq[[]arena.Range] {
	if len(ranges) == 0 {
		return func(yield func([]arena.Range) bool) { yield(nil) }
	}
	return wire.Split(ranges, slotBytes, most)
}

// A pool keeps frames that are done with, as many as it has room for.
type pool chan *frame

func (p pool) get() *frame {
	select {
	case f := <-p:
		return f
	default:
		return new(frame)
	}
}

// leave is for each user of f when it is done with it.
func (p pool) leave(f *frame) {
	if f.users.Add(-1) == 0 {
		select {
		case p <- f:
		default:
		}
	}
}
