package arena

import (
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

// The backlogs of consumers that come and go, take their slots at times, and lose some of
// what they took, against the plainest model there is: what each consumer holds.
func TestFollowersAgainstModel(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	const slots = 300
	type consumer struct {
		*Backlog
		values []mat
		ticks  map[uint64]Tick
	}
	for range 100 {
		a := newMats(t, Config[mat]{ChunkSlots: 64, MaxSlots: slots, Hidden: *whole(-1)})
		var spans []Span[mat]
		groups := []Group[mat]{a.NewGroup(), a.NewGroup(), a.NewGroup()}
		shown := map[uint64]Tick{}
		var consumers []*consumer
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
			for _, s := range spans {
				s.StoreRange(rng.IntN(s.Len()), []mat{*whole(rng.Float32())})
			}
			for _, g := range groups {
				if rng.IntN(3) == 0 {
					g.Commit(Tick{Number: uint64(tick + 1)})
					shown[g.Number()] = Tick{Number: uint64(tick + 1)}
				}
			}
			if rng.IntN(4) == 0 {
				consumers = append(consumers, &consumer{a.Follow(), make([]mat, slots), map[uint64]Tick{}})
			}
			for range 1 + rng.IntN(3) { // nobody can take a Descend away from the others
				a.Descend()
			}
			for i, c := range slices.Backward(consumers) {
				switch rng.IntN(5) {
				case 0: // the consumer is busy
					continue
				case 1:
					c.Stop()
					before := slices.Clone(c.Ranges())
					a.Alloc(mat{})
					a.Descend()
					if !slices.Equal(c.Ranges(), before) {
						t.Fatal("a Descend added to a backlog that was stopped")
					}
					consumers = slices.Delete(consumers, i, i+1)
					continue
				}
				sent, ticks := slices.Clone(c.Ranges()), slices.Clone(c.Ticks())
				if c.HighWater() > c.Top() {
					t.Fatalf("slots up to %d are in use and %d were pending", c.HighWater(), c.Top())
				}
				c.Clear()
				if rng.IntN(3) == 0 { // all of it is lost on the way, and goes again
					c.Add(sent, ticks)
					sent, ticks = slices.Clone(c.Ranges()), slices.Clone(c.Ticks())
					c.Clear()
				}
				for _, r := range sent {
					copy(c.values[r.First:r.End()], a.Mirror()[r.First:])
				}
				if !slices.Equal(c.values[:c.Top()], a.Mirror()[:c.Top()]) {
					t.Fatalf("tick %d: the consumer differs below %d", tick, c.Top())
				}
				for i, m := range c.values[c.Top():] {
					if m != (mat{}) {
						t.Fatalf("tick %d: the consumer has slot %d of %d", tick, c.Top()+i, c.Top())
					}
				}
				for _, tick := range ticks {
					if c.ticks[tick.Group] != tick.From {
						t.Fatalf("group %d goes from %v, but the consumer has %v", tick.Group, tick.From, c.ticks[tick.Group])
					}
					c.ticks[tick.Group] = tick.To
				}
				if !maps.Equal(c.ticks, shown) {
					t.Fatalf("tick %d: the consumer has groups %v, want %v", tick, c.ticks, shown)
				}
			}
		}
	}
}

// Consumers that take turns get what changed and no more, however often and by whom the
// arena is descended into. The control hands each Delta on by hand: a Descend that
// somebody else called is lost there.
func TestPromise15FollowersMissNothing(t *testing.T) {
	t.Parallel()
	for _, byHand := range []bool{false, true} {
		a := newMats(t, Config[mat]{})
		s := allocSpan(t, a, 1000, mat{})
		b := a.Follow()
		a.Descend()
		b.Clear()
		s.StoreRange(10, []mat{*whole(1)})
		first := a.Descend() // another part of the program
		s.StoreRange(20, []mat{*whole(2)})
		second := a.Descend()
		got := b.Ranges()
		if byHand {
			got = second.Ranges
			_ = first
		}
		complete := slices.Equal(got, []Range{{10, 1}, {20, 1}})
		if complete == byHand {
			t.Errorf("by hand %v: pending %v", byHand, got)
		}
	}
}

