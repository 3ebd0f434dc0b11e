package upload

import (
	"fmt"
	"math"

	"github.com/cogentcore/webgpu/wgpu"
)

// Costs is what Auto and Merged reckon with, in nanoseconds from the call until the GPU is done.
// It is plain JSON, so that the costs of a run can be saved and given again: the same deltas and the same costs give
// the same calls.
type Costs struct {
	Call   float64 `json:"call_ns"`   // a queue write, whatever its size
	Byte   float64 `json:"byte_ns"`   // a byte written
	Submit float64 `json:"submit_ns"` // a scatter submit, whatever its size
	Slot   float64 `json:"slot_ns"`   // a slot scattered: packing it and the threads' start
	Move   float64 `json:"move_ns"`   // a byte scattered
}

// DefaultCosts are costs measured on adapters of a kind.
func DefaultCosts(kind wgpu.AdapterType) Costs {
	return Costs{Call: 2000, Byte: 0.1, Submit: 100e3, Slot: 20, Move: 0.5}
}

func (c Costs) check() error {
	for _, v := range []float64{c.Call, c.Byte, c.Submit, c.Slot, c.Move} {
		if !(v >= 0) || math.IsInf(v, 1) {
			return fmt.Errorf("upload: costs %+v: each must be a number of nanoseconds, 0 or more", c)
		}
	}
	return nil
}

// write is what calls writes of together bytes cost.
func (c Costs) write(calls, bytes int) float64 { return float64(calls)*c.Call + float64(bytes)*c.Byte }

// scatter is what scattering slots costs, without the submit.
func (c Costs) scatter(slots, stride int) float64 {
	return float64(slots) * (c.Slot + float64(stride)*c.Move)
}

// gap is the most slots between two ranges that cost no more to write than a second call.
func (c Costs) gap(stride int) int {
	gap := c.Call / (c.Byte * float64(stride))
	if gap >= math.MaxInt32 { // also where bytes are free
		return math.MaxInt32
	}
	return int(gap)
}
