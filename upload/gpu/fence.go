//go:build cgo || js

package gpu

import (
	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/internal/native"
)

// A Fence tells when the GPU has done the work that was submitted before Set. Use fences to bound how many frames are
// in flight. The zero Fence is ready for use, and done. You can set a fence again; only the first Set allocates. A
// Fence belongs to one goroutine at a time. Release it before the device.
type Fence struct{ fence native.Fence }

// Set makes the fence wait for everything that was submitted to d so far. If the fence is not done yet, Set waits
// first.
func (f *Fence) Set(d *wgpu.Device) {
	f.fence.Wait()
	f.fence.Set(d)
}

// Done reports whether the GPU has done the work. It does not wait.
func (f *Fence) Done() bool { return f.fence.Done() }

// Wait returns when the GPU has done the work, however long that takes.
func (f *Fence) Wait() { f.fence.Wait() }

// Release waits as Wait does, then frees the fence's memory. A second Release does nothing.
func (f *Fence) Release() { f.fence.Release() }
