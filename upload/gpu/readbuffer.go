//go:build cgo

package gpu

import (
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/internal/native"
)

// readPiece bounds the staging memory of one readback.
const readPiece = 16 << 20

// ReadBuffer copies the first len(dst) bytes of b from the GPU to dst, after everything submitted or written to
// the queue before. It waits for the GPU: it is for tests, pictures and debugging, not for every frame.
// b needs usage CopySrc; pages of an uploader have it. No other goroutine may use d meanwhile.
func ReadBuffer(d *wgpu.Device, b *wgpu.Buffer, dst []byte) error {
	size := uint64(len(dst))
	switch {
	case size == 0:
		return nil
	case !native.Owns(d, b):
		return fmt.Errorf("gpu: read buffer: the buffer is of another device: read it with the device that made it")
	case b.GetUsage()&wgpu.BufferUsageCopySrc == 0:
		return fmt.Errorf("gpu: read buffer: the buffer lacks usage CopySrc")
	case roundUp4(size) > b.GetSize():
		return fmt.Errorf("gpu: read buffer: %d bytes wanted of a buffer of %d", size, b.GetSize())
	}
	r, err := NewReadback(d, int(min(roundUp4(size), readPiece)))
	if err != nil {
		return err
	}
	defer r.Release()
	for at := uint64(0); at < size; at += readPiece {
		n := min(size-at, readPiece)
		if err := copyBuffer(d, b, at, r.Buffer(), roundUp4(n)); err != nil {
			return fmt.Errorf("gpu: read buffer: %w", err)
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

// copyBuffer submits a copy of n bytes of src, from offset at, to the start of dst.
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
