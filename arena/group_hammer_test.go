package arena

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var hammerDescends = flag.Int("descends", 20_000, "Descends of each hammer of groups; raise it for a long run")

// A record is a slot of the hammer, 64 bytes or 80 as a render.Instance has: whole
// if every word follows from the first.
type record interface {
	~[16]uint32 | ~[20]uint32
	comparable
}

type (
	record64 [16]uint32
	record80 [20]uint32
)

func recordOf[R record](x uint32) (r R) {
	for j := range len(r) {
		r[j] = x*2654435761 + uint32(j)
	}
	return r
}

func isWhole[R record](p *R) bool {
	r := *p
	for j := range len(r) {
		if r[j] != r[0]+uint32(j) {
			return false
		}
	}
	return true
}

// setter is what the hammer writes through: a Span or a GroupSpan.
type setter[R record] interface {
	Set(i int, v *R) bool
	StoreRange(first int, vs []R) bool
	Len() int
	Index(i int) int
}

// rules are the steps of the protocol that a mutation replaces.
type rules struct {
	commit  func(*group, Tick)
	descend func(*core) Delta
	plain   bool // no group at all
	races   bool // the race detector finds it too, and says so
}

func honest() rules {
	return rules{
		commit:  func(g *group, t Tick) { g.seal(t, g.untaken()); g.publish() },
		descend: (*core).descend,
	}
}

// A ledger knows what the slots hold that a writer has set, and their sum, which
// slot 0 of the first span shows with the tick: the sum of a mixture is another.
type ledger[R record] struct {
	spans []setter[R]
	holds [][]uint32 // first words
	sum   uint32
	next  uint32
	rng   *rand.Rand
	all   []R
}

func (l *ledger[R]) put(span, i int) R {
	l.next++
	v := recordOf[R](l.next)
	l.sum += v[0] - l.holds[span][i]
	l.holds[span][i] = v[0]
	return v
}

// step sets what belongs to one tick: of each span all, a range, a few, or none.
func (l *ledger[R]) step(tick uint32) {
	for k, s := range l.spans {
		from := 0
		if k == 0 {
			from = 1
		}
		n := s.Len() - from
		if n == 0 {
			continue
		}
		switch l.rng.IntN(12) {
		case 0:
			l.all = l.all[:0]
			for i := range n {
				l.all = append(l.all, l.put(k, from+i))
			}
			s.StoreRange(from, l.all)
		case 1:
			first := from + l.rng.IntN(n)
			m := l.rng.IntN(s.Len() - first + 1)
			l.all = l.all[:0]
			if gs, ok := s.(GroupSpan[R]); ok {
				for i, staged := 0, gs.Stage(first, m); i < m; i++ {
					staged[i] = l.put(k, first+i)
				}
				continue
			}
			for i := range m {
				l.all = append(l.all, l.put(k, first+i))
			}
			s.StoreRange(first, l.all)
		case 2, 3, 4, 5, 6, 7, 8:
			for range l.rng.IntN(5) {
				i := from + l.rng.IntN(n)
				v := l.put(k, i)
				s.Set(i, &v)
			}
			runtime.Gosched()
		}
	}
	var head R
	head[0], head[1] = tick, l.sum
	l.spans[0].Set(0, &head)
}

