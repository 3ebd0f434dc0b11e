//go:build cgo

package render

import "github.com/cogentcore/webgpu/wgpu"

// format is what pictures are stored in unless said otherwise: always sRGB, but
// where the CPU draws it is the shaders that encode it, for a face and not for
// every pixel of it. A GPU encodes for nothing, and averages the samples of a pixel
// as light.
func (d *Device) format() wgpu.TextureFormat {
	if d.Info.Software {
		return wgpu.TextureFormatRGBA8Unorm
	}
	return wgpu.TextureFormatRGBA8UnormSrgb
}

// byteOrder gives the place of red, green and blue in a pixel.
func byteOrder(f wgpu.TextureFormat) (order [3]int, ok bool) {
	switch f {
	case wgpu.TextureFormatRGBA8Unorm, wgpu.TextureFormatRGBA8UnormSrgb:
		return [3]int{0, 1, 2}, true
	case wgpu.TextureFormatBGRA8Unorm, wgpu.TextureFormatBGRA8UnormSrgb:
		return [3]int{2, 1, 0}, true
	}
	return order, false
}

// encodesSRGB tells whether a target of a format turns linear colours into sRGB by itself.
func encodesSRGB(f wgpu.TextureFormat) bool {
	return f == wgpu.TextureFormatRGBA8UnormSrgb || f == wgpu.TextureFormatBGRA8UnormSrgb
}
