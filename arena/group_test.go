package arena

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func allocMembers(t testing.TB, g Group[mat], n int, v mat) GroupSpan[mat] {
	t.Helper()
	s, err := g.AllocSpan(n, v)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shows asserts the first words of the mirror.
func shows(t *testing.T, a *Arena[mat], want ...float32) {
	t.Helper()
	var got []float32
	for _, m := range a.Mirror() {
		got = append(got, m[0])
	}
	if !slices.Equal(got, want) {
		t.Fatalf("the mirror shows %v, want %v", got, want)
	}
}

func TestPromise14WholeTicks(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{Hidden: *whole(-1)})
	g := a.NewGroup()
	if g.Shown() != (Tick{}) {
		t.Fatal("shown before the first commit:", g.Shown())
	}
	s := allocMembers(t, g, 3, *whole(1))
	u := allocMembers(t, g, 2, *whole(2))
	if s.Len() != 3 || s.Index(0) != 0 || u.Index(1) != 4 {
		t.Fatal("spans are at", s.Index(0), u.Index(1))
	}
	s.Set(1, whole(10)) // staged; initial values show at once
	if d := a.Descend(); d.Updated != 5 || len(d.Ticks) != 0 || g.Shown() != (Tick{}) {
		t.Fatalf("%+v", d)
	}
	shows(t, a, 1, 1, 1, 2, 2)

	u.StoreAll([]mat{*whole(20), *whole(21)})
	g.Commit(Tick{7, 70})
	d := a.Descend()
	if !slices.Equal(d.Ranges, []Range{{1, 1}, {3, 2}}) || d.Updated != 3 {
		t.Fatalf("%+v", d)
	}
	if !slices.Equal(d.Ticks, []GroupTick{{g.Number(), Tick{}, Tick{7, 70}}}) || g.Shown() != (Tick{7, 70}) {
		t.Fatalf("%+v", d)
	}
	shows(t, a, 1, 10, 1, 20, 21)

	// Two commits that no Descend came between show together.
	s.Set(0, whole(11))
	g.Commit(Tick{8, 80})
	copy(s.Stage(1, 2), []mat{*whole(12), *whole(13)})
	g.Commit(Tick{9, 90})
	d = a.Descend()
	if !slices.Equal(d.Ranges, []Range{{0, 3}}) || !slices.Equal(d.Ticks, []GroupTick{{g.Number(), Tick{7, 70}, Tick{9, 90}}}) {
		t.Fatalf("%+v", d)
	}
	shows(t, a, 11, 12, 13, 20, 21)

	// What was set by a tick that failed is forgotten.
	s.StoreAll([]mat{*whole(90), *whole(91), *whole(92)})
	g.Discard()
	u.Set(0, whole(22))
	g.Commit(Tick{10, 100})
	a.Descend()
	shows(t, a, 11, 12, 13, 22, 21)

	// A commit of nothing is a tick, too.
	g.Commit(Tick{11, 110})
	if d := a.Descend(); d.Updated != 0 || len(d.Ranges) != 0 || len(d.Ticks) != 1 || g.Shown().Number != 11 {
		t.Fatalf("%+v", d)
	}
	if d := a.Descend(); d.Updated != 0 || len(d.Ticks) != 0 {
		t.Fatalf("nothing happened: %+v", d)
	}
}

// What Stage lent may be stored elsewhere in the span, as with copy: in pieces that
// overlap, and in no piece at all.
func TestGroupStoresWhatItLent(t *testing.T) {
	const n = 3<<20/64 + 7
	a := newMats(t, Config[mat]{})
	g := a.NewGroup()
	s := allocMembers(t, g, n, mat{})
	want := make([]float32, n)
	for _, shift := range []int{1, -1, 100, -100, 8192, -8192, 8193, n - 1, 1 - n, 0} {
		lent := s.Stage(0, n)
		for i := range lent {
			lent[i] = *whole(float32(i))
			want[i] = float32(i)
		}
		to, from := max(shift, 0), max(-shift, 0)
		copy(want[to:], want[from:n-to])
		s.StoreRange(to, lent[from:n-to])
		g.Commit(Tick{})
		a.Descend()
		for i, m := range a.Mirror() {
			if m != *whole(want[i]) {
				t.Fatalf("moved by %d: slot %d shows %v, want %v", shift, i, m[0], want[i])
			}
		}
	}
}

