//go:build cgo || js

package render

import (
	"math"

	"github.com/go-gl/mathgl/mgl32"
)

// A Color is linear red, green, blue and alpha, not premultiplied. Alpha is 0 for transparent, 1 for opaque. A
// surface hides what is behind it even where its alpha is below 1, and the picture keeps the alpha.
type Color = mgl32.Vec4

// RGB returns the linear colour of an sRGB colour, 0xRRGGBB as in CSS.
func RGB(hex uint32) Color {
	c := Color{0, 0, 0, 1}
	for i := range 3 {
		c[i] = decodeSRGB(float32(hex>>(16-8*i)&0xff) / 255)
	}
	return c
}

// RGBA8 is a linear colour of 8 bits a channel: red, green, blue and alpha. 255 stands for 1. The zero RGBA8 stands for
// white.
type RGBA8 [4]uint8

// Quantize returns the nearest RGBA8. Channels below 0 or NaN become 0, and channels above 1 become 255.
func Quantize(c Color) RGBA8 {
	var q RGBA8
	for i, v := range c {
		if v > 0 {
			q[i] = uint8(min(v, 1)*255 + 0.5)
		}
	}
	return q
}

// encodeSRGB returns the sRGB value of a linear channel. Both are 0 to 1.
func encodeSRGB(v float32) float32 {
	if v <= 0.0031308 {
		return 12.92 * v
	}
	return float32(1.055*math.Pow(float64(v), 1/2.4) - 0.055)
}

// decodeSRGB is the inverse of encodeSRGB.
func decodeSRGB(v float32) float32 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return float32(math.Pow((float64(v)+0.055)/1.055, 2.4))
}

// palette is what BatchConfig.Colors stands for if it is nil.
var palette = []Color{RGB(0xf2efe6), RGB(0xf4b942), RGB(0xe8643c), RGB(0xc73e4f), RGB(0x2f9c95), RGB(0x33658a), RGB(0x9ad1d4), RGB(0x3d405b)}

const maxColors = 8 // the length of Batch.palette in scene.wgsl
