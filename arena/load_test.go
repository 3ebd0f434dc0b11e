package arena

import (
	"sync"
	"testing"
)

// Whoever loads a slot that others store gets a value that was whole, never an older one than before, and nothing once
// it is another's.
func TestLoadIsWhole(t *testing.T) {
	t.Parallel()
	for _, fast := range []bool{true, false} {
		a := newMats(t, Config[mat]{})
		slot := alloc(t, a, *whole(0))
		slot.chunk.fast = fast
		var writers sync.WaitGroup
		const stores = 20_000
		writers.Go(func() {
			for i := range stores {
				slot.Store(whole(float32(i)))
			}
		})
		var v mat
		for last := float32(0); last < stores-1; {
			giveWay()
			if !slot.Load(&v) || v != *whole(v[0]) || v[0] < last {
				t.Fatalf("loaded %v after %v", v, last)
			}
			last = v[0]
		}
		writers.Wait()
		if err := slot.Free(); err != nil {
			t.Fatal(err)
		}
		next := alloc(t, a, *whole(7))
		v = *whole(3)
		if slot.Load(&v) || v != *whole(3) {
			t.Error("loaded what is another's:", v[0])
		}
		if !next.Load(&v) || v != *whole(7) {
			t.Error("loaded", v[0])
		}
	}
	var none Slot[mat]
	var v mat
	if none.Load(&v) || none.Free() != ErrStale {
		t.Error("the zero Slot has a value")
	}
	a := newMats(t, Config[mat]{})
	span := allocSpan(t, a, 100, *whole(1))
	span.Set(50, whole(2))
	if !span.Load(50, &v) || v != *whole(2) || !span.Load(49, &v) || v != *whole(1) {
		t.Error("the span's values are others")
	}
	mustPanic(t, "no slots 100 to 100 in a span", func() { span.Load(100, &v) })
	if err := span.Free(); err != nil || span.Free() != ErrStale || span.Load(0, &v) {
		t.Error("a freed span has values")
	}
}
