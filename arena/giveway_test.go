package arena

import "runtime"

// giveWay lets other goroutines run where a program has one thread: there nothing interrupts a loop that waits for
// another goroutine's work.
func giveWay() {
	if onWasm {
		runtime.Gosched()
	}
}
