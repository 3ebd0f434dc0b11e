//go:build cgo

package gpu

import (
	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/internal/native"
)

// Wait returns when d has done everything that was submitted to it, however long that takes.
func Wait(d *wgpu.Device) { native.Wait(d) }

// Flush hands the writes that wait in q, d's queue, to the GPU, and frees what the GPU has done with. wgpu keeps the
// memory of writes and of released buffers until the next submit and poll: Flush is both, with nothing to submit.
func Flush(d *wgpu.Device, q *wgpu.Queue) {
	q.Submit()
	native.Poll(d)
}
