//go:build cgo

package gpu

import (
	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/internal/native"
)

// ErrOutOfMemory is wrapped by the errors of a GPU that has no room for what was asked.
var ErrOutOfMemory = native.ErrOutOfMemory

// CreateBuffer is d.CreateBuffer, but running out of memory is an error, ErrOutOfMemory, where the binding aborts.
func CreateBuffer(d *wgpu.Device, desc *wgpu.BufferDescriptor) (*wgpu.Buffer, error) {
	return native.CreateBuffer(d, desc)
}
