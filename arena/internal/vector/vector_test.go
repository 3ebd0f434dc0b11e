package vector

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/slotstream/slotstream/arena"
)

type mat [16]float32

// whole is a value whose words are all x.
func whole(x float32) *mat {
	var m mat
	for i := range m {
		m[i] = x
	}
	return &m
}

func newMats(t *testing.T, cfg arena.Config[mat]) *arena.Arena[mat] {
	t.Helper()
	a, err := arena.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func mustPanic(t *testing.T, with string, call func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if p := recover(); p == nil || !strings.Contains(fmt.Sprint(p), with) {
			t.Errorf("panicked with %v, want %q", p, with)
		}
	}()
	call()
}

func TestVector(t *testing.T) {
	t.Parallel()
	a := newMats(t, arena.Config[mat]{MaxSlots: 5 * spanSlots, Hidden: *whole(-1)})
	other, err := a.Alloc(*whole(5)) // so that index and place differ
	if err != nil {
		t.Fatal(err)
	}
	g := a.NewGroup()
	v := New(a, g, *whole(7))
	if v.Len() != 0 || v.Stage(0, 0) != nil || !v.StoreRange(0, nil) {
		t.Fatal("a new vector has slots")
	}
	if err := v.Grow(1); err != nil || v.Len() != spanSlots {
		t.Fatal(v.Len(), err)
	}
	if err := other.Free(); err != nil {
		t.Fatal(err)
	}
	if _, err := a.AllocSpan(10, *whole(6)); err != nil { // between the vector's spans
		t.Fatal(err)
	}
	if err := v.Grow(3 * spanSlots); err != nil || v.Len() != 3*spanSlots {
		t.Fatal(v.Len(), err)
	}
	want := make([]float32, v.Len())
	for i := range want {
		want[i] = 7
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for tick := range uint64(200) {
		first := rng.IntN(v.Len())
		values := make([]mat, rng.IntN(min(v.Len()-first, 3*spanSlots)+1))
		for i := range values {
			values[i] = *whole(float32(rng.IntN(1000)))
			want[first+i] = values[i][0]
		}
		switch tick % 3 {
		case 0:
			if !v.StoreRange(first, values) {
				t.Fatal("stale")
			}
		case 1:
			for len(values) > 0 {
				n := copy(v.Stage(first, len(values)), values)
				first, values = first+n, values[n:]
			}
		default:
			for i := range values {
				if !v.Set(first+i, &values[i]) {
					t.Fatal("stale")
				}
			}
		}
		g.Commit(arena.Tick{Number: tick})
		a.Descend()
		var got []float32
		for i := range v.Len() {
			got = append(got, a.Mirror()[v.Index(i)][0])
		}
		if !slices.Equal(got, want) {
			t.Fatalf("tick %d shows something else than was stored", tick)
		}
	}

	if err := v.Grow(6 * spanSlots); !errors.Is(err, arena.ErrFull) || v.Len() != 4*spanSlots {
		t.Fatalf("%d slots, %v", v.Len(), err)
	}
	for _, call := range []func(){
		func() { v.Set(v.Len(), whole(1)) },
		func() { v.StoreRange(v.Len()-1, make([]mat, 2)) },
		func() { v.Stage(-1, 1) },
		func() { v.Stage(1, -1) },
		func() { v.Index(-1) },
	} {
		mustPanic(t, "of a vector of 4096", call)
	}
	if err := g.Free(); err != nil {
		t.Fatal(err)
	}
	if v.Set(0, whole(1)) || v.StoreRange(0, make([]mat, 2*spanSlots)) {
		t.Error("a freed vector took something")
	}
	if err := v.Grow(v.Len() + 1); !errors.Is(err, arena.ErrStale) {
		t.Error(err)
	}
}

// A vector may have every slot of an arena, for any number of slots, and every slot that others leave.
func TestVectorInASmallArena(t *testing.T) {
	t.Parallel()
	for _, slots := range []int{1, 100, spanSlots - 1, spanSlots, spanSlots + 1, 3*spanSlots - 7} {
		a := newMats(t, arena.Config[mat]{MaxSlots: slots})
		g := a.NewGroup()
		v := New(a, g, *whole(7))
		for n := 1; n <= slots; n += max(slots/10, 1) {
			if err := v.Grow(n); err != nil || v.Len() < n {
				t.Fatalf("%d of %d slots: %d, %v", n, slots, v.Len(), err)
			}
		}
		if err := v.Grow(slots); err != nil || v.Len() != slots {
			t.Fatalf("%d slots: %d, %v", slots, v.Len(), err)
		}
		if err := v.Grow(slots + 1); !errors.Is(err, arena.ErrFull) || v.Len() != slots {
			t.Fatalf("more than %d slots: %d, %v", slots, v.Len(), err)
		}
		values := make([]mat, slots)
		for i := range values {
			values[i] = *whole(float32(i))
		}
		if !v.StoreRange(0, values) {
			t.Fatal("stale")
		}
		last := *whole(float32(slots - 1))
		if got := v.Stage(slots-1, 1); len(got) != 1 || got[0] != last || !v.Set(slots-1, &last) {
			t.Fatalf("the last of %d slots: %v", slots, got)
		}
		g.Commit(arena.Tick{Number: 1})
		a.Descend()
		for i := range values {
			if got := a.Mirror()[v.Index(i)]; got != values[i] {
				t.Fatalf("slot %d of %d shows %v", i, slots, got[0])
			}
		}
		if err := g.Free(); err != nil {
			t.Fatal(err)
		}
	}

	a := newMats(t, arena.Config[mat]{MaxSlots: 200})
	below, err := a.AllocSpan(150, *whole(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Alloc(*whole(2)); err != nil {
		t.Fatal(err)
	}
	if err := below.Free(); err != nil {
		t.Fatal(err)
	}
	if v := New(a, a.NewGroup(), *whole(7)); v.Grow(151) == nil || v.Len() != 0 || v.Grow(150) != nil || v.Len() != 150 {
		t.Errorf("a gap of 150 slots gives %d", v.Len())
	}
}
