package crew

import (
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Workers that are spread begin on a processor each, from any processor, and may leave it afterwards.
func TestSpreadWorkersArePlaced(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	all := mayUse(t)
	each := processors(all)
	n := len(each)
	if n != all.Count() {
		t.Fatalf("%d of %d processors", n, all.Count())
	}
	place := placer(2 * n)
	for k := range 2 * n {
		const tries = 100
		there := 0
		for range tries { // the kernel may move it at once
			if err := unix.SchedSetaffinity(0, &each[(k+1)%n]); err != nil {
				t.Skip("no say in where threads are:", err)
			}
			place(k)
			if each[k%n].IsSet(processor(t)) {
				there++
			}
		}
		if there < tries/2 {
			t.Errorf("worker %d is on its processor %d of %d times", k, there, tries)
		}
		if mayUse(t) != all {
			t.Fatalf("worker %d is kept from some processors", k)
		}
	}
	// Where some are left, the kernel chooses.
	if err := unix.SchedSetaffinity(0, &each[n-1]); err != nil {
		t.Fatal(err)
	}
	defer unix.SchedSetaffinity(0, &all)
	few := placer(0)
	few(0)
	if mayUse(t) != each[n-1] {
		t.Error("too few workers are placed")
	}
}

// mayUse are the processors that this thread may use.
func mayUse(t *testing.T) (set unix.CPUSet) {
	t.Helper()
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		t.Fatal(err)
	}
	return set
}

// processor is the one that this thread is on.
func processor(t *testing.T) int {
	t.Helper()
	var cpu uint32
	if _, _, err := unix.RawSyscall(unix.SYS_GETCPU, uintptr(unsafe.Pointer(&cpu)), 0, 0); err != 0 {
		t.Fatal(err)
	}
	return int(cpu)
}
