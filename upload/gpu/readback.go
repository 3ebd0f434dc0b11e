//go:build cgo

package gpu

import (
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/internal/native"
)

// A Readback reads GPU memory without waiting for it: copy to Buffer in an encoder of yours, submit, Start, and Poll
// now and then, or Wait. It can be used again once it was read. It belongs to one goroutine at a time.
type Readback struct {
	buffer  *wgpu.Buffer
	mapping *native.Mapping
	started bool
}

// NewReadback makes room for size bytes, a multiple of four. Release it before the device.
func NewReadback(d *wgpu.Device, size int) (*Readback, error) {
	if size <= 0 || size%4 != 0 {
		return nil, fmt.Errorf("gpu: a readback of %d bytes: it must be a positive multiple of 4", size)
	}
	b, err := native.CreateBuffer(d, &wgpu.BufferDescriptor{
		Label: "slotstream readback", Usage: wgpu.BufferUsageMapRead | wgpu.BufferUsageCopyDst, Size: uint64(size),
	})
	if err != nil {
		return nil, fmt.Errorf("gpu: create readback: %w", err)
	}
	return &Readback{buffer: b, mapping: native.NewMapping(d, b)}, nil
}

// Buffer is where to copy to, while no read is under way.
func (r *Readback) Buffer() *wgpu.Buffer {
	if r.check("Buffer"); r.started {
		panic("gpu: Readback.Buffer while a read is under way: Poll or Wait until that has ended")
	}
	return r.buffer
}

// Start begins a read of what was submitted so far.
func (r *Readback) Start() error {
	r.check("Start")
	if r.started {
		panic("gpu: Readback.Start while a read is under way")
	}
	if err := r.mapping.Start(); err != nil {
		return fmt.Errorf("gpu: map readback: %w", err)
	}
	r.started = true
	return nil
}

// Poll copies the first bytes to dst and is true, or is false where none are there yet or no read was started.
func (r *Readback) Poll(dst []byte) (bool, error) {
	if r.check("Poll"); !r.fits(dst) {
		return false, nil
	}
	done, err := r.mapping.Read(dst)
	return done, r.ended(done, err)
}

// Wait is Poll, but waits for the GPU. It does nothing where no read was started.
func (r *Readback) Wait(dst []byte) error {
	if r.check("Wait"); !r.fits(dst) {
		return nil
	}
	return r.ended(true, r.mapping.Wait(dst))
}

// fits reports whether there is something to read to dst.
func (r *Readback) fits(dst []byte) bool {
	if r.started && uint64(len(dst)) > r.buffer.GetSize() {
		panic(fmt.Sprintf("gpu: %d bytes wanted of a Readback of %d", len(dst), r.buffer.GetSize()))
	}
	return r.started
}

func (r *Readback) ended(done bool, err error) error {
	if done || err != nil {
		r.started = false
	}
	if err != nil {
		return fmt.Errorf("gpu: read back: %w", err)
	}
	return nil
}

func (r *Readback) check(doing string) {
	if r.buffer == nil {
		panic("gpu: " + doing + " of a Readback that has been released")
	}
}

// Release frees the memory. A second Release does nothing.
func (r *Readback) Release() {
	if r.buffer == nil {
		return
	}
	if r.started {
		r.buffer.Unmap() // ends a read that is under way
	}
	r.mapping.Release()
	r.buffer.Release()
	r.buffer, r.started = nil, false
}
