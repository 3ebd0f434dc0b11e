package native

import (
	"syscall/js"

	"github.com/cogentcore/webgpu/wgpu"
)

// A Mapping reads one buffer again and again without waiting for the GPU.
type Mapping struct {
	buffer *wgpu.Buffer
	done   chan struct{} // closed when the browser has answered
	err    error         // its answer
}

// NewMapping prepares reads of b. The buffer must have usage MapRead and a size that is a multiple of four.
func NewMapping(_ *wgpu.Device, b *wgpu.Buffer) *Mapping { return &Mapping{buffer: b} }

const mapRead = 1 // GPUMapMode.READ

// Start asks for the whole buffer. The buffer is mapped once the GPU has done the work submitted so far. No command may
// use the buffer until Read has returned true.
func (m *Mapping) Start() error {
	done := make(chan struct{})
	m.done, m.err = done, nil
	settled(bufferObject.Of(m.buffer).Call("mapAsync", mapRead), func(_ js.Value, err error) { m.err = err; close(done) })
	return nil
}

// Read copies the start of the buffer to dst and returns true. It returns false if the buffer is not mapped yet.
func (m *Mapping) Read(dst []byte) (bool, error) {
	select {
	case <-m.done:
	default:
		return false, nil
	}
	if m.err != nil {
		return false, m.err
	}
	b := bufferObject.Of(m.buffer)
	js.CopyBytesToGo(dst, js.Global().Get("Uint8Array").New(b.Call("getMappedRange")))
	b.Call("unmap")
	return true, nil
}

// Wait is Read, but waits until the buffer is mapped.
func (m *Mapping) Wait(dst []byte) error {
	<-m.done
	_, err := m.Read(dst)
	return err
}

// Release does nothing: the browser ends a mapping together with its buffer.
func (m *Mapping) Release() {}
