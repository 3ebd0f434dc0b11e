package crew

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// placer returns a function that moves the thread of worker k to the k-th processor of the process, if there is a
// worker for each processor. With more workers than processors they go round. Afterwards the kernel may move the
// thread again: otherwise the thread would have to wait for another program that is busy there.
func placer(workers int) func(k int) {
	var all unix.CPUSet
	if unix.SchedGetaffinity(0, &all) != nil || workers < all.Count() {
		return func(int) {}
	}
	each := processors(all)
	return func(k int) {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		unix.SchedSetaffinity(0, &each[k%len(each)]) // if the system refuses, the kernel chooses as before
		unix.SchedSetaffinity(0, &all)
	}
}

// processors returns a set for each processor of a set.
func processors(all unix.CPUSet) (each []unix.CPUSet) {
	for cpu := 0; len(each) < all.Count(); cpu++ {
		if all.IsSet(cpu) {
			var one unix.CPUSet
			one.Set(cpu)
			each = append(each, one)
		}
	}
	return each
}
