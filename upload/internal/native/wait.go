package native

// #include <stdlib.h>
// #include "native.h"
import "C"

import (
	"runtime"
	"time"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"
)

// wgpu's own wait, Poll(true), gives up after 5 seconds, returns as if all work were done, and frees the commands that
// the GPU still runs. The driver then crashes. So this package never waits inside wgpu: it polls, and sleeps in
// between.

// Wait submits the writes that wait in d's queue, and returns when the GPU has done everything that was submitted to d.
func Wait(d *wgpu.Device) {
	device := deviceRef.Of(d)
	C.ss_flush(device)
	for p := newPatience(); C.ss_poll(device) == 0; {
		p.pause()
	}
}

// Flush submits the writes that wait in d's queue, and polls: callbacks of finished work run, and its memory is freed.
// It does not wait.
func Flush(d *wgpu.Device) { C.ss_flush(deviceRef.Of(d)) }

// A Fence tells when the GPU has done the work that was submitted before Set. The zero Fence is done. It belongs to one
// goroutine at a time. C reports to a word on the C heap, because any thread that polls the device runs the callback.
type Fence struct {
	device *wgpu.Device
	status *C.int // pending until C writes another value
}

// Set makes the fence wait for everything that was submitted to d so far. The fence must be done.
func (f *Fence) Set(d *wgpu.Device) {
	if f.status == nil {
		f.status = (*C.int)(C.calloc(1, C.size_t(unsafe.Sizeof(C.int(0)))))
	}
	f.device = d
	C.ss_on_done(deviceRef.Of(d), f.status)
}

// Done reports whether the GPU has done the work. It does not wait.
func (f *Fence) Done() bool {
	return f.status == nil || C.ss_status(deviceRef.Of(f.device), f.status) != statusPending
}

// Wait returns when the GPU has done the work.
func (f *Fence) Wait() {
	for p := newPatience(); !f.Done(); {
		p.pause()
	}
}

// Release waits, and frees the word.
func (f *Fence) Release() {
	f.Wait()
	C.free(unsafe.Pointer(f.status))
	*f = Fence{}
}

const statusPending = -1

// patience is the time between two polls of a wait. At first pause only lets other goroutines run. After 30 µs it
// sleeps: for a thirtieth of the time waited so far, 20 µs at least and a millisecond at most. So a wait ends soon
// after the GPU does, and a long wait polls seldom.
type patience struct{ since time.Time }

func newPatience() patience { return patience{time.Now()} }

func (p patience) pause() {
	waited := time.Since(p.since)
	if waited < 30*time.Microsecond {
		runtime.Gosched()
		return
	}
	sleep(min(max(waited/30, 20*time.Microsecond), time.Millisecond))
}
