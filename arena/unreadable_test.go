//go:build unix

package arena

import (
	"fmt"
	"runtime/debug"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Values that cannot be read, a file that was mapped and cut, say: the writer faults,
// and every slot is even still, for any size, through any door.
func TestUnreadableValues(t *testing.T) {
	t.Parallel()
	unreadable[[1]uint32](t)
	unreadable[[4]uint32](t)
	unreadable[[12]uint32](t)
	unreadable[[13]uint32](t)
	unreadable[[16]uint32](t)
	unreadable[[20]uint32](t)
	unreadable[[64]uint32](t)
	unreadable[[65]uint32](t)
	unreadable[[3000]uint32](t)
}

func unreadable[T comparable](t *testing.T) {
	const n, pages, page = 100, 128, 16 << 10 // no machine has larger pages
	size := unsafe.Sizeof(*new(T))
	t.Run(fmt.Sprint(size), func(t *testing.T) {
		mem, err := unix.Mmap(-1, 0, pages*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Munmap(mem)
		if err := unix.Mprotect(mem[pages/2*page:], unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
		a, err := New(Config[T]{ChunkSlots: 64, MaxSlots: 1000})
		if err != nil {
			t.Fatal(err)
		}
		span, slot := allocSpan(t, a, n, *new(T)), alloc(t, a, *new(T))
		a.Descend()
		edge := unsafe.Pointer(&mem[pages/2*page-1])
		edge = unsafe.Add(edge, 1)
		fault := func(f func()) {
			t.Helper()
			old := debug.SetPanicOnFault(true)
			defer debug.SetPanicOnFault(old)
			defer func() {
				if recover() == nil {
					t.Error("nothing faulted")
				}
				span.Flush()
				if d := a.Descend(); d.Torn != 0 {
					t.Errorf("%d slots are odd", d.Torn)
				}
			}()
			f()
		}
		// The last 4 bytes, all, or all but the first 4 are out of reach.
		for _, readable := range []uintptr{size - 4, 0, min(4, size-4)} {
			v := (*T)(unsafe.Add(edge, -int(readable)))
			fault(func() { slot.Store(v) })
			fault(func() { span.Set(7, v) })
		}
		for k := range 40 { // so many values of the span can be read
			if uintptr(k)*size > pages/2*page {
				break
			}
			vs := unsafe.Slice((*T)(unsafe.Add(edge, -k*int(size))), n)
			fault(func() { span.StoreAll(vs) })
			fault(func() { span.StoreRange(3, vs[:n-3]) })
		}
		var v T
		*(*uint32)(unsafe.Pointer(&v)) = 9
		good := make([]T, n)
		for i := range good {
			good[i] = v
		}
		span.StoreAll(good)
		slot.Store(&v)
		a.Descend()
		for i, m := range a.Mirror() {
			if m != v {
				t.Fatalf("slot %d does not take values any more", i)
			}
		}
	})
}

// What a group's span got of values that cannot be read is gone with Discard, whichever
// buffers hold what was committed.
func TestUnreadableValuesOfAGroup(t *testing.T) {
	t.Parallel()
	const n, readable = 20_000, 1 << 20 // bytes of 64 a slot: the first pieces can be moved
	mem, err := unix.Mmap(-1, 0, 2*readable, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(mem)
	vs := unsafe.Slice((*mat)(unsafe.Pointer(&mem[0])), n)
	for i := range vs {
		vs[i] = *whole(9)
	}
	if err := unix.Mprotect(mem[readable:], unix.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	edge := (*mat)(unsafe.Pointer(&mem[readable-32]))
	for commits := range 6 {
		a := newMats(t, Config[mat]{})
		g := a.NewGroup()
		s := allocMembers(t, g, n, mat{})
		good := make([]mat, n)
		for i := range good {
			good[i] = *whole(5)
		}
		s.StoreAll(good)
		g.Commit(Tick{})
		for i := range commits {
			s.Set(n-1, whole(5))
			g.Commit(Tick{})
			if i == 3 {
				a.Descend()
			}
		}
		for _, f := range []func(){
			func() { s.StoreAll(vs) },
			func() { s.Set(7, edge) },
			func() { s.Set(8, nil) },
		} {
			func() {
				old := debug.SetPanicOnFault(true)
				defer debug.SetPanicOnFault(old)
				defer func() {
					if recover() == nil {
						t.Error("nothing faulted")
					}
				}()
				f()
			}()
		}
		g.Discard()
		s.Set(n-1, whole(5))
		g.Commit(Tick{})
		a.Descend()
		for i, m := range a.Mirror() {
			if m != *whole(5) {
				t.Fatalf("%d commits: slot %d shows %v", commits, i, m[0])
			}
		}
	}
}
