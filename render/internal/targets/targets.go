//go:build cgo || js

package targets

import "github.com/cogentcore/webgpu/wgpu"

// EncodesSRGB reports whether the GPU turns linear colours into sRGB when it writes a texture of this format. For other
// formats the shader must do it.
func EncodesSRGB(f wgpu.TextureFormat) bool {
	return f == wgpu.TextureFormatRGBA8UnormSrgb || f == wgpu.TextureFormatBGRA8UnormSrgb
}

// As returns the first target that has the methods of C: t, or the target that t wraps, and so on. A target that wraps
// another one has a method Unwrap that returns it.
func As[C, T any](t T) (found C, ok bool) {
	for {
		if found, ok = any(t).(C); ok {
			return found, true
		}
		wrapper, wraps := any(t).(interface{ Unwrap() T })
		if !wraps {
			return found, false
		}
		t = wrapper.Unwrap()
	}
}
