//go:build cgo && !js

package gpu

import "github.com/cogentcore/webgpu/wgpu"

// A Pass is a render pass or a compute pass that is being recorded.
type Pass interface{ End() error }

// End ends a pass. It is pass.End(), which has no error in browsers: call this function if your program shall run in
// both.
func End(pass Pass) error { return pass.End() }

// DrawIndexedIndirect is pass.DrawIndexedIndirect, which the binding lacks in browsers.
func DrawIndexedIndirect(pass *wgpu.RenderPassEncoder, arguments *wgpu.Buffer, offset uint64) {
	pass.DrawIndexedIndirect(arguments, offset)
}

// ClearBuffer records that size bytes of a buffer become zero. It is e.ClearBuffer, which the binding lacks in
// browsers.
func ClearBuffer(e *wgpu.CommandEncoder, b *wgpu.Buffer, offset, size uint64) error {
	return e.ClearBuffer(b, offset, size)
}

// Free releases o: a buffer, a texture, a device, or any other object of the binding. It is o.Release(), which does
// nothing in browsers: there Free gives the memory back at once, and Release leaves it to the garbage collector.
func Free(o interface{ Release() }) { o.Release() }