// hammerGroup has a writer commit ticks to spans of the given sizes as fast as it
// can, while a reader descends as fast as it can and follows the deltas alone, as
// an uploader does. It returns the number of Descends that showed another tick, and
// what was mixed, torn, lost, went back or was late.
func hammerGroup[R record](sizes []int, descends int, r rules) (changed int, err error) {
	slots := 400
	for _, n := range sizes {
		slots += n + 64
	}
	a, err := New(Config[R]{ChunkSlots: 64, MaxSlots: slots})
	if err != nil {
		return 0, err
	}
	var zero R
	a.Alloc(zero)
	w := &ledger[R]{rng: rand.New(rand.NewPCG(uint64(slots), 7))}
	g := a.NewGroup()
	for _, n := range sizes {
		var s setter[R]
		var err error
		if r.plain {
			s, err = a.AllocSpan(n, zero)
		} else {
			s, err = g.AllocSpan(n, zero)
		}
		if err != nil {
			return 0, err
		}
		a.Alloc(zero) // neighbours of other owners
		w.spans = append(w.spans, s)
		w.holds = append(w.holds, make([]uint32, n))
	}
	neighbour, _ := a.AllocSpan(20, zero)
	member := make([]bool, a.Cap())
	for _, s := range w.spans {
		for i := range s.Len() {
			member[s.Index(i)] = true
		}
	}

	var stop atomic.Bool
	var committed atomic.Uint32
	var wg sync.WaitGroup
	wg.Go(func() {
		for tick := uint32(1); !stop.Load(); tick++ {
			giveWay()
			w.step(tick)
			if r.plain {
				for _, s := range w.spans {
					s.(Span[R]).Flush()
				}
			} else {
				r.commit(g.group, Tick{Number: uint64(tick), Time: -time.Duration(tick)})
			}
			committed.Store(tick)
			if tick%7 == 0 {
				neighbour.Set(int(tick)%20, &zero)
				neighbour.Flush()
			}
			if tick%4 == 0 {
				runtime.Gosched()
			}
		}
	})

	head := w.spans[0].Index(0)
	shows := make([]R, a.Cap()) // what the deltas have told
	var sum, shown uint32
	look := func() error {
		began := committed.Load()
		d := r.descend(&a.core)
		end := -1
		for _, rg := range d.Ranges {
			if rg.First <= end || rg.Count < 1 {
				return fmt.Errorf("ranges touch: %v", d.Ranges)
			}
			end = rg.End()
			for i := rg.First; i < rg.End(); i++ {
				v := &a.Mirror()[i]
				if member[i] && i != head {
					if *v != zero && !isWhole(v) {
						return fmt.Errorf("slot %d is torn: %v", i, *v)
					}
					sum += (*v)[0] - shows[i][0]
				}
				shows[i] = *v
			}
		}
		tick := shows[head][0]
		switch {
		case shows[head][1] != sum:
			return fmt.Errorf("tick %d is a mixture", tick)
		case r.plain: // has no other promise
		case tick < shown:
			return fmt.Errorf("tick %d after %d", tick, shown)
		case tick < began:
			return fmt.Errorf("tick %d, after %d was committed", tick, began)
		case g.Shown() != Tick{uint64(tick), -time.Duration(tick)}:
			return fmt.Errorf("tick %d, said to be %v", tick, g.Shown())
		case tick == shown && len(d.Ticks) != 0,
			tick != shown && (len(d.Ticks) != 1 || d.Ticks[0] != GroupTick{g.Number(), Tick{uint64(shown), -time.Duration(shown)}, g.Shown()}):
			return fmt.Errorf("from tick %d to %d, said to be %v", shown, tick, d.Ticks)
		}
		if tick != shown {
			changed++
		}
		shown = tick
		return nil
	}
	for n := 0; n < descends && err == nil; n++ {
		err = look()
		if n%2 == 0 {
			runtime.Gosched()
		}
	}
	stop.Store(true)
	wg.Wait()
	if err == nil {
		err = look()
	}
	if err == nil && shown != committed.Load() {
		err = fmt.Errorf("at the end tick %d of %d", shown, committed.Load())
	}
	if err == nil && !slices.Equal(shows[:len(a.Mirror())], a.Mirror()) {
		err = fmt.Errorf("the deltas did not tell all of it")
	}
	return changed, err
}

var groupSizes = [][]int{{1}, {1, 1, 1}, {16}, {70, 5}, {130}, {500, 3, 90}, {4096}}

func hammerSizes[R record](t *testing.T, descends int) {
	for _, procs := range []int{1, 2, 4} {
		for _, sizes := range groupSizes {
			t.Run(fmt.Sprintf("procs=%d,sizes=%v", procs, sizes), func(t *testing.T) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
				changed, err := hammerGroup[R](sizes, descends, honest())
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%d of %d Descends showed another tick", changed, descends)
			})
		}
	}
}

func groupDescends() int {
	if raceEnabled {
		return *hammerDescends / 10
	}
	return *hammerDescends
}

func TestHammerGroup(t *testing.T) {
	t.Run("64", func(t *testing.T) { hammerSizes[record64](t, groupDescends()) })
	t.Run("80", func(t *testing.T) { hammerSizes[record80](t, groupDescends()) })
}

// Every window of the protocol is a place where the others go on.
func TestHammerGroupWindows(t *testing.T) {
	for _, every := range []uint32{2, 5, 17} {
		t.Run(fmt.Sprintf("every=%d", every), func(t *testing.T) {
			var n atomic.Uint32
			hook = func() {
				if x := n.Add(1) * 2654435761; x>>16%every == 0 {
					runtime.Gosched()
				}
			}
			defer func() { hook = nil }()
			hammerSizes[record64](t, groupDescends()/10)
		})
	}
}

