package arena

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestGroupVector(t *testing.T) {
	a := newMats(t, Config[mat]{MaxSlots: 5 * vectorSpan, Hidden: *whole(-1)})
	other, err := a.Alloc(*whole(5)) // so that index and place differ
	if err != nil {
		t.Fatal(err)
	}
	g := a.NewGroup()
	v := g.NewVector(*whole(7))
	if v.Len() != 0 || v.Stage(0, 0) != nil || !v.StoreRange(0, nil) {
		t.Fatal("a new vector has slots")
	}
	if err := v.Grow(1); err != nil || v.Len() != vectorSpan {
		t.Fatal(v.Len(), err)
	}
	if err := other.Free(); err != nil {
		t.Fatal(err)
	}
	if _, err := a.AllocSpan(10, *whole(6)); err != nil { // between the vector's spans
		t.Fatal(err)
	}
	if err := v.Grow(3 * vectorSpan); err != nil || v.Len() != 3*vectorSpan {
		t.Fatal(v.Len(), err)
	}
	want := make([]float32, v.Len())
	for i := range want {
		want[i] = 7
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for tick := range uint64(200) {
		first := rng.IntN(v.Len())
		values := make([]mat, rng.IntN(min(v.Len()-first, 3*vectorSpan)+1))
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
		g.Commit(Tick{Number: tick})
		a.Descend()
		var got []float32
		for i := range v.Len() {
			got = append(got, a.Mirror()[v.Index(i)][0])
		}
		if !slices.Equal(got, want) {
			t.Fatalf("tick %d shows something else than was stored", tick)
		}
	}

	for _, to := range []int{1, vectorSpan / 2, vectorSpan - 1, vectorSpan + 1, 2*vectorSpan - 1, 2 * vectorSpan} {
		lent := v.Stage(vectorSpan, vectorSpan) // and stored elsewhere, as with copy
		for i := range lent {
			lent[i] = *whole(float32(i))
			want[vectorSpan+i] = float32(i)
		}
		copy(want[to:], want[vectorSpan:2*vectorSpan])
		v.StoreRange(to, lent)
		g.Commit(Tick{})
		a.Descend()
		for i := range v.Len() {
			if got := a.Mirror()[v.Index(i)][0]; got != want[i] {
				t.Fatalf("moved to %d: slot %d shows %v, want %v", to, i, got, want[i])
			}
		}
	}

	if err := v.Grow(6 * vectorSpan); !errors.Is(err, ErrFull) || v.Len() != 4*vectorSpan {
		t.Fatalf("%d slots, %v", v.Len(), err)
	}
	for _, call := range []func(){
		func() { v.Set(v.Len(), whole(1)) },
		func() { v.StoreRange(v.Len()-1, make([]mat, 2)) },
		func() { v.Stage(-1, 1) },
		func() { v.Stage(1, -1) },
		func() { v.Index(-1) },
	} {
		mustPanic(t, "of a group's vector of 4096", call)
	}
	if err := g.Free(); err != nil {
		t.Fatal(err)
	}
	if v.Set(0, whole(1)) || v.StoreRange(0, make([]mat, 2*vectorSpan)) {
		t.Error("a freed vector took something")
	}
	if err := v.Grow(v.Len() + 1); !errors.Is(err, ErrStale) {
		t.Error(err)
	}
}

// A vector may have every slot of an arena, whatever their number, and what others have left of it.
func TestGroupVectorInASmallArena(t *testing.T) {
	for _, slots := range []int{1, 100, vectorSpan - 1, vectorSpan, vectorSpan + 1, 3*vectorSpan - 7} {
		a := newMats(t, Config[mat]{MaxSlots: slots})
		g := a.NewGroup()
		v := g.NewVector(*whole(7))
		for n := 1; n <= slots; n += max(slots/10, 1) {
			if err := v.Grow(n); err != nil || v.Len() < n {
				t.Fatalf("%d of %d slots: %d, %v", n, slots, v.Len(), err)
			}
		}
		if err := v.Grow(slots); err != nil || v.Len() != slots {
			t.Fatalf("%d slots: %d, %v", slots, v.Len(), err)
		}
		if err := v.Grow(slots + 1); !errors.Is(err, ErrFull) || v.Len() != slots {
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
		g.Commit(Tick{Number: 1})
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

	a := newMats(t, Config[mat]{MaxSlots: 200})
	below, err := a.AllocSpan(150, *whole(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Alloc(*whole(2)); err != nil {
		t.Fatal(err)
	}
	if err := a.FreeSpan(below); err != nil {
		t.Fatal(err)
	}
	if v := a.NewGroup().NewVector(*whole(7)); v.Grow(151) == nil || v.Len() != 0 || v.Grow(150) != nil || v.Len() != 150 {
		t.Errorf("a gap of 150 slots gives %d", v.Len())
	}
}
