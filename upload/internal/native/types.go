//go:build cgo || js

package native

import (
	"errors"
	"fmt"
	"strings"
)

// ErrOutOfMemory says that the GPU has no memory left for a buffer.
var ErrOutOfMemory = errors.New("out of GPU memory")

// ErrDeviceLost says that a browser took the GPU away.
var ErrDeviceLost = errors.New("the browser took the GPU away")

// Write is one write of Size bytes: from offset Src of the base to offset Dst of Buffer. It holds no Go pointer.
type Write struct {
	Buffer         Buffer
	Dst, Src, Size uint64
}

// Dispatch is one dispatch of Workgroups workgroups. Group is bound at index 0 with the dynamic offset.
type Dispatch struct {
	Group         BindGroup
	DynamicOffset uint32
	Workgroups    uint32
}

// Run is Count slots, beginning with slot First.
type Run struct{ First, Count int }

// oneLine makes an error of wgpu's message, which has several lines. wgpu-native reports some shortages of memory as
// validation errors, so only the text tells them apart.
func oneLine(message string) error {
	message = strings.Join(strings.Fields(message), " ")
	if strings.Contains(message, "Not enough memory") || strings.Contains(message, "Out of memory") {
		return fmt.Errorf("%w (%s)", ErrOutOfMemory, message)
	}
	return errors.New(message)
}
