package crew

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// placer returns what puts worker k's thread on the k-th of the processors that the process may use, if there is a
// worker for each of them; more workers go round. From there on the kernel does with it as it likes: a thread that had
// to stay would wait for another program that is busy there.
func placer(workers int) func(k int) {
	var all unix.CPUSet
	if unix.SchedGetaffinity(0, &all) != nil || workers < all.Count() {
		return func(int) {}
	}
	each := processors(all)
	return func(k int) {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		unix.SchedSetaffinity(0, &each[k%len(each)]) // refused, the kernel chooses as before
		unix.SchedSetaffinity(0, &all)
	}
}

// processors are those of a set, one by one.
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
