//go:build cgo || js

package render

import "github.com/cogentcore/webgpu/wgpu"

// pictureFormat returns the format that the zero format stands for. Both formats store sRGB. A GPU encodes sRGB for
// nothing, and averages the samples of a pixel as light. Where the CPU draws, the shaders encode it, which costs less:
// once for each face, and not for each pixel.
func (d *Device) pictureFormat() wgpu.TextureFormat {
	if d.Info.Software {
		return wgpu.TextureFormatRGBA8Unorm
	}
	return wgpu.TextureFormatRGBA8UnormSrgb
}

// byteOrder returns the positions of red, green and blue among the bytes of a pixel.
func byteOrder(f wgpu.TextureFormat) (order [3]int, ok bool) {
	switch f {
	case wgpu.TextureFormatRGBA8Unorm, wgpu.TextureFormatRGBA8UnormSrgb:
		return [3]int{0, 1, 2}, true
	case wgpu.TextureFormatBGRA8Unorm, wgpu.TextureFormatBGRA8UnormSrgb:
		return [3]int{2, 1, 0}, true
	}
	return order, false
}
