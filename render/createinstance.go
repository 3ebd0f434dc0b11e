//go:build cgo && !linux

package render

import "github.com/cogentcore/webgpu/wgpu"

func createInstance() *wgpu.Instance { return wgpu.CreateInstance(nil) }
