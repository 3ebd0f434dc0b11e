//go:build cgo || js

package gpu

import (
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/internal/native"
)

// readPiece is the most staging memory, in bytes, that ReadBuffer takes.
const readPiece = 16 << 20

// ReadBuffer copies the first len(dst) bytes of b from the GPU to dst. It first waits for everything that was written
// or submitted to d. Use it for tests, pictures and debugging; a Readback reads every frame without waiting. b must
// belong to d and have usage CopySrc, as an uploader's pages have; otherwise, or if dst is longer than b, ReadBuffer
// returns an error. The error wraps ErrOutOfMemory if the GPU has no memory left.
func ReadBuffer(d *wgpu.Device, b *wgpu.Buffer, dst []byte) error {
	size := uint64(len(dst))
	switch {
	case size == 0:
		return nil
	case !native.Owns(d, b):
		return fmt.Errorf("gpu: read a buffer: the buffer belongs to another device: use the device that made it")
	case native.Usage(b)&wgpu.BufferUsageCopySrc == 0:
		return fmt.Errorf("gpu: read a buffer: the buffer lacks usage CopySrc: create it with that usage")
	case roundUp4(size) > native.Size(b):
		return fmt.Errorf("gpu: read a buffer: %d bytes of a buffer of %d: ask for fewer", size, native.Size(b))
	}
	r, err := NewReadback(d, int(min(roundUp4(size), readPiece)))
	if err != nil {
		return err
	}
	defer r.Release()
	for at := uint64(0); at < size; at += readPiece {
		n := min(size-at, readPiece)
		if err := copyBuffer(d, b, at, r.Buffer(), roundUp4(n)); err != nil {
			return fmt.Errorf("gpu: read a buffer: %w", err)
		}
		if err := r.Start(); err != nil {
			return err
		}
		if err := r.Wait(dst[at : at+n]); err != nil {
			return err
		}
	}
	return nil
}

func roundUp4(n uint64) uint64 { return (n + 3) &^ 3 }

// copyBuffer submits a copy of n bytes, from offset at of src to the start of dst.
func copyBuffer(d *wgpu.Device, src *wgpu.Buffer, at uint64, dst *wgpu.Buffer, n uint64) error {
	encoder, err := d.CreateCommandEncoder(nil)
	if err != nil {
		return fmt.Errorf("create encoder: %w", err)
	}
	defer encoder.Release()
	if err := encoder.CopyBufferToBuffer(src, at, dst, 0, n); err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	commands, err := encoder.Finish(nil)
	if err != nil {
		return fmt.Errorf("finish: %w", err)
	}
	defer commands.Release()
	queue := d.GetQueue()
	defer queue.Release()
	queue.Submit(commands)
	return nil
}
