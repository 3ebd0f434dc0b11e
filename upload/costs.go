//go:build cgo || js

package upload

import (
	"fmt"
	"math"

	"github.com/cogentcore/webgpu/wgpu"
)

// Costs are the numbers by which Auto and Merged choose. Each is a time in nanoseconds, from the call until the GPU is
// done.
//
// They never change while an uploader lives: the same changes and the same costs always give the same calls. Get them
// from DefaultCosts or from Measure. You can save them as JSON and give them to another run.
type Costs struct {
	Call     float64 `json:"call_ns"`     // for each queue write, without its bytes
	Byte     float64 `json:"byte_ns"`     // for each byte of a queue write
	Submit   float64 `json:"submit_ns"`   // for each scatter submit: its queue write, encoder and submit
	Dispatch float64 `json:"dispatch_ns"` // for each page in a scatter submit
	Slot     float64 `json:"slot_ns"`     // for each slot in a scatter submit, without its bytes
	Move     float64 `json:"move_ns"`     // for each byte of a slot in a scatter submit: pack, write and copy it
}

// DefaultCosts returns the costs for a kind of adapter. The costs for wgpu.AdapterTypeCPU were measured on software
// Vulkan with two cores of several processors; single costs differ by half between them. Every kind that is not a GPU
// gets these costs. The costs for GPUs are estimates: use Measure to know better.
func DefaultCosts(kind wgpu.AdapterType) Costs {
	switch kind {
	case wgpu.AdapterTypeDiscreteGPU, wgpu.AdapterTypeIntegratedGPU:
		return Costs{Call: 1500, Byte: 0.1, Submit: 20e3, Dispatch: 5e3, Slot: 15, Move: 0.25}
	default:
		return Costs{Call: 2500, Byte: 0.12, Submit: 50e3, Dispatch: 70e3, Slot: 20, Move: 0.8}
	}
}

func (c Costs) check() error {
	for _, ns := range []float64{c.Call, c.Byte, c.Submit, c.Dispatch, c.Slot, c.Move} {
		if !(ns >= 0 && ns <= math.MaxFloat64) {
			return fmt.Errorf("upload: new uploader: a cost of %v: use a number of nanoseconds, 0 or more", ns)
		}
	}
	return nil
}

// write returns the cost of queue writes that carry so many bytes together.
func (c Costs) write(calls, bytes int) float64 { return float64(calls)*c.Call + float64(bytes)*c.Byte }

// scatter returns the cost of scattering slots of one page, without the submit.
func (c Costs) scatter(slots, stride int) float64 {
	return c.Dispatch + float64(slots)*(c.Slot+float64(stride)*c.Move)
}

// gap returns the largest gap between two ranges, in slots, that costs no more to write than a second call.
func (c Costs) gap(stride int) int {
	if gap := c.Call / (c.Byte * float64(stride)); gap < math.MaxInt32 {
		return int(gap)
	}
	return math.MaxInt32 // bytes cost nothing, or almost nothing; if calls cost nothing too, gap is NaN
}
