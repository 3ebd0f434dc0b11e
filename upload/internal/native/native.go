// Package native makes the few wgpu-native calls that the Go binding lacks or gets wrong:
//
//   - mapping a buffer (the binding hands C a pointer to a Go variable that may be collected meanwhile),
//   - error scopes for out-of-memory (the binding opens them for validation only; an uncaught error aborts),
//   - many buffer writes in one call, without the binding's five allocations and error scope for each,
//   - a compute pass recorded and submitted in one call that allocates nothing in Go.
//
// [Pack] is C because C can prefetch: 10,000 slots scattered over 64 MB are packed in half the time that Go takes.
//
// C functions get handles taken from the binding's unexported fields, by package handle.
// Error scopes belong to the device, not to a thread: two goroutines must not use one device at the same time.
package native

// #include <stdlib.h>
// #include "native.h"
import "C"

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/gpu/handle"
)

// ErrOutOfMemory is what the GPU says when a buffer does not fit.
var ErrOutOfMemory = errors.New("gpu: out of memory")

const filterOutOfMemory = 1 // WGPUErrorFilter_OutOfMemory

// Where the binding's types keep their C handles.
var (
	deviceRef    = handle.In[wgpu.Device]("ref")
	queueRef     = handle.In[wgpu.Queue]("ref")
	bufferRef    = handle.In[wgpu.Buffer]("ref")
	bufferDevice = handle.In[wgpu.Buffer]("deviceRef")
	queueDevice  = handle.In[wgpu.Queue]("deviceRef")
	bindGroupRef = handle.In[wgpu.BindGroup]("ref")
	pipelineRef  = handle.In[wgpu.ComputePipeline]("ref")
)

// Owns reports whether b was made by d. Bytes of another device are not to be had, and wgpu aborts over some tries.
func Owns(d *wgpu.Device, b *wgpu.Buffer) bool {
	return bufferDevice.Of(b) == deviceRef.Of(d)
}

// Queues reports whether q is d's queue.
func Queues(d *wgpu.Device, q *wgpu.Queue) bool { return queueDevice.Of(q) == deviceRef.Of(d) }

// CreateBuffer is d.CreateBuffer, but running out of memory is an error (ErrOutOfMemory) instead of an abort.
func CreateBuffer(d *wgpu.Device, desc *wgpu.BufferDescriptor) (*wgpu.Buffer, error) {
	C.ss_push_scope(deviceRef.Of(d), filterOutOfMemory)
	b, err := d.CreateBuffer(desc)
	if caught := asError(C.ss_pop_scope(deviceRef.Of(d))); caught != nil && err == nil {
		b.Release()
		return nil, caught
	}
	if err != nil {
		return nil, sentence(err.Error())
	}
	return b, nil
}

// Write is one write of Size bytes, from offset Src of a base to offset Dst of Buffer. It holds no Go pointer.
type Write struct {
	Buffer         Buffer
	Dst, Src, Size uint64
}

// Dispatch is one dispatch of Workgroups workgroups, with Group bound at 0 at the given dynamic offset.
type Dispatch struct {
	Group         BindGroup
	DynamicOffset uint32
	Workgroups    uint32
}

// Run is Count slots from First on.
type Run struct{ First, Count int }

// Buffer and BindGroup are C handles; the objects they come from must outlive their use.
type (
	Buffer    uintptr
	BindGroup uintptr
)

func BufferOf(b *wgpu.Buffer) Buffer          { return Buffer(bufferRef.Of(b)) }
func BindGroupOf(g *wgpu.BindGroup) BindGroup { return BindGroup(bindGroupRef.Of(g)) }

// C reads these structs as they lie.
var (
	_ = [1]struct{}{}[unsafe.Sizeof(Write{})-unsafe.Sizeof(C.ss_write{})]
	_ = [1]struct{}{}[unsafe.Sizeof(Dispatch{})-unsafe.Sizeof(C.ss_dispatch{})]
	_ = [1]struct{}{}[unsafe.Sizeof(Run{})-unsafe.Sizeof(C.ss_run{})]
)

// WriteBuffers carries out writes in order, as q.WriteBuffer would, and returns the first error; the writes after
// a failed one are still tried. base and writes are read before it returns. It allocates nothing.
func WriteBuffers(d *wgpu.Device, q *wgpu.Queue, base []byte, writes []Write) error {
	if len(writes) == 0 {
		return nil
	}
	return asError(C.ss_write_buffers(deviceRef.Of(d), queueRef.Of(q), (*C.char)(unsafe.Pointer(unsafe.SliceData(base))),
		(*C.ss_write)(unsafe.Pointer(unsafe.SliceData(writes))), C.size_t(len(writes))))
}

// SubmitCompute records the dispatches in one pass and submits it. Where recording fails nothing is submitted.
// It allocates nothing.
func SubmitCompute(d *wgpu.Device, q *wgpu.Queue, pipeline *wgpu.ComputePipeline, dispatches []Dispatch) error {
	if len(dispatches) == 0 {
		return nil
	}
	return asError(C.ss_submit_compute(deviceRef.Of(d), queueRef.Of(q), pipelineRef.Of(pipeline),
		(*C.ss_dispatch)(unsafe.Pointer(unsafe.SliceData(dispatches))), C.size_t(len(dispatches))))
}

// Pack copies the slots of runs, of stride bytes each, from mirror to values, one behind the other, and the index of
// each, a uint32 counted from slot first, to places. It allocates nothing.
func Pack(places, values, mirror []byte, runs []Run, first, stride int) {
	slots, top := 0, 0
	for _, r := range runs {
		slots += r.Count
		top = max(top, r.First+r.Count)
	}
	if slots == 0 {
		return
	}
	_, _, _ = places[slots*4-1], values[slots*stride-1], mirror[top*stride-1] // C does not look
	C.ss_pack((*C.uint32_t)(unsafe.Pointer(&places[0])), (*C.char)(unsafe.Pointer(&values[0])), (*C.char)(unsafe.Pointer(&mirror[0])),
		(*C.ss_run)(unsafe.Pointer(&runs[0])), C.size_t(len(runs)), C.size_t(first), C.size_t(stride))
}

// asError takes over the message of e.
func asError(e C.ss_error) error {
	if e.message == nil {
		return nil
	}
	defer C.free(unsafe.Pointer(e.message))
	return sentence(C.GoString(e.message))
}

// sentence makes an error of wgpu's message, which has several lines. wgpu-native files some shortages of memory
// under validation: only the text tells.
func sentence(message string) error {
	message = strings.Join(strings.Fields(message), " ")
	if strings.Contains(message, "Not enough memory") || strings.Contains(message, "Out of memory") {
		return fmt.Errorf("%w (%s)", ErrOutOfMemory, message)
	}
	return errors.New(message)
}
