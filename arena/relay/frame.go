package relay

import (
	"iter"
	"slices"
	"sync/atomic"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/wire"
)

// A frame is what changed since base, as messages, for every viewer that is as far.
type frame struct {
	data   []byte
	parts  []int // where each message ends in data
	base   uint64
	ranges []arena.Range
	users  atomic.Int32 // Apply, and viewers that it waits for: at 0 it is used again
}

// encode fills f. mirror is all slots' memory.
func (f *frame) encode(h wire.Header, ranges []arena.Range, mirror []byte, partBytes int) {
	f.data, f.parts, f.base = f.data[:0], f.parts[:0], h.Base
	f.ranges = append(f.ranges[:0], ranges...)
	h.Parts = 0
	size := 0
	for part := range split(ranges, h.SlotBytes, partBytes) {
		h.Parts++
		for _, r := range part {
			size += r.Count*h.SlotBytes + 10
		}
		size += 128
	}
	f.data = slices.Grow(f.data, size)
	for part := range split(ranges, h.SlotBytes, partBytes) {
		f.data = wire.Append(f.data, h, part, mirror)
		f.parts = append(f.parts, len(f.data))
		h.Part++
	}
}

// split is wire.Split, with one message for nothing.
func split(ranges []arena.Range, slotBytes, partBytes int) iter.Seq[[]arena.Range] {
	if len(ranges) == 0 {
		return func(yield func([]arena.Range) bool) { yield(nil) }
	}
	return wire.Split(ranges, slotBytes, partBytes)
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
