package arena

import (
	"slices"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/slotstream/slotstream/arena/internal/foreign"
)

// A foreignWriter commits to a block as another process does, whole ticks only.
type foreignWriter struct {
	*foreign.Block
	n      int
	values [3][]goMat
	back   uint32
}

func newForeignWriter(n int) *foreignWriter {
	w := &foreignWriter{n: n, Block: &foreign.Block{
		Middle: new(atomic.Uint32), Attached: make(chan struct{}), Detached: make(chan struct{}),
	}}
	w.Middle.Store(1)
	for b := range 3 {
		w.Ticks[b] = new([2]atomic.Uint64)
		w.News[b] = make([]uint64, (n+63)/64)
		w.values[b] = make([]goMat, n)
		w.Values[b] = unsafe.Pointer(&w.values[b][0])
	}
	return w
}

// commit sets the given slots to k, all of them if none is given.
func (w *foreignWriter) commit(k int, slots ...int) {
	clear(w.News[w.back])
	for i := range w.n {
		if len(slots) == 0 || slices.Contains(slots, i) {
			w.values[w.back][i] = goMatOf(float32(k))
			w.News[w.back][i/64] |= 1 << (i % 64)
		}
	}
	w.Ticks[w.back][0].Store(uint64(k))
	w.Ticks[w.back][1].Store(uint64(-k))
	w.back = w.Middle.Swap(w.back|fresh) &^ fresh
}

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func newForeignGroup(t *testing.T, a *Arena[goMat], n int) foreign.Group {
	t.Helper()
	initial := goMatOf(-1)
	f, err := foreign.New(a, n, unsafe.Pointer(&initial))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// foreignShows fails unless slot i of f shows k.
func foreignShows(t *testing.T, a *Arena[goMat], f foreign.Group, i, k int) {
	t.Helper()
	if got := a.Mirror()[f.Index()+i]; got != goMatOf(float32(k)) {
		t.Fatalf("slot %d shows %v, want %d", i, got, k)
	}
}

// A Descend shows what was committed before it began: to the block that it looks at, to the one that it changes to, and
// one tick for both.
func TestForeignTakeoverInOneDescend(t *testing.T) {
	t.Parallel()
	a := newGoMats(t, Config[goMat]{})
	g := a.NewGroup()
	g.AllocSpan(1, goMat{})
	follower := a.Follow()
	f := newForeignGroup(t, a, 70)
	old, heir := newForeignWriter(70), newForeignWriter(70)
	old.commit(1)
	if !f.Attach(old.Block) || f.Attach(heir.Block) {
		t.Fatal("one block waits for a Descend, no more")
	}
	if d := a.Descend(); len(d.Ticks) != 1 || d.Ticks[0] != (GroupTick{f.Number(), Tick{}, Tick{1, -1}}) {
		t.Fatalf("ticks %v", d.Ticks)
	}
	foreignShows(t, a, f, 69, 1)
	old.commit(2)
	g.Commit(Tick{Number: 9})
	if !f.Attach(heir.Block) || closed(heir.Attached) || closed(old.Detached) {
		t.Fatal("the heir waits for a Descend")
	}
	heir.commit(3, 5, 69)
	d := a.Descend()
	want := []GroupTick{{g.Number(), Tick{}, Tick{Number: 9}}, {f.Number(), Tick{1, -1}, Tick{3, -3}}}
	if !slices.Equal(d.Ticks, want) || d.Updated != 70 || len(d.Ranges) != 1 {
		t.Fatalf("ticks %v, want %v; ranges %v", d.Ticks, want, d.Ranges)
	}
	foreignShows(t, a, f, 0, 2)
	foreignShows(t, a, f, 5, 3)
	foreignShows(t, a, f, 69, 3)
	if !closed(heir.Attached) || !closed(old.Detached) || old.Broken {
		t.Fatal("the old block may go, the heir's is looked at")
	}
	old.commit(4) // wakes up late
	a.Descend()
	foreignShows(t, a, f, 0, 2)
	late := a.Follow()
	if got := late.Ticks(); !slices.Equal(got, []GroupTick{{g.Number(), Tick{}, Tick{Number: 9}}, {f.Number(), Tick{}, Tick{3, -3}}}) {
		t.Fatalf("one that follows later has %v", got)
	}
	if got := follower.Ticks(); len(got) != 2 || got[1] != (GroupTick{f.Number(), Tick{}, Tick{3, -3}}) {
		t.Fatalf("the follower has %v", got)
	}
}

// A writer that came and ended between two Descends is shown; then the block may go.
func TestForeignEnded(t *testing.T) {
	t.Parallel()
	a := newGoMats(t, Config[goMat]{})
	f := newForeignGroup(t, a, 3)
	w := newForeignWriter(3)
	w.commit(1, 1)
	f.Attach(w.Block)
	f.Detach(w.Block)
	a.Descend()
	foreignShows(t, a, f, 0, -1)
	foreignShows(t, a, f, 1, 1)
	if !closed(w.Detached) {
		t.Fatal("the writer has ended, and its last commit shows")
	}
	again := newForeignWriter(3)
	f.Attach(again.Block)
	a.Descend()
	again.commit(2, 2)
	f.Detach(again.Block)
	a.Descend()
	foreignShows(t, a, f, 2, 2)
	if !closed(again.Detached) || len(a.foreigns.middles) > 0 && a.Descend().Updated > 0 {
		t.Fatal("the second, too")
	}
	withdrawn := newForeignWriter(3)
	f.Attach(withdrawn.Block)
	if !f.Withdraw(withdrawn.Block) || !closed(withdrawn.Detached) || f.Withdraw(withdrawn.Block) {
		t.Fatal("a block that waits can be withdrawn, once")
	}
}

// A seed is what the mirror shows once the last commit of the block before is in it.
func TestForeignSeed(t *testing.T) {
	t.Parallel()
	a := newGoMats(t, Config[goMat]{})
	f := newForeignGroup(t, a, 3)
	w, heir := newForeignWriter(3), newForeignWriter(3)
	f.Attach(w.Block)
	a.Descend()
	w.commit(1, 1)
	heir.Seed = true
	f.Attach(heir.Block)
	a.Descend()
	if heir.values[0][0] != goMatOf(-1) || heir.values[0][1] != goMatOf(1) {
		t.Fatalf("seeded with %v", heir.values[0])
	}
}

// A middle word that the protocol does not allow ends the block; others go on.
func TestForeignBroken(t *testing.T) {
	t.Parallel()
	for _, word := range []uint32{fresh | 2, fresh | 3, fresh | 8, ^uint32(0), fresh | 1<<31} {
		a := newGoMats(t, Config[goMat]{})
		f, other := newForeignGroup(t, a, 3), newForeignGroup(t, a, 3)
		w, honest := newForeignWriter(3), newForeignWriter(3)
		f.Attach(w.Block)
		other.Attach(honest.Block)
		a.Descend()
		w.commit(1)
		honest.commit(1)
		w.Middle.Store(word)
		a.Descend()
		if !closed(w.Detached) || !w.Broken || closed(honest.Detached) {
			t.Fatalf("word %#x: the block goes, and no other", word)
		}
		foreignShows(t, a, f, 0, -1)
		foreignShows(t, a, other, 0, 1)
		next := newForeignWriter(3)
		next.commit(2)
		f.Attach(next.Block)
		a.Descend()
		foreignShows(t, a, f, 0, 2)
	}
}

// Bits past the last slot mean nothing: the slots behind are another's.
func TestForeignNewsPastTheEnd(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 63, 64, 65} {
		a := newGoMats(t, Config[goMat]{})
		f := newForeignGroup(t, a, n)
		behind := allocSpan(t, a, 64, goMatOf(7))
		w := newForeignWriter(n)
		f.Attach(w.Block)
		a.Descend()
		w.commit(1)
		for i := range w.News[0] {
			w.News[0][i] = ^uint64(0)
		}
		if d := a.Descend(); d.Updated != n {
			t.Fatalf("%d slots: %+v", n, d)
		}
		if a.Mirror()[behind.Index(0)] != goMatOf(7) {
			t.Fatal("a slot of another shows", a.Mirror()[behind.Index(0)])
		}
	}
}

