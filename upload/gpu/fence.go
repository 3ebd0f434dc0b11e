//go:build cgo

package gpu

import (
	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/internal/native"
)

// A Fence tells when the GPU has done what was submitted before Set. The zero Fence is done; one that is done can be
// set again, without allocating. It belongs to one goroutine at a time. Release it before the device.
type Fence struct{ fence native.Fence }

// Set has the fence wait for everything submitted so far to q, d's queue. It waits itself where the fence is not done.
func (f *Fence) Set(d *wgpu.Device, q *wgpu.Queue) {
	if !native.Queues(d, q) {
		panic("gpu: Fence.Set: the queue is of another device, whose end this one is never told")
	}
	f.fence.Wait()
	f.fence.Set(d, q)
}

// Done reports whether the GPU is so far, without waiting.
func (f *Fence) Done() bool { return f.fence.Done() }

// Wait returns when the GPU is so far, however long that takes.
func (f *Fence) Wait() { f.fence.Wait() }

// Release waits, and frees the fence's memory. A second Release does nothing.
func (f *Fence) Release() { f.fence.Release() }
