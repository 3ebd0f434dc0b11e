package native

// #include <stdlib.h>
// #include "native.h"
import "C"

import (
	"errors"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"
)

const mapSuccess = 0

// A Mapping reads one buffer again and again without waiting for the GPU. C reports to a word on the C heap.
type Mapping struct {
	device *wgpu.Device
	buffer *wgpu.Buffer
	status *C.int
}

// NewMapping prepares reads of b. The buffer must have usage MapRead and a size that is a multiple of four.
func NewMapping(d *wgpu.Device, b *wgpu.Buffer) *Mapping {
	return &Mapping{d, b, (*C.int)(C.calloc(1, C.size_t(unsafe.Sizeof(C.int(0)))))}
}

// Start asks for the whole buffer. The buffer is mapped once the GPU has done the work submitted so far. No command may
// use the buffer until Read has returned true.
func (m *Mapping) Start() error {
	return asError(C.ss_map(deviceRef.Of(m.device), bufferRef.Of(m.buffer), C.size_t(m.buffer.GetSize()), m.status))
}

// Read copies the start of the buffer to dst and returns true. It returns false if the buffer is not mapped yet.
func (m *Mapping) Read(dst []byte) (bool, error) {
	switch C.ss_status(deviceRef.Of(m.device), m.status) {
	case statusPending:
		return false, nil
	case mapSuccess:
		C.ss_copy_mapped(bufferRef.Of(m.buffer), unsafe.Pointer(unsafe.SliceData(dst)), C.size_t(len(dst)))
		return true, nil
	}
	return false, errors.New("the buffer cannot be mapped (device lost or buffer destroyed)")
}

// Wait is Read, but waits until the buffer is mapped.
func (m *Mapping) Wait(dst []byte) error {
	for p := newPatience(); ; p.pause() {
		if done, err := m.Read(dst); done || err != nil {
			return err
		}
	}
}

// Release waits until C writes to the word no more, and frees the word. Unmap the buffer before: that ends a mapping
// that has not arrived.
func (m *Mapping) Release() {
	for p := newPatience(); C.ss_status(deviceRef.Of(m.device), m.status) == statusPending; {
		p.pause()
	}
	C.free(unsafe.Pointer(m.status))
	m.status = nil
}
