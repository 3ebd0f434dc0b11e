//go:build unix && !race

package arena

import (
	"slices"
	"testing"
	"unsafe"
)

// What was taken in parts and given back in any order is one region again, and a part
// comes from the smallest region that has it.
func TestRegionList(t *testing.T) {
	memory := make([]byte, 1000)
	at := func(from, size int) region { return region{unsafe.Pointer(&memory[from]), uintptr(size)} }
	var l regionList
	check := func(want ...region) {
		t.Helper()
		if !slices.Equal(l, want) {
			t.Fatalf("free: %v; want %v", l, want)
		}
	}
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2}, {2, 0, 3, 1}} {
		l = nil
		l.give(at(100, 400))
		l.give(at(600, 350))
		var parts []region
		for _, size := range []uintptr{300, 250, 100, 50} {
			r, ok := l.take(size)
			if !ok {
				t.Fatalf("none of %d bytes in %v", size, l)
			}
			parts = append(parts, r)
		}
		if want := []region{at(600, 300), at(100, 250), at(350, 100), at(450, 50)}; !slices.Equal(parts, want) {
			t.Fatalf("got %v; want %v", parts, want)
		}
		check(at(900, 50))
		if _, ok := l.take(51); ok {
			t.Fatal("51 of 50 bytes")
		}
		for _, i := range order {
			l.give(parts[i])
		}
		check(at(100, 400), at(600, 350))
	}
	l.give(at(500, 100))
	check(at(100, 850))
}

// The last Store through the last handle: the memory is there until the version is even.
func TestLastStoreKeepsMemory(t *testing.T) {
	slot := func() Slot[goMat] { return alloc(t, newGoMats(t, Config[goMat]{}), goMat{}) }()
	windows := 0
	hook = func() {
		windows++
		for range 3 {
			collectNow()
		}
	}
	defer func() { hook = nil }()
	v := goMatOf(1)
	if !slot.Store(&v) || windows != 2 {
		t.Fatal(windows, "windows")
	}
}
