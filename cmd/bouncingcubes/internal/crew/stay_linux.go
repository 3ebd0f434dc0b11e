package crew

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// stay keeps worker k's goroutine, until it ends, on the k-th of the processors that the process may use, if there is a
// worker for each of them; more workers go round.
func stay(k, workers int) {
	var all, one unix.CPUSet
	if unix.SchedGetaffinity(0, &all) != nil || workers < all.Count() {
		return
	}
	cpu := -1
	for left := k % all.Count(); left >= 0; {
		if cpu++; all.IsSet(cpu) {
			left--
		}
	}
	runtime.LockOSThread() // a thread that is still locked ends with its goroutine
	one.Set(cpu)
	unix.SchedSetaffinity(0, &one) // refused, the kernel chooses as before
}