// The same hammer must find a protocol that breaks a rule, and a plain span.
func TestHammerFindsBrokenGroups(t *testing.T) {
	for name, breaks := range map[string]func(*rules){
		"a plain span": func(r *rules) { r.plain = true },
		"news that were not taken are not carried": func(r *rules) {
			r.commit = func(g *group, t Tick) { g.seal(t, false); g.publish() }
		},
		"a buffer is not caught up": func(r *rules) {
			r.commit = func(g *group, t Tick) {
				for _, m := range *g.members.Load() {
					clear(m.stale[g.back])
				}
				g.seal(t, g.untaken())
				g.publish()
			}
		},
		"the swap loses fresh": func(r *rules) {
			r.commit = func(g *group, t Tick) {
				g.seal(t, g.untaken())
				g.last, g.back = g.back, g.state.Swap(g.back)&^fresh
				g.place.mark()
			}
		},
		"the mark comes before the swap": func(r *rules) {
			r.commit = func(g *group, t Tick) {
				g.seal(t, g.untaken())
				g.place.mark()
				runtime.Gosched()
				g.last, g.back = g.back, g.state.Swap(g.back|fresh)&^fresh
			}
		},
		"the reader keeps the old front": func(r *rules) {
			r.races = true
			r.descend = func(a *core) Delta {
				return descendTaking(a, func(g *group, old uint32) { g.front = old })
			}
		},
		"the reader takes in two steps": func(r *rules) {
			r.races = true
			r.descend = func(a *core) Delta {
				return descendTaking(a, func(g *group, old uint32) {
					runtime.Gosched() // a commit in between is what breaks it
					g.state.Store(old)
				})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := honest()
			breaks(&r)
			if r.races && raceEnabled {
				return
			}
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
			for range 5000 { // the first ones, where the committer has a processor; else as many as it takes
				if _, err := hammerGroup[record64]([]int{130, 20}, 2000, r); err != nil {
					t.Log(err)
					return
				}
			}
			t.Error("not found")
		})
	}
}

// descendTaking is Descend with something done to each group that was taken and to
// the buffer that its reader had before.
func descendTaking(a *core, then func(g *group, old uint32)) Delta {
	old := map[*group]uint32{}
	for _, block := range *a.groups.blocks.Load() {
		for i := range block.groups {
			if g := block.groups[i].Load(); g != nil {
				old[g] = g.front
			}
		}
	}
	a.begin()
	a.takeGroups()
	for _, g := range a.groups.taken {
		then(g, old[g])
	}
	a.scanChunks()
	a.applyGroups()
	a.end()
	return a.delta
}

// Several goroutines set in a world of many spans, and fill parts of one that was
// staged; one of them commits.
func TestHammerGroupWorkers(t *testing.T) {
	t.Parallel()
	const workers, n = 3, 100
	a := newMats(t, Config[mat]{ChunkSlots: 64, MaxSlots: 2 * workers * n})
	g := a.NewGroup()
	shared, err := g.AllocSpan(workers*n, mat{})
	if err != nil {
		t.Fatal(err)
	}
	var own [workers]GroupSpan[mat]
	for w := range workers {
		if own[w], err = g.AllocSpan(n, mat{}); err != nil {
			t.Fatal(err)
		}
	}
	ticks := groupDescends() / 4
	var stop atomic.Bool
	go func() {
		defer stop.Store(true)
		for tick := 1; tick <= ticks; tick++ {
			var wg sync.WaitGroup
			staged := shared.Stage(0, shared.Len())
			for w := range workers {
				wg.Go(func() {
					v := whole(float32(tick))
					for i := range n {
						own[w].Set(i, v)
						staged[w+i*workers] = *v
					}
				})
			}
			wg.Wait()
			g.Commit(Tick{Number: uint64(tick)})
		}
	}()
	for last := false; !last; {
		last = stop.Load()
		a.Descend()
		want := *whole(float32(g.Shown().Number))
		for i, m := range a.Mirror() {
			if m != want {
				t.Fatalf("tick %d: slot %d shows %v", g.Shown().Number, i, m[0])
			}
		}
		runtime.Gosched()
	}
	if g.Shown().Number != uint64(ticks) {
		t.Fatalf("at the end tick %d of %d", g.Shown().Number, ticks)
	}
}

// Spans and groups come and go, plain slots take their place, while others set,
// commit and descend.
func TestHammerGroupTopology(t *testing.T) {
	t.Parallel()
	if err := hammerGroupTopology(*hammerDescends/10, (*member).free); err != nil {
		t.Error(err)
	}
}

