package arena

import (
	"sync"
	"testing"
)

// A writer that panics between its stores, whoever recovers, takes nobody down: the others go on, its own last values
// arrive with the next flush of its span, and its slots can be written and freed by others.
func TestPanickingWriterLosesNothing(t *testing.T) {
	t.Parallel()
	const writers, slots, rounds = 8, 200, 300
	a := newMats(t, Config[mat]{ChunkSlots: 64, MaxSlots: 2 * writers * slots})
	var spans [writers]Span[mat]
	var singles [writers]Slot[mat]
	for w := range spans {
		spans[w], singles[w] = allocSpan(t, a, slots, *whole(0)), alloc(t, a, *whole(0))
	}
	var running sync.WaitGroup
	for w := range writers {
		running.Go(func() {
			panics := w%2 == 1
			if panics {
				defer func() {
					if recover() == nil {
						t.Error("the writer was to panic")
					}
				}()
			}
			for n := range rounds {
				v := whole(float32(n + 1))
				singles[w].Store(v)
				for i := range slots {
					if panics && n == rounds/2 && i == slots/2 {
						spans[w].Set(i, nil) // inside the call, and before the flush
					}
					spans[w].Set(i, v)
				}
				spans[w].Flush()
			}
		})
	}
	for stop := false; !stop; { // the reader goes on, too
		giveWay()
		a.Descend()
		stop = a.Mirror()[spans[0].Index(slots-1)] == *whole(rounds)
	}
	running.Wait()
	for w := range writers {
		spans[w].Flush() // what a deferred call in the writer would do
	}
	if d := a.Descend(); d.Torn != 0 {
		t.Fatalf("a panic left slots torn: %+v", d)
	}
	for w := range writers {
		for i := range slots {
			want := whole(rounds)
			if w%2 == 1 {
				want = whole(rounds / 2)
				if i < slots/2 {
					want = whole(rounds/2 + 1)
				}
			}
			if got := a.Mirror()[spans[w].Index(i)]; got != *want {
				t.Fatalf("writer %d, slot %d: %v, want %v", w, i, got[0], want[0])
			}
		}
	}
	for w := range writers { // somebody else takes over
		if !spans[w].Set(0, whole(-1)) || !singles[w].Store(whole(-1)) {
			t.Fatalf("the slots of writer %d take no stores any more", w)
		}
		spans[w].Flush()
	}
	a.Descend()
	for w := range writers {
		if a.Mirror()[spans[w].Index(0)] != *whole(-1) || a.Mirror()[singles[w].Index()] != *whole(-1) {
			t.Fatalf("a store to the slots of writer %d was lost", w)
		}
		if err := spans[w].Free(); err != nil {
			t.Fatal(err)
		}
		if err := singles[w].Free(); err != nil {
			t.Fatal(err)
		}
	}
	if a.Len() != 0 {
		t.Fatalf("%d slots are left", a.Len())
	}
}
