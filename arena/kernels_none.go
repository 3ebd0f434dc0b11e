//go:build !amd64 || race || purego

package arena

import "unsafe"

// kernels is set where assembly moves slots. Race builds use Go's
// atomics, which the detector understands.
const kernels = false

func barrier() {} // Go's atomics need none

func storeKernel(c *chunk, at, gen uint32, v unsafe.Pointer) bool { panic("no kernels") }
func setKernel(s *span, i int, v unsafe.Pointer) bool             { panic("no kernels") }

func (c *chunk) setRangeFast(at uint32, n int, vs unsafe.Pointer) { panic("no kernels") }
func (c *chunk) compareFast(out []uint64)                         { panic("no kernels") }
func (a *core) takeFast(c *chunk, w int, mask uint64) uint64      { panic("no kernels") }
