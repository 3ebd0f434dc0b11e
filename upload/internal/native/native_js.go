// Package native makes the few WebGPU calls that the Go binding lacks or gets wrong in browsers. For other platforms
// the same package calls wgpu-native.
//
// A browser reports errors, finished work and mapped memory by promises. A function that waits for a promise blocks its
// goroutine, and the browser's event loop runs meanwhile. So never call such a function in a callback of js.FuncOf:
// the event loop would wait for the callback, and the callback for the event loop.
package native

import (
	"errors"
	"syscall/js"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/gpu/handle"
)

// Where the binding's types keep their JavaScript objects.
var (
	deviceObject   = handle.In[wgpu.Device]("jsValue")
	queueObject    = handle.In[wgpu.Queue]("jsValue")
	bufferObject   = handle.In[wgpu.Buffer]("jsValue")
	groupObject    = handle.In[wgpu.BindGroup]("jsValue")
	pipelineObject = handle.In[wgpu.ComputePipeline]("jsValue")
)

// Buffer and BindGroup are the binding's own types.
type (
	Buffer    = *wgpu.Buffer
	BindGroup = *wgpu.BindGroup
)

func BufferOf(b *wgpu.Buffer) Buffer          { return b }
func BindGroupOf(g *wgpu.BindGroup) BindGroup { return g }

// Size returns the size of b in bytes.
func Size(b *wgpu.Buffer) uint64 { return uint64(bufferObject.Of(b).Get("size").Int()) }

// Usage returns the usages of b.
func Usage(b *wgpu.Buffer) wgpu.BufferUsage {
	return wgpu.BufferUsage(bufferObject.Of(b).Get("usage").Int())
}

// Owns returns true: a browser itself checks which device made a buffer.
func Owns(*wgpu.Device, *wgpu.Buffer) bool { return true }

// CreateBuffer is d.CreateBuffer, and waits for the browser's verdict. Where the GPU has no memory left, it returns
// ErrOutOfMemory.
func CreateBuffer(d *wgpu.Device, desc *wgpu.BufferDescriptor) (b *wgpu.Buffer, err error) {
	err = Check(d, func() (err error) { b, err = d.CreateBuffer(desc); return err })
	if err != nil {
		return nil, oneLineOf(err)
	}
	return b, nil
}

var instance js.Value

// Loaded returns an error if the page has not put its WebAssembly into the global variable wasm.
func Loaded() error {
	if instance.Truthy() {
		return nil
	}
	if w := js.Global().Get("wasm"); w.Truthy() && w.Get("instance").Truthy() {
		instance = w.Get("instance")
		return nil
	}
	return errors.New("the page does not share its WebAssembly: set globalThis.wasm to the result of WebAssembly.instantiateStreaming before go.run")
}

// memory returns this program's WebAssembly memory, an ArrayBuffer.
func memory() js.Value { return instance.Get("exports").Get("mem").Get("buffer") }

// handed is the data that JavaScript reads now. A variable of the package puts it on the heap, where Go moves nothing.
var handed []byte

// FromMemory makes calls that tell JavaScript where data lies in this program's memory, so that it is copied once. If
// the memory grows meanwhile, it is another ArrayBuffer, and the call that got the one before throws: then the calls
// are made again. A call that was made is not to be made again: let calls go on behind it.
func FromMemory(data []byte, calls func(memory js.Value, at uint64) error) error {
	if err := Loaded(); err != nil {
		return err
	}
	handed = data
	for {
		before := memory()
		err := thrown(func() error { return calls(before, uint64(uintptr(unsafe.Pointer(unsafe.SliceData(data))))) })
		if err == nil || memory().Equal(before) {
			handed = nil
			return err
		}
	}
}

// WriteBuffers makes the writes in order, as q.WriteBuffer would. It reads base before it returns. What the browser
// finds wrong with the writes, the next call of Fault returns.
func WriteBuffers(_ *wgpu.Device, q *wgpu.Queue, base []byte, writes []Write) error {
	if len(writes) == 0 {
		return nil
	}
	queue := queueObject.Of(q)
	return FromMemory(base, func(memory js.Value, at uint64) error {
		for ; len(writes) > 0; writes = writes[1:] {
			w := &writes[0]
			queue.Call("writeBuffer", bufferObject.Of(w.Buffer), w.Dst, memory, at+w.Src, w.Size)
		}
		return nil
	})
}

// SubmitCompute records the dispatches in one pass and submits the pass. What the browser finds wrong with them, the
// next call of Fault returns.
func SubmitCompute(d *wgpu.Device, q *wgpu.Queue, pipeline *wgpu.ComputePipeline, dispatches []Dispatch) error {
	if len(dispatches) == 0 {
		return nil
	}
	return thrown(func() error {
		encoder := deviceObject.Of(d).Call("createCommandEncoder")
		pass := encoder.Call("beginComputePass")
		pass.Call("setPipeline", pipelineObject.Of(pipeline))
		for _, p := range dispatches {
			pass.Call("setBindGroup", 0, groupObject.Of(p.Group), []any{p.DynamicOffset})
			pass.Call("dispatchWorkgroups", p.Workgroups)
		}
		pass.Call("end")
		queueObject.Of(q).Call("submit", []any{encoder.Call("finish")})
		return nil
	})
}

// Pack copies the slots of runs, each of stride bytes, from mirror to values, one after the other. It writes the index
// of each slot, minus first, to places as a uint32.
func Pack(places, values, mirror []byte, runs []Run, first, stride int) {
	p := unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(places))), len(places)/4)
	for _, r := range runs {
		n := copy(values[:r.Count*stride], mirror[r.First*stride:])
		values = values[n:]
		for i := range r.Count {
			p[i] = uint32(r.First - first + i)
		}
		p = p[r.Count:]
	}
}
