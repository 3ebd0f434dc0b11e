package render

import "github.com/cogentcore/webgpu/wgpu"

// A gpuTimer is never made: Device.Timestamps is false in browsers.
type gpuTimer struct{ times []GPUTime }

func newGPUTimer(*Device) (*gpuTimer, error) { return nil, nil }

func (*gpuTimer) begin(*wgpu.CommandEncoder, uint64) (bool, error) { return false, nil }
func (*gpuTimer) end(*wgpu.CommandEncoder) error                   { return nil }
func (*gpuTimer) flush() error                                     { return nil }
func (*gpuTimer) Release()                                         {}
