//go:build cgo && !linux && !js

package render

import "github.com/cogentcore/webgpu/wgpu"

func createInstance() (*wgpu.Instance, error) { return wgpu.CreateInstance(nil), nil }
