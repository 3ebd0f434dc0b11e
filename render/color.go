//go:build cgo

package render

import (
	"math"

	"github.com/go-gl/mathgl/mgl32"
)

// Color is linear red, green, blue and alpha: 0 transparent, 1 opaque; the colours
// are not premultiplied. Nothing shines through a surface, but pictures keep its alpha.
type Color = mgl32.Vec4

// RGB turns an sRGB colour, 0xRRGGBB as in CSS, into a linear one.
func RGB(hex uint32) Color {
	c := Color{0, 0, 0, 1}
	for i := range 3 {
		c[i] = decodeSRGB(float32(hex>>(16-8*i)&0xff) / 255)
	}
	return c
}

// encodeSRGB turns a linear channel into an sRGB one, both 0 to 1.
func encodeSRGB(v float32) float32 {
	if v <= 0.0031308 {
		return 12.92 * v
	}
	return float32(1.055*math.Pow(float64(v), 1/2.4) - 0.055)
}

// decodeSRGB is encodeSRGB backwards.
func decodeSRGB(v float32) float32 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return float32(math.Pow((float64(v)+0.055)/1.055, 2.4))
}

// palette is what batches of bare matrices are coloured with by default.
var palette = []Color{RGB(0xf2efe6), RGB(0xf4b942), RGB(0xe8643c), RGB(0xc73e4f), RGB(0x2f9c95), RGB(0x33658a), RGB(0x9ad1d4), RGB(0x3d405b)}

const maxColors = 8 // of the Batch type in scene.wgsl
