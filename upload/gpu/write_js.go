package gpu

import (
	"syscall/js"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/internal/native"
)

// WriteBuffer copies data to b, from offset at on. What the browser finds wrong with the write, Fault returns.
func WriteBuffer(q *wgpu.Queue, b *wgpu.Buffer, at uint64, data []byte) error {
	return native.WriteBuffers(nil, q, data, []native.Write{{Buffer: b, Dst: at, Size: uint64(len(data))}})
}

// WriteTexture copies data to a part of a texture. What the browser finds wrong with the write, Fault returns.
func WriteTexture(q *wgpu.Queue, to *wgpu.ImageCopyTexture, data []byte, layout *wgpu.TextureDataLayout, size *wgpu.Extent3D) error {
	return native.FromMemory(data, func(js.Value, uint64) error { return q.WriteTexture(to, data, layout, size) })
}
