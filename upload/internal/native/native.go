// Package native makes the few wgpu-native calls that the Go binding lacks or gets wrong:
//
//   - Mapping a buffer. The binding gives C a pointer to a Go variable that the garbage collector may free.
//   - Error scopes for out-of-memory errors. The binding opens scopes for validation errors only, and an error outside
//     a scope aborts the process.
//   - Many buffer writes in one call. The binding allocates five times and opens an error scope for each write.
//   - A compute pass that is recorded and submitted in one call, without an allocation in Go.
//
// [Pack] is written in C because C can prefetch. It packs 10,000 slots scattered over 64 MB in half of Go's time.
//
// Package handle finds the C handles in the binding's unexported fields.
// Error scopes belong to the device, not to a thread: two goroutines must not use one device at the same time.
package native

// #include <stdlib.h>
// #include "native.h"
import "C"

import (
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/gpu/handle"
)

const filterOutOfMemory = 1 // WGPUErrorFilter_OutOfMemory

// Where the binding's types keep their C handles.
var (
	deviceRef    = handle.In[wgpu.Device]("ref")
	queueRef     = handle.In[wgpu.Queue]("ref")
	bufferRef    = handle.In[wgpu.Buffer]("ref")
	bufferDevice = handle.In[wgpu.Buffer]("deviceRef")
	bindGroupRef = handle.In[wgpu.BindGroup]("ref")
	pipelineRef  = handle.In[wgpu.ComputePipeline]("ref")
)

// Owns reports whether d made b. wgpu aborts the process in some calls that mix the buffers of two devices.
func Owns(d *wgpu.Device, b *wgpu.Buffer) bool {
	return bufferDevice.Of(b) == deviceRef.Of(d)
}

// CreateBuffer is d.CreateBuffer. Where the GPU has no memory left, it returns ErrOutOfMemory and does not abort.
func CreateBuffer(d *wgpu.Device, desc *wgpu.BufferDescriptor) (*wgpu.Buffer, error) {
	C.ss_push_scope(deviceRef.Of(d), filterOutOfMemory)
	b, err := d.CreateBuffer(desc)
	if caught := asError(C.ss_pop_scope(deviceRef.Of(d))); caught != nil && err == nil {
		b.Release()
		return nil, caught
	}
	if err != nil {
		return nil, oneLine(err.Error())
	}
	return b, nil
}

// Buffer and BindGroup are C handles. Use them only while the wgpu objects they come from are alive.
type (
	Buffer    uintptr
	BindGroup uintptr
)

func BufferOf(b *wgpu.Buffer) Buffer          { return Buffer(bufferRef.Of(b)) }
func BindGroupOf(g *wgpu.BindGroup) BindGroup { return BindGroup(bindGroupRef.Of(g)) }

// C reads these structs directly, so their sizes must be equal.
var (
	_ = [1]struct{}{}[unsafe.Sizeof(Write{})-unsafe.Sizeof(C.ss_write{})]
	_ = [1]struct{}{}[unsafe.Sizeof(Dispatch{})-unsafe.Sizeof(C.ss_dispatch{})]
	_ = [1]struct{}{}[unsafe.Sizeof(Run{})-unsafe.Sizeof(C.ss_run{})]
)

// WriteBuffers makes the writes in order, as q.WriteBuffer would, and returns the first error. It also tries the writes
// after a failed one. It reads base and writes before it returns. It allocates nothing.
func WriteBuffers(d *wgpu.Device, q *wgpu.Queue, base []byte, writes []Write) error {
	if len(writes) == 0 {
		return nil
	}
	return asError(C.ss_write_buffers(deviceRef.Of(d), queueRef.Of(q), (*C.char)(unsafe.Pointer(unsafe.SliceData(base))),
		(*C.ss_write)(unsafe.Pointer(unsafe.SliceData(writes))), C.size_t(len(writes))))
}

// SubmitCompute records the dispatches in one pass and submits the pass. If the recording fails, it submits nothing.
// It allocates nothing.
func SubmitCompute(d *wgpu.Device, q *wgpu.Queue, pipeline *wgpu.ComputePipeline, dispatches []Dispatch) error {
	if len(dispatches) == 0 {
		return nil
	}
	return asError(C.ss_submit_compute(deviceRef.Of(d), queueRef.Of(q), pipelineRef.Of(pipeline),
		(*C.ss_dispatch)(unsafe.Pointer(unsafe.SliceData(dispatches))), C.size_t(len(dispatches))))
}

// Pack copies the slots of runs, each of stride bytes, from mirror to values, one after the other. It writes the index
// of each slot, minus first, to places as a uint32. It allocates nothing.
func Pack(places, values, mirror []byte, runs []Run, first, stride int) {
	slots, top := 0, 0
	for _, r := range runs {
		slots += r.Count
		top = max(top, r.First+r.Count)
	}
	if slots == 0 {
		return
	}
	_, _, _ = places[slots*4-1], values[slots*stride-1], mirror[top*stride-1] // C does not check bounds
	C.ss_pack((*C.uint32_t)(unsafe.Pointer(&places[0])), (*C.char)(unsafe.Pointer(&values[0])), (*C.char)(unsafe.Pointer(&mirror[0])),
		(*C.ss_run)(unsafe.Pointer(&runs[0])), C.size_t(len(runs)), C.size_t(first), C.size_t(stride))
}

// asError turns e into a Go error and frees e's message.
func asError(e C.ss_error) error {
	if e.message == nil {
		return nil
	}
	defer C.free(unsafe.Pointer(e.message))
	return oneLine(C.GoString(e.message))
}
