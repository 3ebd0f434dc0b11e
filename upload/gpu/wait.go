//go:build cgo || js

package gpu

import (
	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/internal/native"
)

// Wait returns when the GPU has done everything that was written or submitted to d, however long that takes.
func Wait(d *wgpu.Device) { native.Wait(d) }

// Flush passes the writes that wait in d's queue to the GPU, and frees the memory of finished work. It does not wait.
// wgpu keeps the memory of writes and of released buffers until the next submit and poll. Call Flush where your program
// submits nothing for a while.
func Flush(d *wgpu.Device) { native.Flush(d) }