// A span that is closed only after its slots were hidden shows commits to others'
// slots.
func TestHammerFindsLateClose(t *testing.T) {
	t.Parallel()
	late := func(m *member) error {
		c := m.group.core
		err := c.freeSpan(&span{core: c, first: m.first, n: m.n, gen: m.gen})
		if err == nil {
			m.group.drop(m)
		}
		runtime.Gosched()
		m.closed.Store(true)
		return err
	}
	for range 5000 {
		if err := hammerGroupTopology(2000, late); err != nil {
			t.Log(err)
			return
		}
	}
	t.Error("not found")
}

func hammerGroupTopology(ops int, free func(*member) error) error {
	hidden := recordOf[record64](999)
	a, err := New(Config[record64]{ChunkSlots: 64, MaxSlots: 1500, Hidden: hidden})
	if err != nil {
		return err
	}
	const goroutines = 3
	errs := make(chan error, goroutines)
	for w := range goroutines {
		go func() {
			errs <- func() error {
				g := a.NewGroup()
				rng := rand.New(rand.NewPCG(uint64(w), 9))
				var spans []GroupSpan[record64]
				for i := range ops {
					id := recordOf[record64](uint32(w+1)<<28 | uint32(i))
					if len(spans) < 4 && rng.IntN(3) > 0 {
						s, err := g.AllocSpan(1+rng.IntN(90), id)
						if err != nil {
							return err
						}
						spans = append(spans, s)
					}
					for _, s := range spans {
						for range 1 + rng.IntN(4) {
							s.Set(rng.IntN(s.Len()), &id)
						}
					}
					g.Commit(Tick{Number: uint64(i)})
					if len(spans) > 0 && rng.IntN(4) == 0 {
						k := rng.IntN(len(spans))
						if err := free(spans[k].member); err != nil {
							return err
						}
						if spans[k].Set(0, &id) {
							return fmt.Errorf("set through a freed handle")
						}
						spans = slices.Delete(spans, k, k+1)
					}
					s, err := a.AllocSpan(1+rng.IntN(50), id)
					if err != nil {
						return err
					}
					s.Set(0, &id)
					s.Flush()
					if err := s.Free(); err != nil {
						return err
					}
					if i%50 == 0 {
						if err := g.Free(); err != nil {
							return err
						}
						if _, err := g.AllocSpan(1, id); err != ErrStale {
							return fmt.Errorf("a span of a freed group: %v", err)
						}
						spans = spans[:0]
						g = a.NewGroup()
					}
				}
				return g.Free()
			}()
		}()
	}
	for running := goroutines; running > 0; {
		select {
		case e := <-errs:
			running--
			if err == nil {
				err = e
			}
		default:
		}
		d := a.Descend()
		for i := range a.Mirror()[:d.HighWater] {
			if m := &a.Mirror()[i]; err == nil && !isWhole(m) {
				err = fmt.Errorf("slot %d is torn: %v", i, *m)
			}
		}
		runtime.Gosched()
	}
	a.Descend()
	for i, m := range a.Mirror() {
		if err == nil && m != hidden {
			err = fmt.Errorf("all are free, slot %d shows %v", i, m)
		}
	}
	if err == nil && a.Len() != 0 {
		err = fmt.Errorf("%d slots are left", a.Len())
	}
	return err
}

// The committer loads what it set, committed and discarded, while the reader descends as
// fast as it can: each value is in a buffer, in the mirror, or in the chunk.
func TestHammerGroupLoad(t *testing.T) {
	t.Parallel()
	const n = 130
	a := newMats(t, Config[mat]{ChunkSlots: 64})
	g := a.NewGroup()
	s := allocMembers(t, g, n, *whole(-1))
	var stop atomic.Bool
	var reader sync.WaitGroup
	reader.Go(func() {
		for !stop.Load() {
			giveWay()
			a.Descend()
		}
	})
	defer reader.Wait()
	defer stop.Store(true)
	rng := rand.New(rand.NewPCG(8, 8))
	staged, committed := slices.Repeat([]float32{-1}, n), slices.Repeat([]float32{-1}, n)
	for tick := range groupDescends() / 4 {
		for range rng.IntN(4) {
			i := rng.IntN(n)
			staged[i] = float32(tick)
			s.Set(i, whole(staged[i]))
		}
		for range 4 {
			var v mat
			if i := rng.IntN(n); !s.Load(i, &v) || v != *whole(staged[i]) {
				t.Fatalf("tick %d: slot %d loads %v, want %v", tick, i, v[0], staged[i])
			}
		}
		if rng.IntN(3) == 0 {
			g.Discard()
			copy(staged, committed)
		} else {
			g.Commit(Tick{Number: uint64(tick)})
			copy(committed, staged)
		}
	}
}
