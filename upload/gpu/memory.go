//go:build cgo || js

package gpu

import (
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/internal/native"
)

// ErrOutOfMemory says that the GPU has no memory left for a buffer. The errors of packages gpu and upload wrap it.
var ErrOutOfMemory = native.ErrOutOfMemory

// CreateBuffer is d.CreateBuffer, with one difference: if the GPU has no memory left, it returns an error that wraps
// ErrOutOfMemory. wgpu's method aborts the process then.
func CreateBuffer(d *wgpu.Device, desc *wgpu.BufferDescriptor) (*wgpu.Buffer, error) {
	b, err := native.CreateBuffer(d, desc)
	if err != nil {
		return nil, fmt.Errorf("gpu: create a buffer of %d bytes: %w", desc.Size, err)
	}
	return b, nil
}
