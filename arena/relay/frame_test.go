package relay

import (
	"math"
	"testing"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

// A frame of any size has no more messages than a header can count.
func TestParts(t *testing.T) {
	for _, slotBytes := range []int{4, 64, 80, 8 << 10, 100 << 10} {
		for _, frameBytes := range []int{0, 64, 6_400_000, 1 << 28, 1<<28 + 1, 1 << 30, math.MaxInt32} {
			slots := frameBytes / slotBytes
			parts := 0
			for _, part := range wire.Split(nil, []arena.Range{{Count: max(slots, 1)}}, slotBytes, partSizeFor(frameBytes, partBytes, 1<<20)) {
				if size := part[0].Count * slotBytes; size > 1<<20 {
					t.Errorf("a message of %d bytes", size)
				}
				parts++
			}
			if parts > wire.MostParts {
				t.Errorf("%d slots of %d bytes are %d messages", slots, slotBytes, parts)
			}
		}
	}
	var f frame
	if err := f.encode(wire.Header{SlotBytes: 64, Epoch: 1, Seq: 1}, nil, []arena.Range{{Count: 1000}}, make([]byte, 64_000), lossyPartBytes, 1000); err != nil {
		t.Fatal(err)
	}
	for from, n := 0, 0; n < len(f.parts); from, n = f.parts[n], n+1 {
		if size := f.parts[n] - from; size > 1000 {
			t.Errorf("a message of %d bytes, and the server takes 1000", size)
		}
	}
}
