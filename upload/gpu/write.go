//go:build cgo && !js

package gpu

import "github.com/cogentcore/webgpu/wgpu"

// WriteBuffer is q.WriteBuffer: it copies data to b, from offset at on. Call this function if your program shall run in
// browsers, too: there the binding's own method panics if the program's memory grows during the call.
func WriteBuffer(q *wgpu.Queue, b *wgpu.Buffer, at uint64, data []byte) error {
	return q.WriteBuffer(b, at, data)
}

// WriteTexture is q.WriteTexture: it copies data to a part of a texture. Call this function for the same reason as
// WriteBuffer.
func WriteTexture(q *wgpu.Queue, to *wgpu.ImageCopyTexture, data []byte, layout *wgpu.TextureDataLayout, size *wgpu.Extent3D) error {
	return q.WriteTexture(to, data, layout, size)
}
