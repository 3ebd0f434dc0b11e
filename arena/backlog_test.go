package arena

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// A Backlog against a set of slots, over deltas that arrive, are missed, fail, or
// are lost after they were taken.
func TestBacklogAgainstModel(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	const slots = 120
	for range 200 {
		var b Backlog
		want := make([]bool, slots)
		top := 0
		last := uint64(0)
		for seq := uint64(1); seq < 40; seq++ {
			d := Delta{Seq: seq, HighWater: rng.IntN(slots + 1)}
			changed := randomSet(rng, slots)
			d.Ranges = rangesOf(changed)
			if rng.IntN(6) == 0 {
				continue // missed
			}
			if d.Seq != last+1 {
				for i := range top {
					want[i] = true
				}
			}
			last = seq
			for i, c := range changed {
				want[i] = want[i] || c
			}
			reached := max(top, d.HighWater)
			if n := len(d.Ranges); n > 0 {
				reached = max(reached, d.Ranges[n-1].End())
			}
			for ; top < reached; top++ {
				want[top] = true
			}
			b.Join(d)
			if got := b.Ranges(); !slices.Equal(got, rangesOf(want)) || b.Top() != top {
				t.Fatalf("delta %d: pending %v below %d, want %v below %d", seq, got, b.Top(), rangesOf(want), top)
			}
			if rng.IntN(3) == 0 {
				continue // the consumer could not take them
			}
			sent := slices.Clone(b.Ranges())
			b.Clear()
			clear(want)
			if rng.IntN(3) == 0 { // some of them were lost
				sent = sent[rng.IntN(len(sent)+1):]
				b.Add(sent)
				for _, r := range sent {
					for i := r.First; i < r.End(); i++ {
						want[i] = true
					}
				}
				if got := b.Ranges(); !slices.Equal(got, sent) {
					t.Fatalf("delta %d: %v pending after %v were lost", seq, got, sent)
				}
			}
		}
	}
}

// A consumer of an arena's deltas, of which it misses some, has what the mirror shows
// below Top, and nothing from there on: slots that were freed behind its back, too.
func TestBacklogOfMissedDeltas(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 100 {
		a := newMats(t, Config[mat]{ChunkSlots: 64, MaxSlots: 300, Hidden: *whole(-1)})
		var b Backlog
		var spans []Span[mat]
		consumer := make([]mat, 300)
		for tick := range 60 {
			for range rng.IntN(3) {
				if s, err := a.AllocSpan(1+rng.IntN(60), *whole(float32(tick + 1))); err == nil {
					spans = append(spans, s)
				}
			}
			for len(spans) > 0 && rng.IntN(2) == 0 {
				i := rng.IntN(len(spans))
				if err := spans[i].Free(); err != nil {
					t.Fatal(err)
				}
				spans = slices.Delete(spans, i, i+1)
			}
			d := a.Descend()
			if rng.IntN(3) == 0 {
				continue // missed
			}
			b.Join(d)
			for _, r := range b.Ranges() {
				copy(consumer[r.First:r.End()], a.Mirror()[r.First:])
			}
			b.Clear()
			if !slices.Equal(consumer[:b.Top()], a.Mirror()[:b.Top()]) {
				t.Fatalf("tick %d: the consumer differs below %d", tick, b.Top())
			}
			for i, m := range consumer[b.Top():] {
				if m != (mat{}) {
					t.Fatalf("tick %d: the consumer has slot %d of %d", tick, b.Top()+i, b.Top())
				}
			}
		}
	}
}

func TestBacklogDoesNotAllocate(t *testing.T) {
	var b Backlog
	d := Delta{HighWater: 100, Ranges: []Range{{1, 2}, {10, 5}, {50, 1}}}
	join := func() {
		d.Seq++
		b.Join(d)
		d.Seq++
		b.Join(d)
		b.Clear()
	}
	join()
	if n := testing.AllocsPerRun(100, join); n != 0 {
		t.Fatalf("%v allocations for two joins", n)
	}
}

// randomSet holds runs of every length, and is empty or full at times.
func randomSet(rng *rand.Rand, n int) []bool {
	set := make([]bool, n)
	density := rng.IntN(5)
	in := false
	for i := range set {
		if rng.IntN(5) == 0 {
			in = rng.IntN(4) < density
		}
		set[i] = in
	}
	return set
}

func rangesOf(set []bool) (ranges []Range) {
	for i, in := range set {
		if !in {
			continue
		}
		if n := len(ranges); n > 0 && ranges[n-1].End() == i {
			ranges[n-1].Count++
		} else {
			ranges = append(ranges, Range{i, 1})
		}
	}
	return ranges
}
