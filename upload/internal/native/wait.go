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

// wgpu's own wait, Poll(true), gives up after 5 s, says that all is done, and frees the commands that the GPU is still
// running: a crash in the driver. So nobody here waits inside wgpu; everybody asks, and sleeps in between.

// Wait returns when d has done everything that was submitted to it.
func Wait(d *wgpu.Device) {
	device := deviceRef.Of(d)
	for p := newPatience(); C.ss_poll(device) == 0; {
		p.pause()
	}
}

// Poll lets wgpu take notice of what is done, without waiting: callbacks run, and memory is freed.
func Poll(d *wgpu.Device) { C.ss_poll(deviceRef.Of(d)) }

// A Fence tells when the GPU has done what was submitted up to a moment. The zero Fence is done. It belongs to one
// goroutine at a time. The word that C reports to lies on the C heap, because whoever polls the device next may be
// the one to be called back.
type Fence struct {
	device *wgpu.Device
	status *C.int // pending until C says otherwise
}

// Set has the fence wait for everything submitted to q, d's queue, so far. It must be done.
func (f *Fence) Set(d *wgpu.Device, q *wgpu.Queue) {
	if f.status == nil {
		f.status = (*C.int)(C.calloc(1, C.size_t(unsafe.Sizeof(C.int(0)))))
	}
	f.device = d
	C.ss_on_done(queueRef.Of(q), f.status)
}

// Done reports whether it is done, without waiting.
func (f *Fence) Done() bool {
	return f.status == nil || C.ss_status(deviceRef.Of(f.device), f.status) != statusPending
}

// Wait returns when it is done.
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

// patience is how somebody waits who can only ask: at first it just lets others run, then it sleeps for a thirtieth of
// what it has waited so far, a millisecond at most. So a wait ends little later than it could, and a long one asks
// seldom.
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