// Free hides the slots at once. Blocks go with the next Descend, or at once where no Descend has seen them.
func TestForeignFree(t *testing.T) {
	t.Parallel()
	a := newGoMats(t, Config[goMat]{})
	f, unseen := newForeignGroup(t, a, 3), newForeignGroup(t, a, 3)
	w, next, other := newForeignWriter(3), newForeignWriter(3), newForeignWriter(3)
	f.Attach(w.Block)
	a.Descend()
	w.commit(1)
	f.Attach(next.Block)
	unseen.Attach(other.Block)
	f.Free()
	f.Free()
	unseen.Free()
	if a.Len() != 0 || !closed(next.Detached) || !closed(other.Detached) || closed(w.Detached) {
		t.Fatal("the slots are free; the block that is looked at stays until the next Descend")
	}
	a.Descend()
	if !closed(w.Detached) || a.Mirror()[0] != (goMat{}) {
		t.Fatal("nothing of it is left")
	}
	if len(a.foreigns.middles)+len(*a.foreigns.list.Load()) > 0 {
		t.Fatal("a freed group is looked at")
	}
}

// An idle Descend with foreign groups, and one that takes a commit, do not allocate.
func TestForeignAllocatesNothing(t *testing.T) {
	a := newGoMats(t, Config[goMat]{})
	f := newForeignGroup(t, a, 100)
	w := newForeignWriter(100)
	f.Attach(w.Block)
	for k := range 3 {
		w.commit(k)
		a.Descend()
	}
	if n := testing.AllocsPerRun(100, func() { w.commit(9); a.Descend(); a.Descend() }); n > 0 && !raceEnabled {
		t.Fatalf("%v allocations", n)
	}
}
