package upload

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/slotstream/slotstream/arena"
)

// pending against a set of slots, over deltas that arrive, are missed, or cannot be uploaded.
func TestPendingAgainstModel(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for range 200 {
		const slots = 120
		var p pending
		want := make([]bool, slots)
		top := 0
		for seq := uint64(1); seq < 40; seq++ {
			d := arena.Delta{Seq: seq, HighWater: rng.IntN(slots + 1)}
			var changed []bool
			d.Ranges, changed = randomRanges(rng, slots, uint8(rng.IntN(120)))
			if rng.IntN(6) == 0 {
				continue // missed
			}
			if d.Seq != p.seq+1 {
				clear(want)
				top = 0
			}
			for i, c := range changed {
				want[i] = want[i] || c
			}
			reached := max(top, d.HighWater)
			if n := len(d.Ranges); n > 0 {
				reached = max(reached, end(d.Ranges[n-1]))
			}
			for ; top < reached; top++ {
				want[top] = true
			}
			got := p.join(d)
			if len(got) != 0 || len(rangesOf(want)) != 0 {
				if !reflect.DeepEqual(got, rangesOf(want)) {
					t.Fatalf("delta %d: pending %v, want %v", seq, got, rangesOf(want))
				}
			}
			if rng.IntN(3) == 0 {
				p.keep(got)
			} else {
				p.clear()
				clear(want)
			}
		}
	}
}
