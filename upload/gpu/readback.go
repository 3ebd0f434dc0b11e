//go:build cgo || js

package gpu

import (
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/internal/native"
)

// A Readback reads GPU memory without stopping the render loop. Copy to its Buffer with a command encoder, submit the
// commands, call Start, and call Poll once a frame until the bytes are there. Then you can use the Readback again. It
// belongs to one goroutine at a time. A Readback comes from NewReadback; after Release its other methods panic.
type Readback struct {
	buffer  *wgpu.Buffer
	mapping *native.Mapping
	started bool
}

// NewReadback makes a Readback of size bytes, a positive multiple of four. Release it before the device. The error
// wraps ErrOutOfMemory if the GPU has no memory left.
func NewReadback(d *wgpu.Device, size int) (*Readback, error) {
	if size <= 0 || size%4 != 0 {
		return nil, fmt.Errorf("gpu: create a readback of %d bytes: use a positive multiple of 4", size)
	}
	b, err := native.CreateBuffer(d, &wgpu.BufferDescriptor{
		Label: "slotstream readback", Usage: wgpu.BufferUsageMapRead | wgpu.BufferUsageCopyDst, Size: uint64(size),
	})
	if err != nil {
		return nil, fmt.Errorf("gpu: create a readback of %d bytes: %w", size, err)
	}
	return &Readback{buffer: b, mapping: native.NewMapping(d, b)}, nil
}

// Buffer returns the buffer to copy to. It panics while a read is under way.
func (r *Readback) Buffer() *wgpu.Buffer {
	if r.check("Buffer"); r.started {
		panic("gpu: Readback.Buffer while a read is under way: call Poll until it returns true, or Wait")
	}
	return r.buffer
}

// Start begins the read. It reads the buffer as it is after the commands that were submitted so far. It panics while a
// read is under way.
func (r *Readback) Start() error {
	r.check("Start")
	if r.started {
		panic("gpu: Readback.Start while a read is under way: call Poll until it returns true, or Wait")
	}
	if err := r.mapping.Start(); err != nil {
		return fmt.Errorf("gpu: start a readback: %w", err)
	}
	r.started = true
	return nil
}

// Poll copies the first len(dst) bytes of the buffer to dst and returns true. It returns false if the bytes are not
// there yet, or if no read was started. It does not wait. An error ends the read. Poll panics if dst is longer than
// the buffer.
func (r *Readback) Poll(dst []byte) (bool, error) {
	if r.check("Poll"); !r.fits(dst) {
		return false, nil
	}
	done, err := r.mapping.Read(dst)
	return done, r.ended(done, err)
}

// Wait is Poll, but waits for the GPU, however long that takes. It does nothing if no read was started.
func (r *Readback) Wait(dst []byte) error {
	if r.check("Wait"); !r.fits(dst) {
		return nil
	}
	return r.ended(true, r.mapping.Wait(dst))
}

// fits reports whether a read is under way, and panics if dst is longer than the buffer.
func (r *Readback) fits(dst []byte) bool {
	if r.started && uint64(len(dst)) > native.Size(r.buffer) {
		panic(fmt.Sprintf("gpu: Readback: %d bytes from a buffer of %d bytes: use a shorter slice", len(dst), native.Size(r.buffer)))
	}
	return r.started
}

func (r *Readback) ended(done bool, err error) error {
	if done || err != nil {
		r.started = false
	}
	if err != nil {
		return fmt.Errorf("gpu: finish a readback: %w", err)
	}
	return nil
}

func (r *Readback) check(doing string) {
	if r.buffer == nil {
		panic("gpu: Readback." + doing + ": the readback has been released")
	}
}

// Release frees the memory. A second Release does nothing.
func (r *Readback) Release() {
	if r.buffer == nil {
		return
	}
	if r.started {
		r.buffer.Unmap() // this ends the read
	}
	r.mapping.Release()
	Free(r.buffer)
	r.buffer, r.started = nil, false
}
