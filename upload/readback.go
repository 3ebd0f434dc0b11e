package upload

import (
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/internal/native"
)

// A Readback reads GPU memory without waiting for it: copy to Buffer in an encoder of yours, submit, Start, and ask
// Read now and then. It can be used again once Read was true. It belongs to one goroutine at a time.
type Readback struct {
	buffer  *wgpu.Buffer
	mapping *native.Mapping
	started bool
}

// NewReadback makes room for size bytes, a multiple of four. Release it before the device.
func NewReadback(d *wgpu.Device, size int) (*Readback, error) {
	if size <= 0 || size%4 != 0 {
		return nil, fmt.Errorf("upload: a readback of %d bytes: it must be a positive multiple of 4", size)
	}
	b, err := native.CreateBuffer(d, &wgpu.BufferDescriptor{
		Label: "slotstream readback", Usage: wgpu.BufferUsageMapRead | wgpu.BufferUsageCopyDst, Size: uint64(size),
	})
	if err != nil {
		return nil, fmt.Errorf("upload: create readback: %w", err)
	}
	return &Readback{buffer: b, mapping: native.NewMapping(d, b)}, nil
}

// Buffer is where to copy to, while no read is under way.
func (r *Readback) Buffer() *wgpu.Buffer { return r.buffer }

// Start begins a read of what was submitted so far.
func (r *Readback) Start() error {
	if r.started {
		panic("upload: Readback.Start while a read is under way")
	}
	if err := r.mapping.Start(); err != nil {
		return fmt.Errorf("upload: map readback: %w", err)
	}
	r.started = true
	return nil
}

// Read copies the first bytes to dst and is true, or is false where none are there yet or no read was started.
// With wait it waits for the GPU.
func (r *Readback) Read(dst []byte, wait bool) (bool, error) {
	if !r.started {
		return false, nil
	}
	if uint64(len(dst)) > r.buffer.GetSize() {
		panic("upload: Readback.Read of more bytes than there are")
	}
	ok, err := r.mapping.Read(dst, wait)
	if err != nil {
		r.started = false
		return false, fmt.Errorf("upload: read back: %w", err)
	}
	if ok {
		r.started = false
	}
	return ok, nil
}

// Release frees the memory.
func (r *Readback) Release() {
	if r.started {
		r.buffer.Unmap() // ends a read that is under way
	}
	r.mapping.Release()
	r.buffer.Release()
}
