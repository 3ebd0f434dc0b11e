//go:build cgo

package upload

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/cogentcore/webgpu/wgpu"
)

// Costs is what Auto and Merged reckon with: nanoseconds from the call until the GPU is done.
//
// They are plain numbers, given, by default or by Measure, and never change while an uploader lives: the same deltas
// and the same costs give the same calls. Saved as JSON, those of one run can be given to another.
type Costs struct {
	Call     float64 `json:"call_ns"`     // a queue write, whatever its size
	Byte     float64 `json:"byte_ns"`     // a byte written
	Submit   float64 `json:"submit_ns"`   // a scatter submit: its write of staging, encoder and queue submit
	Dispatch float64 `json:"dispatch_ns"` // a page in a scatter submit
	Slot     float64 `json:"slot_ns"`     // a slot scattered, whatever its size
	Move     float64 `json:"move_ns"`     // a byte scattered, with packing and writing it
}

// DefaultCosts returns costs for a kind of adapter. Those of wgpu.AdapterTypeCPU, also used where the kind is unknown,
// were fitted to BenchmarkStrategy on software Vulkan with two cores of an AMD and an Intel processor, between which
// single costs differ by half. Those of GPUs are estimates, with the dispatch and the move much cheaper: Measure knows
// better.
func DefaultCosts(kind wgpu.AdapterType) Costs {
	switch kind {
	case wgpu.AdapterTypeDiscreteGPU, wgpu.AdapterTypeIntegratedGPU:
		return Costs{Call: 1500, Byte: 0.1, Submit: 20e3, Dispatch: 5e3, Slot: 15, Move: 0.25}
	default:
		return Costs{Call: 2500, Byte: 0.12, Submit: 50e3, Dispatch: 70e3, Slot: 20, Move: 0.8}
	}
}

// String is the JSON of c.
func (c Costs) String() string {
	text, err := json.Marshal(c)
	if err != nil { // not a finite number
		return err.Error()
	}
	return string(text)
}

func (c Costs) check() error {
	for _, ns := range []float64{c.Call, c.Byte, c.Submit, c.Dispatch, c.Slot, c.Move} {
		if !(ns >= 0 && ns <= math.MaxFloat64) {
			return fmt.Errorf("upload: a cost of %v: each must be a number of nanoseconds, 0 or more", ns)
		}
	}
	return nil
}

// write is what calls writes of together bytes cost.
func (c Costs) write(calls, bytes int) float64 { return float64(calls)*c.Call + float64(bytes)*c.Byte }

// scatter is what scattering slots of one page costs, without the submit.
func (c Costs) scatter(slots, stride int) float64 {
	return c.Dispatch + float64(slots)*(c.Slot+float64(stride)*c.Move)
}

// gap is the most slots between two ranges that cost no more to write than a second call.
func (c Costs) gap(stride int) int {
	if gap := c.Call / (c.Byte * float64(stride)); gap < math.MaxInt32 {
		return int(gap)
	}
	return math.MaxInt32 // bytes are free, or nearly (or calls too: NaN)
}
