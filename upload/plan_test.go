package upload

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/slotstream/slotstream/arena"
)

// FuzzPlan executes plans on a model of GPU memory with one byte for each slot. Only the changed slots differ from the
// mirror.
func FuzzPlan(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed, uint8(seed), uint8(seed*7), uint16(seed*31), uint8(seed%5))
	}
	f.Fuzz(func(t *testing.T, seed uint64, density, pageSize uint8, cost uint16, strategy uint8) {
		rng := rand.New(rand.NewPCG(seed, 1))
		s := Strategy(strategy % 5)
		c := Costs{Call: float64(cost % 64), Byte: float64(cost%7) / 7, Submit: float64(cost % 100), Dispatch: float64(cost % 9),
			Slot: float64(cost % 3), Move: float64(cost%5) / 5}
		l := limits{stride: 16 << (seed % 3), writeSlots: 1 + int(pageSize), roundSlots: 1 + rng.IntN(100)}
		slots := 1 + rng.IntN(1000)
		var pages []Page
		for at := 0; at < slots; {
			n := 1 + rng.IntN(1+int(pageSize))
			pages = append(pages, Page{First: at, Count: n})
			at += n
		}
		ranges, changed := randomRanges(rng, slots, density)

		var p, again plan
		p.make(ranges, pages, l, s, c)
		again.make(ranges, pages, l, s, c)
		again.make(ranges, pages, l, s, c) // reused memory must not show
		if !reflect.DeepEqual(calls(&p), calls(&again)) {
			t.Fatal("the same arguments gave different calls")
		}
		checkPlan(t, &p, pages, l, changed)
		if s == Ranges {
			want := 0
			for _, page := range pages {
				run := 0
				for slot := page.First; slot < min(page.First+page.Count, slots); slot++ {
					if !changed[slot] || run == l.writeSlots {
						run = 0
					}
					if changed[slot] {
						if run++; run == 1 {
							want++
						}
					}
				}
			}
			if len(p.writes) != want {
				t.Fatalf("%d writes, want one for each of %d ranges", len(p.writes), want)
			}
		}
		// By its own costs, Auto is the cheapest of the five where no limit cuts writes or submits.
		free := limits{stride: l.stride, writeSlots: noLimit, roundSlots: slots}
		p.make(ranges, pages, free, Auto, c)
		auto := price(&p, l.stride, c)
		for _, s := range []Strategy{Ranges, Merged, Scatter, Full} {
			p.make(ranges, pages, free, s, c)
			if other := price(&p, l.stride, c); auto > other*(1+1e-9)+1e-9 {
				t.Fatalf("Auto costs %v, %v %v", auto, s, other)
			}
		}
	})
}

// checkPlan executes p and checks that exactly the right bytes arrive.
func checkPlan(t *testing.T, p *plan, pages []Page, l limits, changed []bool) {
	t.Helper()
	const fresh, stale = 1, 2 // the mirror is all fresh
	var gpu [][]byte
	for _, page := range pages {
		memory := slices.Repeat([]byte{fresh}, page.Count)
		for i := range memory {
			if slot := page.First + i; slot < len(changed) && changed[slot] {
				memory[i] = stale
			}
		}
		gpu = append(gpu, memory)
	}
	put := func(page, first, count int) {
		if count <= 0 || first+count > len(changed) {
			t.Fatalf("slots %d+%d are not in the mirror of %d", first, count, len(changed))
		}
		for slot := first; slot < first+count; slot++ {
			gpu[page][slot-pages[page].First] = fresh // panics outside the page
		}
	}
	for _, w := range p.writes {
		if w.count > l.writeSlots {
			t.Fatalf("a write of %d slots, over %d", w.count, l.writeSlots)
		}
		put(w.page, w.first, w.count)
	}
	from, packed := 0, 0
	for _, to := range p.rounds {
		slots := 0
		for _, s := range p.sections[from:to] {
			if s.from != packed {
				t.Fatalf("a section starts at %d, want %d", s.from, packed)
			}
			packed = s.to
			n := 0
			for _, r := range p.packed[s.from:s.to] {
				for slot := r.First; slot < arena.Range(r).End(); slot++ {
					if !changed[slot] {
						t.Fatalf("scatter packs slot %d, which did not change", slot)
					}
				}
				put(s.page, r.First, r.Count)
				n += r.Count
			}
			if n != s.slots {
				t.Fatalf("a section says %d slots and packs %d", s.slots, n)
			}
			slots += n
		}
		if slots == 0 || slots > l.roundSlots {
			t.Fatalf("a submit of %d slots, want 1 to %d", slots, l.roundSlots)
		}
		from = to
	}
	if from != len(p.sections) || packed != len(p.packed) {
		t.Fatal("sections or ranges in no submit")
	}
	dirty := 0
	for i, page := range gpu {
		if at := slices.Index(page, stale); at >= 0 {
			t.Fatalf("slot %d changed and was not uploaded", pages[i].First+at)
		}
		if touches(changed, pages[i]) {
			dirty++
		}
	}
	if took := p.took[Ranges] + p.took[Merged] + p.took[Scatter] + p.took[Full]; took != dirty || p.took[Auto] != 0 {
		t.Fatalf("%d pages with changes took %v", dirty, p.took)
	}
}

func touches(changed []bool, page Page) bool {
	first := min(page.First, len(changed))
	return slices.Contains(changed[first:min(page.First+page.Count, len(changed))], true)
}

func randomRanges(rng *rand.Rand, slots int, density uint8) (ranges []arena.Range, changed []bool) {
	changed = make([]bool, slots)
	for i := 0; i < slots; {
		n := 1 + rng.IntN(8)
		if rng.IntN(256) < int(density) {
			for j := i; j < min(i+n, slots); j++ {
				changed[j] = true
			}
		}
		i += n
	}
	return rangesOf(changed), changed
}

func rangesOf(changed []bool) (ranges []arena.Range) {
	for i, c := range changed {
		switch {
		case c && (i == 0 || !changed[i-1]):
			ranges = append(ranges, arena.Range{First: i, Count: 1})
		case c:
			ranges[len(ranges)-1].Count++
		}
	}
	return ranges
}

func calls(p *plan) []any {
	return []any{slices.Clone(p.writes), slices.Clone(p.sections), slices.Clone(p.packed), slices.Clone(p.rounds), p.took}
}

func price(p *plan, stride int, c Costs) float64 {
	bytes, ns := 0, 0.0
	for _, w := range p.writes {
		bytes += w.count * stride
	}
	for _, s := range p.sections {
		ns += c.scatter(s.slots, stride)
	}
	return ns + c.write(len(p.writes), bytes) + float64(len(p.rounds))*c.Submit
}