func TestGroupFree(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{Hidden: *whole(-1)})
	g, other := a.NewGroup(), a.NewGroup()
	s := allocMembers(t, g, 2, *whole(1))
	u := allocMembers(t, g, 1, *whole(2))
	v := allocMembers(t, other, 1, *whole(3))
	fork := s // a copy is the same handle
	a.Descend()

	// A free between a commit and its Descend, and what is set after it.
	s.Set(0, whole(10))
	u.Set(0, whole(20))
	g.Commit(Tick{Number: 1})
	if err := s.Free(); err != nil {
		t.Fatal(err)
	}
	if s.Set(0, whole(11)) || fork.Set(1, whole(11)) || s.StoreAll(make([]mat, 2)) {
		t.Fatal("set through a freed handle")
	}
	s.Stage(0, 2)[1] = *whole(12)
	a.Descend()
	shows(t, a, -1, -1, 20, 3)
	g.Commit(Tick{Number: 2})
	a.Descend()
	shows(t, a, -1, -1, 20, 3)
	for _, h := range []GroupSpan[mat]{s, fork, {}} {
		if err := h.Free(); err != ErrStale {
			t.Fatal("freed twice:", err)
		}
	}

	// Its place is another's, and the group goes on.
	slot := alloc(t, a, *whole(5))
	if slot.Index() != 0 {
		t.Fatal("at", slot.Index())
	}
	if err := g.Free(); err != nil {
		t.Fatal(err)
	}
	v.Set(0, whole(30))
	other.Commit(Tick{Number: 3})
	g.Commit(Tick{Number: 4}) // nobody sees it
	a.Descend()
	shows(t, a, 5, -1, -1, 30)
	if err := g.Free(); err != ErrStale {
		t.Fatal("freed twice:", err)
	}
	if _, err := g.AllocSpan(1, mat{}); err != ErrStale {
		t.Fatal("a span of a freed group:", err)
	}
	if a.Len() != 2 {
		t.Fatal(a.Len(), "slots are live")
	}
	if next := a.NewGroup(); next.Number() == g.Number() {
		t.Fatal("a number was used again")
	}
}

func TestGroupFull(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{ChunkSlots: 64, MaxSlots: 100})
	g := a.NewGroup()
	allocMembers(t, g, 60, mat{})
	if _, err := g.AllocSpan(41, mat{}); err != ErrFull {
		t.Fatal(err)
	}
	allocMembers(t, g, 40, mat{})
}

func TestGroupMisuse(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{})
	g := a.NewGroup()
	s := allocMembers(t, g, 2, mat{})
	var none Group[mat]
	var empty GroupSpan[mat]
	if empty.Len() != 0 || empty.Free() != ErrStale || empty.Stage(0, 0) != nil {
		t.Fatal("the zero GroupSpan has slots")
	}
	if empty.StoreAll(nil) || empty.StoreRange(0, nil) {
		t.Fatal("the zero GroupSpan is not stale")
	}
	for name, f := range map[string]func(){
		"AllocSpan of 0 slots":              func() { g.AllocSpan(0, mat{}) },
		"no slots 2 to 2 in a group's span": func() { s.Set(2, &mat{}) },
		"no slots -1 to -1 in":              func() { s.Set(-1, &mat{}) },
		"no slots 0 to 0 in a group's span": func() { empty.Set(0, &mat{}) },
		"no slots 1 to 2 in":                func() { s.StoreRange(1, make([]mat, 2)) },
		"no slots 1 to 0 in":                func() { empty.StoreRange(1, nil) },
		"StoreAll of 3 values":              func() { s.StoreAll(make([]mat, 3)) },
		"no slots 1 to 2 in a group's":      func() { s.Stage(1, 2) },
		"no slots 1 to -1 in":               func() { s.Stage(1, -1) },
		"no slots 5 to 5 in":                func() { s.Index(5) },
		"Commit of the zero Group":          func() { none.Commit(Tick{}) },
		"Discard of the zero Group":         func() { none.Discard() },
		"Shown of the zero Group":           func() { none.Shown() },
		"Number of the zero Group":          func() { none.Number() },
		"Free of the zero Group":            func() { none.Free() },
		"AllocSpan of the zero Group":       func() { none.AllocSpan(1, mat{}) },
	} {
		mustPanic(t, name, f)
	}
	if invariants {
		g.busy.Store(true)
		mustPanic(t, "two calls of Commit or Discard overlap", func() { g.Commit(Tick{}) })
		mustPanic(t, "set in a group's span while the group is being committed", func() { s.Set(0, &mat{}) })
		g.busy.Store(false)
	}
}

