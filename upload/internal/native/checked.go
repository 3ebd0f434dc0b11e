//go:build cgo && !js

package native

import "github.com/cogentcore/webgpu/wgpu"

// What browsers need and wgpu-native does not: the package for js says what these are for.

func Check(_ *wgpu.Device, calls func() error) error { return calls() }

func Listen(*wgpu.Device)      {}
func Fault(*wgpu.Device) error { return nil }
func Faults(*wgpu.Device) int  { return 0 }

func Size(b *wgpu.Buffer) uint64            { return b.GetSize() }
func Usage(b *wgpu.Buffer) wgpu.BufferUsage { return b.GetUsage() }
