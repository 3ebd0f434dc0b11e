package stage

import (
	"slices"

	"golang.org/x/sys/unix"

	"github.com/slotstream/slotstream/render"
)

// GiveWay lowers the priority of this thread, and of the threads that a driver starts from it, so that drawing on the
// CPU does not slow down the ticks. Call it on a locked thread, before you open a device; Go starts its own threads
// from another thread. Where a GPU draws, GiveWay does nothing.
func GiveWay() {
	adapters, err := render.Adapters()
	if err != nil || slices.ContainsFunc(adapters, func(a render.AdapterInfo) bool { return !a.Software }) {
		return
	}
	const nice = 10                                          // a ninth of the weight of an ordinary thread
	unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), nice) // if the system refuses, the threads keep their priority
}
