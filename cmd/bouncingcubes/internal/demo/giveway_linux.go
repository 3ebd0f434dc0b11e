package demo

import (
	"slices"

	"golang.org/x/sys/unix"

	"github.com/slotstream/slotstream/render"
)

// GiveWay lets whoever draws on the CPU, this thread and those that a driver starts from it, take only what the
// goroutines of the world leave: a frame must not slow a tick. Call it on a locked thread, before a device is opened:
// Go starts its own threads from another. Where a GPU draws, it does nothing.
func GiveWay() {
	adapters, err := render.Adapters()
	if err != nil || slices.ContainsFunc(adapters, func(a render.AdapterInfo) bool { return !a.Software }) {
		return
	}
	const nice = 10                                          // a ninth of the weight of a thread at 0
	unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), nice) // refused, all is as fair as before
}