// Backlogs come and go in other goroutines while the reader descends.
func TestFollowInAnyGoroutine(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{})
	s := allocSpan(t, a, 100, mat{})
	var wg sync.WaitGroup
	var following atomic.Int64
	kept := make(chan *Backlog, 4)
	for range cap(kept) {
		following.Add(1)
		wg.Go(func() {
			defer following.Add(-1)
			for range 200 {
				b, other := a.Follow(), a.Follow()
				other.Stop()
				b.Stop()
				b.Stop()
			}
			kept <- a.Follow()
		})
	}
	for n := 0; following.Load() > 0; n++ {
		giveWay()
		s.StoreRange(n%100, []mat{*whole(float32(n))})
		a.Descend()
	}
	wg.Wait()
	s.StoreRange(5, []mat{*whole(-5)})
	a.Descend()
	for range cap(kept) {
		if b := <-kept; !slices.Equal(b.Ranges(), []Range{{0, 100}}) {
			t.Errorf("a new follower has %v pending", b.Ranges())
		}
	}
	if list := a.followers.list.Load(); len(*list) != cap(kept) {
		t.Errorf("%d followers, want %d", len(*list), cap(kept))
	}
}

func TestFollowersDoNotAllocate(t *testing.T) {
	a := newMats(t, Config[mat]{})
	s := allocSpan(t, a, 1000, mat{})
	g := a.NewGroup()
	var all []*Backlog
	for range 8 {
		all = append(all, a.Follow())
	}
	v := whole(1)
	frame := func() {
		for i := range 3 {
			for j := i; j < 1000; j += 7 {
				s.Set(j, v)
			}
			s.Flush()
			g.Commit(Tick{Number: 1})
			a.Descend()
		}
		for _, b := range all {
			b.Clear()
		}
	}
	frame()
	if n := testing.AllocsPerRun(100, frame); n != 0 {
		t.Fatalf("%v allocations in three Descends with eight followers", n)
	}
}

// The zero Backlog is a set of slots.
func TestBacklogAgainstSet(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 5))
	const slots = 120
	for range 200 {
		var b Backlog
		want := make([]bool, slots)
		for range 40 {
			more := randomSet(rng, slots)
			b.Add(rangesOf(more), nil)
			for i, in := range more {
				want[i] = want[i] || in
			}
			if got := b.Ranges(); !slices.Equal(got, rangesOf(want)) {
				t.Fatalf("pending %v, want %v", got, rangesOf(want))
			}
			if rng.IntN(3) == 0 {
				b.Clear()
				clear(want)
			}
		}
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

// Groups come and go while a consumer stalls: its ticks are those of groups that are there.
func TestStalledBacklogIsBounded(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{ChunkSlots: 64, MaxSlots: 64})
	f := a.Follow()
	stays := a.NewGroup()
	if _, err := stays.AllocSpan(1, mat{}); err != nil {
		t.Fatal(err)
	}
	f.Clear()
	most := 0
	for tick := range 5000 {
		g := a.NewGroup()
		if _, err := g.AllocSpan(1, mat{}); err != nil {
			t.Fatal(err)
		}
		g.Commit(Tick{Number: 1})
		stays.Commit(Tick{Number: uint64(tick + 1)})
		a.Descend()
		most = max(most, len(f.Ticks()))
		if err := g.Free(); err != nil {
			t.Fatal(err)
		}
	}
	if most > 300 {
		t.Errorf("up to %d ticks of one group at a time", most)
	}
	if got := f.Ticks()[0]; got.Group != stays.Number() || got.From != (Tick{}) || got.To.Number != 5000 {
		t.Errorf("the group that stays went %+v", got)
	}
}
