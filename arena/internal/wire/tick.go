package wire

import (
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/slotstream/slotstream/arena"
)

// tickBytes is the largest size of a group's tick in a message.
const tickBytes = 3 * binary.MaxVarintLen64

// appendTicks appends the ticks as format.go says.
func appendTicks(dst []byte, ticks []arena.GroupTick) []byte {
	var last arena.GroupTick
	for i, t := range ticks {
		gap := t.Group
		if i > 0 {
			if t.Group <= last.Group {
				panic(fmt.Sprintf("wire: the tick of group %d after that of group %d: want ticks that ascend by group", t.Group, last.Group))
			}
			gap -= last.Group + 1
		}
		dst = binary.AppendUvarint(dst, gap)
		dst = binary.AppendVarint(dst, int64(t.To.Number-last.To.Number))
		dst = binary.AppendVarint(dst, int64(t.To.Time-last.To.Time))
		last = t
	}
	return dst
}

// nextTick reads the i-th tick from b; last is the one before. n is its size, 0 if there is
// none.
func nextTick(b []byte, i int, last arena.GroupTick) (t arena.GroupTick, n int) {
	group, n := binary.Uvarint(b)
	if n <= 0 {
		return t, 0
	}
	if i > 0 {
		if last.Group == math.MaxUint64 || group > math.MaxUint64-1-last.Group {
			return t, 0
		}
		group += last.Group + 1
	}
	number, k := binary.Varint(b[n:])
	if k <= 0 {
		return t, 0
	}
	n += k
	later, k := binary.Varint(b[n:])
	if k <= 0 {
		return t, 0
	}
	t.Group, t.To = group, last.To
	t.To.Number += uint64(number)
	t.To.Time += time.Duration(later)
	return t, n + k
}

// cutTicks checks the ticks, and leaves the bytes behind them to the moves.
func (f *Frame) cutTicks() error {
	b, last := f.ticks, arena.GroupTick{}
	for i := range f.Groups {
		t, n := nextTick(b, i, last)
		if n == 0 {
			return fmt.Errorf("%w: %d ticks in %d bytes", ErrFormat, f.Groups, len(f.ticks))
		}
		b, last = b[n:], t
	}
	f.ticks, f.moves = f.ticks[:len(f.ticks)-len(b)], b
	return nil
}

// Ticks yields the ticks of the frame, ascending by group. From is the zero Tick.
func (f *Frame) Ticks() iter.Seq[arena.GroupTick] {
	return func(yield func(arena.GroupTick) bool) {
		b, last := f.ticks, arena.GroupTick{}
		for i := range f.Groups {
			t, n := nextTick(b, i, last)
			if n == 0 || !yield(t) {
				return
			}
			b, last = b[n:], t
		}
	}
}

// MergeTicks appends to dst all ticks that a receiver shows with the frame, if it showed those in
// has before. The frame's ticks replace older ones. A frame with a Base of 0 names every
// group, so its first part leaves out the groups that it does not name.
func (f *Frame) MergeTicks(dst, has []arena.GroupTick) []arena.GroupTick {
	all := f.Base == 0 && f.Part == 0
	for t := range f.Ticks() {
		for ; len(has) > 0 && has[0].Group < t.Group; has = has[1:] {
			if !all {
				dst = append(dst, has[0])
			}
		}
		if len(has) > 0 && has[0].Group == t.Group {
			has = has[1:]
		}
		dst = append(dst, t)
	}
	if !all {
		dst = append(dst, has...)
	}
	return dst
}

// CompareTicks sets From of each tick to the tick that the same group has in before, and to the
// zero Tick if it is not there. Both lists ascend by group.
func CompareTicks(ticks, before []arena.GroupTick) {
	for i := range ticks {
		t := &ticks[i]
		for len(before) > 0 && before[0].Group < t.Group {
			before = before[1:]
		}
		if t.From = (arena.Tick{}); len(before) > 0 && before[0].Group == t.Group {
			t.From = before[0].To
		}
	}
}

// Latest returns the tick with the latest Time; of equal Times, the one with the larger
// Number. A receiver that shows all groups in one group commits this tick.
func Latest(ticks []arena.GroupTick) (latest arena.Tick) {
	for i, t := range ticks {
		if i == 0 || t.To.Time > latest.Time || t.To.Time == latest.Time && t.To.Number > latest.Number {
			latest = t.To
		}
	}
	return latest
}
