package arena

import (
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"
)

// What does not fit anywhere is an error that says how much was asked for.
func TestNewOfMoreThanThereIs(t *testing.T) {
	if !wide {
		return // MaxSlots is bounded by the address space before that
	}
	_, err := New(Config[[1 << 20]float32]{MaxSlots: math.MaxInt32})
	if !errors.Is(err, ErrOutOfMemory) || !strings.Contains(err.Error(), "MaxSlots is 2147483647, with slots of 4194304 bytes") {
		t.Fatal(err)
	}
}

// An arena counts on the Go heap as what is in use, however large it may become; and
// what a dropped one had goes back, and is zero for the next.
func TestMemoryIsReservedOffTheHeap(t *testing.T) {
	if raceEnabled || runtime.GOOS == "windows" || onWasm || !wide {
		return // memory_heap.go
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 200 {
		a := newMats(t, Config[mat]{MaxSlots: 1 << 24})
		s := allocSpan(t, a, 10_000, mat{})
		a.Descend()
		for i, m := range a.Mirror() {
			if m != (mat{}) {
				t.Fatalf("slot %d of a new arena shows %v", i, m)
			}
		}
		s.StoreAll(make([]mat, 10_000))
		a.Descend()
		s.Set(9_999, whole(7))
		s.Flush()
		a.Descend()
		runtime.KeepAlive(a)
	}
	big, err := New(Config[[16 << 10]float32]{})
	if err != nil {
		t.Fatal(err) // 64 KiB a slot, a million of them
	}
	v := new([16 << 10]float32)
	v[16<<10-1] = 5
	alloc(t, big, *v)
	big.Descend()
	if big.Mirror()[0] != *v {
		t.Fatal("a slot of 64 KiB is lost")
	}
	if _, err := New(Config[mat]{MaxSlots: math.MaxInt32}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 300<<20 {
		t.Fatalf("the Go heap grew by %d MiB", grown>>20)
	}
	runtime.KeepAlive(big)
}

// A handle alone keeps its slots' memory.
func TestHandleKeepsMemory(t *testing.T) {
	handle := func() Span[mat] {
		a := newMats(t, Config[mat]{})
		return allocSpan(t, a, 1000, *whole(3))
	}()
	slot := func() Slot[mat] { return alloc(t, newMats(t, Config[mat]{}), mat{}) }()
	for range 3 {
		runtime.GC()
	}
	if !handle.StoreAll(make([]mat, 1000)) || !slot.Store(whole(1)) {
		t.Fatal("stale")
	}
}
