package arena

import (
	"slices"
	"testing"
)

// mat stands for mgl32.Mat4: 64 bytes, aligned to 4.
type mat [16]float32

// whole returns a matrix that is torn if its elements differ.
func whole(x float32) *mat {
	var m mat
	for i := range m {
		m[i] = x
	}
	return &m
}

func newMats(t testing.TB, cfg Config[mat]) *Arena[mat] {
	t.Helper()
	a, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func alloc[T any](t testing.TB, a *Arena[T], v T) Slot[T] {
	t.Helper()
	s, err := a.Alloc(v)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func allocSpan[T any](t testing.TB, a *Arena[T], n int, v T) Span[T] {
	t.Helper()
	s, err := a.AllocSpan(n, v)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wantRanges(t testing.TB, d Delta, want ...Range) {
	t.Helper()
	if !slices.Equal(d.Ranges, want) {
		t.Fatalf("ranges %v, want %v", d.Ranges, want)
	}
}

func TestStoreAndDescend(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{})
	if d := a.Descend(); d.HighWater != 0 || d.Chunks != 0 || len(d.Ranges) != 0 {
		t.Fatalf("empty: %+v", d)
	}
	var slots []Slot[mat]
	for i := range 3000 {
		slots = append(slots, alloc(t, a, *whole(float32(i))))
		if slots[i].Index() != i {
			t.Fatalf("slot %d has index %d", i, slots[i].Index())
		}
	}
	d := a.Descend()
	wantRanges(t, d, Range{0, 3000})
	if d.Updated != 3000 || d.Chunks != 3 || d.HighWater != 3000 || len(a.Mirror()) != 3000 {
		t.Fatalf("%+v, mirror %d", d, len(a.Mirror()))
	}
	wantRanges(t, a.Descend())
	for _, i := range []int{7, 8, 1023, 1024, 2999} {
		if !slots[i].Store(whole(float32(-i))) {
			t.Fatal("stale")
		}
	}
	wantRanges(t, a.Descend(), Range{7, 2}, Range{1023, 2}, Range{2999, 1})
	for i, m := range a.Mirror() {
		want := float32(i)
		switch i {
		case 7, 8, 1023, 1024, 2999:
			want = -want
		}
		if m != *whole(want) {
			t.Fatalf("slot %d shows %v, want %v", i, m[0], want)
		}
	}
}

func TestSpanAndDescend(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{ChunkSlots: 64, MaxSlots: 1000})
	alloc(t, a, mat{})
	s := allocSpan(t, a, 300, *whole(1))
	a.Descend()
	if s.Index(0) != 1 || s.Len() != 300 || a.HighWater() != 301 || a.Len() != 301 || a.Cap() != 1000 {
		t.Fatal("wrong place or size")
	}
	s.Set(0, whole(2))
	s.Set(299, whole(3))
	s.Flush()
	wantRanges(t, a.Descend(), Range{1, 1}, Range{300, 1})
	vs := make([]mat, 300)
	for i := range vs {
		vs[i] = *whole(float32(10 + i))
	}
	s.StoreAll(vs)
	wantRanges(t, a.Descend(), Range{1, 300})
	s.StoreRange(100, vs[:70])
	wantRanges(t, a.Descend(), Range{101, 70})
	want := slices.Concat([]mat{{}}, vs[:100], vs[:70], vs[170:])
	if !slices.Equal(a.Mirror(), want) {
		t.Fatal("mirror differs")
	}
	if err := s.Free(); err != nil {
		t.Fatal(err)
	}
	if s.Set(0, whole(9)) || s.StoreAll(vs) || s.Free() != ErrStale {
		t.Fatal("a freed span is not stale")
	}
	d := a.Descend()
	wantRanges(t, d, Range{1, 300})
	if d.HighWater != 1 || a.Len() != 1 || !slices.Equal(a.Mirror(), make([]mat, 301)) {
		t.Fatal("freed slots show")
	}
}
