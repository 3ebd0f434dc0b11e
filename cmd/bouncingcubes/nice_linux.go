//go:build cgo

package main

import (
	"slices"

	"golang.org/x/sys/unix"

	"github.com/slotstream/slotstream/render"
)

// giveWay lets whoever draws on the CPU, this thread and those that its driver starts
// from it, take only what the goroutines of the world leave: a frame must not slow a
// tick. Go starts its own threads from another. Where a GPU draws, it does nothing.
func giveWay() {
	adapters, err := render.Adapters()
	if err != nil || slices.ContainsFunc(adapters, func(a render.AdapterInfo) bool { return !a.Software }) {
		return
	}
	const nice = 10                                          // a ninth of the weight of a thread at 0
	unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), nice) // refused, all is as fair as before
}
