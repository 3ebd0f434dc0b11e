package wire

import (
	"iter"

	"github.com/slotstream/slotstream/arena"
)

// Split cuts a frame into parts whose messages by Append have at most partBytes bytes each,
// or one tick or slot. Ticks come first, then ranges. It yields at least one part. The
// slices are valid until the next part.
func Split(ticks []arena.GroupTick, ranges []arena.Range, slotBytes, partBytes int) iter.Seq2[[]arena.GroupTick, []arena.Range] {
	const rangeBytes = 10 // at most
	room := partBytes - headerSize - 16
	return func(yield func([]arena.GroupTick, []arena.Range) bool) {
		for n := max(room/tickBytes, 1); len(ticks) > n; ticks = ticks[n:] {
			if !yield(ticks[:n], nil) {
				return
			}
		}
		var part []arena.Range
		left, yielded := room-len(ticks)*tickBytes, false
		for _, r := range ranges {
			for r.Count > 0 {
				n := min(r.Count, (left-rangeBytes)/slotBytes)
				if n < 1 && len(ticks)+len(part) > 0 {
					if !yield(ticks, part) {
						return
					}
					ticks, part, left, yielded = nil, part[:0], room, true
					continue
				}
				n = max(n, 1)
				part = append(part, arena.Range{First: r.First, Count: n})
				left -= rangeBytes + n*slotBytes
				r = arena.Range{First: r.First + n, Count: r.Count - n}
			}
		}
		if len(ticks)+len(part) > 0 || !yielded {
			yield(ticks, part)
		}
	}
}