// Random calls against the plainest model there is: two copies of everything.
func TestGroupEqualsModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 3))
		a := newMats(t, Config[mat]{ChunkSlots: 64, MaxSlots: 1000, Hidden: *whole(-1)})
		type span struct {
			GroupSpan[mat]
			staged, committed []float32
		}
		type world struct {
			Group[mat]
			spans []*span
			tick  uint64
		}
		var worlds []*world
		want := map[int]float32{} // by index; elsewhere hidden
		x := float32(0)
		for range 600 {
			if len(worlds) == 0 || len(worlds) < 3 && rng.IntN(50) == 0 {
				worlds = append(worlds, &world{Group: a.NewGroup()})
			}
			w := worlds[rng.IntN(len(worlds))]
			x++
			switch op := rng.IntN(16); {
			case op == 0 && len(w.spans) < 5:
				n := 1 + rng.IntN(130)
				gs, err := w.AllocSpan(n, *whole(x))
				if err == ErrFull {
					continue
				}
				s := &span{gs, slices.Repeat([]float32{x}, n), slices.Repeat([]float32{x}, n)}
				w.spans = append(w.spans, s)
			case op == 1 && len(w.spans) > 0:
				k := rng.IntN(len(w.spans))
				s := w.spans[k]
				if err := s.Free(); err != nil {
					t.Fatal(err)
				}
				for i := range s.Len() {
					delete(want, s.Index(i))
				}
				w.spans = slices.Delete(w.spans, k, k+1)
			case op == 2 && rng.IntN(8) == 0:
				if err := w.Free(); err != nil {
					t.Fatal(err)
				}
				worlds = slices.DeleteFunc(worlds, func(o *world) bool { return o == w })
			case op == 3:
				w.Discard()
				for _, s := range w.spans {
					copy(s.staged, s.committed)
				}
			case op < 7:
				w.tick++
				w.Commit(Tick{Number: w.tick})
				for _, s := range w.spans {
					copy(s.committed, s.staged)
				}
			case op < 10:
				d := a.Descend()
				updated := 0
				for i, r := range d.Ranges {
					if i > 0 && r.First <= d.Ranges[i-1].End() {
						t.Fatal("ranges touch:", d.Ranges)
					}
					updated += r.Count
				}
				if updated != d.Updated {
					t.Fatalf("%d slots in ranges: %+v", updated, d)
				}
				clear(want)
				for _, w := range worlds {
					if w.Shown().Number != w.tick {
						t.Fatalf("shows tick %d of %d", w.Shown().Number, w.tick)
					}
					for _, s := range w.spans {
						for i, v := range s.committed {
							want[s.Index(i)] = v
						}
					}
				}
				for i, m := range a.Mirror() {
					v, ok := want[i]
					if !ok {
						v = -1
					}
					if m != *whole(v) {
						t.Fatalf("seed %d: slot %d shows %v, want %v", seed, i, m[0], v)
					}
				}
			case len(w.spans) > 0:
				s := w.spans[rng.IntN(len(w.spans))]
				h := s.GroupSpan
				for i, want := range s.staged {
					var v mat
					if rng.IntN(8) == 0 && (!h.Load(i, &v) || v != *whole(want)) {
						t.Fatalf("seed %d: slot %d loads %v, want %v", seed, i, v[0], want)
					}
				}
				first := rng.IntN(s.Len())
				n := 1 + rng.IntN(s.Len()-first)
				vs := slices.Repeat([]mat{*whole(x)}, n)
				switch rng.IntN(3) {
				case 0:
					n = 1
					h.Set(first, whole(x))
				case 1:
					h.StoreRange(first, vs)
				case 2:
					copy(h.Stage(first, n), vs)
				}
				for i := range n {
					s.staged[first+i] = x
				}
			}
		}
	}
}

func TestGroupAllocatesNothing(t *testing.T) {
	a := newMats(t, Config[mat]{ChunkSlots: 64})
	var groups []Group[mat]
	var spans []GroupSpan[mat]
	for range 3 {
		g := a.NewGroup()
		for range 3 {
			s := allocMembers(t, g, 300, mat{})
			spans = append(spans, s)
			allocSpan(t, a, 10, mat{})
		}
		groups = append(groups, g)
	}
	plain := allocSpan(t, a, 400, mat{})
	vs, v := make([]mat, 300), whole(1)
	round := 0
	f := func() {
		round++
		for i, s := range spans {
			switch (i + round) % 3 {
			case 0:
				s.StoreAll(vs)
			case 1:
				s.Stage(20, 30)[0] = *v
			case 2:
				for j := round % 3; j < 300; j += 3 {
					s.Set(j, v)
				}
			}
		}
		for j := 0; j < 400; j += 2 {
			plain.Set(j, v)
		}
		plain.Flush()
		for _, g := range groups {
			g.Commit(Tick{})
		}
		if round%3 > 0 {
			a.Descend()
		}
	}
	for range 50 {
		f()
	}
	if n := testing.AllocsPerRun(100, f); n != 0 {
		t.Fatal(n, "allocations")
	}
}

// More groups than one block has bits, each with its own news.
func TestManyGroups(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{})
	var groups []Group[mat]
	var spans []GroupSpan[mat]
	for i := range 200 {
		g := a.NewGroup()
		groups = append(groups, g)
		spans = append(spans, allocMembers(t, g, 1, *whole(float32(i))))
	}
	a.Descend()
	for i := 0; i < 200; i += 3 {
		spans[i].Set(0, whole(float32(1000+i)))
		groups[i].Commit(Tick{Number: uint64(i)})
	}
	d := a.Descend()
	if d.Updated != 67 || len(d.Ticks) != 67 {
		t.Fatalf("%d updated, %d ticks", d.Updated, len(d.Ticks))
	}
	for i := range 200 {
		want := float32(i)
		if i%3 == 0 {
			want += 1000
		}
		if a.Mirror()[spans[i].Index(0)] != *whole(want) {
			t.Fatal(fmt.Sprint("group ", i, " shows ", a.Mirror()[spans[i].Index(0)][0]))
		}
	}
}
