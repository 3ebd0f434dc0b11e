package demo

import (
	"slices"
	"time"

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
	// A ninth of the weight of a thread at 0, and, where the kernel knows slices (Linux 6.12), no longer at a stretch than
	// a tick can wait. Refused, all is as fair as before.
	const nice, slice = 10, 100 * time.Microsecond
	unix.SchedSetAttr(unix.Gettid(), &unix.SchedAttr{Size: unix.SizeofSchedAttr, Nice: nice, Runtime: uint64(slice)}, 0)
}
