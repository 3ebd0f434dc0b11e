package gpu

import (
	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/gpu/handle"
	"github.com/slotstream/slotstream/upload/internal/native"
)

var (
	passObject    = handle.In[wgpu.RenderPassEncoder]("jsValue")
	bufferObject  = handle.In[wgpu.Buffer]("jsValue")
	encoderObject = handle.In[wgpu.CommandEncoder]("jsValue")
	textureObject = handle.In[wgpu.Texture]("jsValue")
)

// A Pass is a render pass or a compute pass that is being recorded.
type Pass interface{ End() }

// End ends a pass. Its errors are the command encoder's, which Fault returns.
func End(pass Pass) error {
	pass.End()
	return nil
}

// DrawIndexedIndirect draws as the arguments at an offset of a buffer say. The binding lacks it in browsers.
func DrawIndexedIndirect(pass *wgpu.RenderPassEncoder, arguments *wgpu.Buffer, offset uint64) {
	passObject.Of(pass).Call("drawIndexedIndirect", bufferObject.Of(arguments), offset)
}

// ClearBuffer records that size bytes of a buffer become zero. The binding lacks it in browsers. Its errors are the
// command encoder's, which Fault returns.
func ClearBuffer(e *wgpu.CommandEncoder, b *wgpu.Buffer, offset, size uint64) error {
	encoderObject.Of(e).Call("clearBuffer", bufferObject.Of(b), offset, size)
	return nil
}

// Free releases o: a buffer, a texture, a device, or any other object of the binding. It gives the memory of buffers,
// textures and devices back at once; the binding's Release leaves it to the garbage collector.
func Free(o interface{ Release() }) {
	switch o := o.(type) {
	case *wgpu.Buffer:
		bufferObject.Of(o).Call("destroy")
	case *wgpu.Texture:
		textureObject.Of(o).Call("destroy")
	case *wgpu.Device:
		native.Destroy(o)
	default:
		o.Release()
	}
}
