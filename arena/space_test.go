package arena

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// model is a space one bool a slot.
type model []bool // in use

func (m model) find(n int) (int, bool) {
	run := 0
	for i, used := range m {
		if run++; used {
			run = 0
		}
		if run == n {
			return i - n + 1, true
		}
	}
	return 0, false
}

func (m model) high() int {
	for i := len(m); i > 0; i-- {
		if m[i-1] {
			return i
		}
	}
	return 0
}

func (m model) fill(first, n int, used bool) {
	for i := range n {
		m[first+i] = used
	}
}

func TestSpaceEqualsModel(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 63, 64, 65, 300, 5000} {
		rng := rand.New(rand.NewPCG(uint64(size), 0))
		s, m := newSpace(size), make(model, size)
		var taken []Range
		for range 4000 {
			if rng.IntN(2) == 0 {
				n := 1 + rng.IntN(1+min(size, 1+rng.IntN(200)))
				got, ok := s.take(n)
				want, wantOK := m.find(n)
				if got != want || ok != wantOK {
					t.Fatalf("size %d: take(%d) is %d, %v, want %d, %v", size, n, got, ok, want, wantOK)
				}
				if ok {
					m.fill(got, n, true)
					taken = append(taken, Range{got, n})
				}
			} else if len(taken) > 0 {
				i := rng.IntN(len(taken))
				s.give(taken[i].First, taken[i].Count)
				m.fill(taken[i].First, taken[i].Count, false)
				taken = slices.Delete(taken, i, i+1)
			}
			if s.high != m.high() {
				t.Fatalf("size %d: high water %d, want %d", size, s.high, m.high())
			}
		}
	}
}

// A million Allocs and Frees of mixed sizes leave the free space in one piece.
func TestChurnLeavesOnePiece(t *testing.T) {
	t.Parallel()
	const size = 1 << 16
	ops := 1000000
	if testing.Short() || raceEnabled {
		ops = 100000
	}
	rng := rand.New(rand.NewPCG(5, 6))
	s := newSpace(size)
	var taken []Range
	for range ops {
		if rng.IntN(2) == 0 || len(taken) == 0 {
			n := 1
			if rng.IntN(4) == 0 {
				n += rng.IntN(100)
			}
			if first, ok := s.take(n); ok {
				taken = append(taken, Range{first, n})
				continue
			}
		}
		i := rng.IntN(len(taken))
		s.give(taken[i].First, taken[i].Count)
		taken[i] = taken[len(taken)-1]
		taken = taken[:len(taken)-1]
	}
	for _, r := range taken {
		s.give(r.First, r.Count)
	}
	if s.high != 0 {
		t.Fatalf("high water %d", s.high)
	}
	if first, ok := s.take(size); first != 0 || !ok {
		t.Fatal("the free space is in pieces")
	}

	// And through the arena.
	a := newMats(t, Config[mat]{ChunkSlots: 64, MaxSlots: 4096})
	var slots []Slot[mat]
	var spans []Span[mat]
	for range 20000 {
		switch rng.IntN(4) {
		case 0:
			if s, err := a.Alloc(mat{}); err == nil {
				slots = append(slots, s)
			}
		case 1:
			if s, err := a.AllocSpan(1+rng.IntN(100), mat{}); err == nil {
				spans = append(spans, s)
			}
		case 2:
			if n := len(slots); n > 0 {
				i := rng.IntN(n)
				if slots[i].Free() != nil {
					t.Fatal("stale")
				}
				slots = slices.Delete(slots, i, i+1)
			}
		case 3:
			if n := len(spans); n > 0 {
				i := rng.IntN(n)
				if spans[i].Free() != nil {
					t.Fatal("stale")
				}
				spans = slices.Delete(spans, i, i+1)
			}
		}
	}
	for _, s := range slots {
		s.Free()
	}
	for _, s := range spans {
		s.Free()
	}
	if a.Len() != 0 || a.HighWater() != 0 {
		t.Fatalf("%d live, high water %d", a.Len(), a.HighWater())
	}
	if s := allocSpan(t, a, 4096, mat{}); s.Index(0) != 0 {
		t.Fatal("the free space is in pieces")
	}
}

// Ranges are the maximal runs of the slots that changed.
func TestRangesEqualModel(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 8))
	for range 2000 {
		var d Delta
		var bools []bool
		for w := range 1 + rng.IntN(5) {
			mask := rng.Uint64()
			switch rng.IntN(4) {
			case 0:
				mask = 0
			case 1:
				mask = ^uint64(0)
			case 2:
				mask |= rng.Uint64() | rng.Uint64()
			}
			d.Ranges = addRuns(d.Ranges, 64*w, mask)
			for i := range 64 {
				bools = append(bools, mask>>i&1 != 0)
			}
		}
		var want []Range
		for i, changed := range bools {
			switch {
			case changed && i > 0 && bools[i-1]:
				want[len(want)-1].Count++
			case changed:
				want = append(want, Range{i, 1})
			}
		}
		if !slices.Equal(d.Ranges, want) {
			t.Fatalf("%v, want %v", d.Ranges, want)
		}
	}
}
