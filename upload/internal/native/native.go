// Package native makes the few wgpu-native calls that the Go binding lacks or gets wrong:
//
//   - mapping a buffer (the binding hands C a pointer to a Go variable that may be collected meanwhile),
//   - error scopes for out-of-memory (the binding opens them for validation only; an uncaught error aborts).
//
// C functions get handles taken from the binding's unexported ref fields, whose presence is checked at start.
// Error scopes belong to the device, not to a thread: two goroutines must not use one device at the same time.
package native

// #include <stdlib.h>
// #include "native.h"
import "C"

import (
	"errors"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"
)

// ErrOutOfMemory is what the GPU says when a buffer does not fit.
var ErrOutOfMemory = errors.New("out of GPU memory")

const (
	filterOutOfMemory = 1 // WGPUErrorFilter_OutOfMemory
	typeOutOfMemory   = 2 // WGPUErrorType_OutOfMemory
)

// Offsets of the C handles in the binding's types.
var (
	deviceRef = refOffset[wgpu.Device]()
	bufferRef = refOffset[wgpu.Buffer]()
)

func refOffset[T any]() uintptr {
	t := reflect.TypeFor[T]()
	f, ok := t.FieldByName("ref")
	if !ok || f.Type.Kind() != reflect.Pointer {
		panic(fmt.Sprintf("native: %v has no pointer field named ref: this binding is not the one slotstream was built for", t))
	}
	return f.Offset
}

func handle[T any](p *T, offset uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(p), offset))
}

// CreateBuffer is d.CreateBuffer, but running out of memory is an error (ErrOutOfMemory) instead of an abort.
func CreateBuffer(d *wgpu.Device, desc *wgpu.BufferDescriptor) (*wgpu.Buffer, error) {
	C.ss_push_scope(handle(d, deviceRef), filterOutOfMemory)
	b, err := d.CreateBuffer(desc)
	if oom := asError(C.ss_pop_scope(handle(d, deviceRef))); oom != nil {
		if b != nil {
			b.Release()
		}
		return nil, oom
	}
	return b, err
}

// ReadMapped waits until the GPU is done with b, which must have usage MapRead and at least len(dst) bytes rounded
// up to a multiple of four, and copies its first bytes to dst.
func ReadMapped(d *wgpu.Device, b *wgpu.Buffer, dst []byte) error {
	return asError(C.ss_read_mapped(handle(d, deviceRef), handle(b, bufferRef), unsafe.Pointer(unsafe.SliceData(dst)), C.size_t(len(dst))))
}

// asError takes over the message of e.
func asError(e C.ss_error) error {
	if e.message == nil {
		return nil
	}
	defer C.free(unsafe.Pointer(e.message))
	if e._type == typeOutOfMemory {
		return fmt.Errorf("%w: %s", ErrOutOfMemory, C.GoString(e.message))
	}
	return errors.New(C.GoString(e.message))
}
