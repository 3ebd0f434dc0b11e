package meshfile

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg"
	_ "image/png"
	"math"

	"github.com/slotstream/slotstream/render"
)

// A texture is a picture that colours a surface. Its coordinates go from 0 at the left and the top to 1.
type texture struct {
	image image.Image
	wrap  [2]wrap
}

// A wrap says which texel stands for a coordinate beyond 0 to 1, by the number that glTF has for it. 0 repeats, too.
type wrap int

const (
	wrapClamp  wrap = 33071
	wrapMirror wrap = 33648
)

// decode decodes a PNG or JPEG file. How many pixels it says it has is checked before memory is taken for them: no
// such file has more than about a thousand for each byte.
func decode(data []byte) (image.Image, error) {
	const mostPixels, mostForAByte = 64 << 20, 1200
	cfg, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("a texture is neither PNG nor JPEG: %w", err)
	}
	if n := int64(cfg.Width) * int64(cfg.Height); n < 1 || n > mostPixels || n > mostForAByte*int64(len(data)) {
		return nil, fmt.Errorf("a texture of %d×%d pixels in %d bytes: it may have %d pixels", cfg.Width, cfg.Height, len(data),
			min(mostPixels, mostForAByte*len(data)))
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("decode a texture: %w", err)
	}
	return img, nil
}

// at returns the linear colour at a place, blended from the four texels around it.
func (t *texture) at(u, v float32) render.Color {
	box := t.image.Bounds()
	x0, x1, fx := t.wrap[0].texels(u, box.Dx())
	y0, y1, fy := t.wrap[1].texels(v, box.Dy())
	texel := func(x, y int) render.Color {
		c := color.NRGBA64Model.Convert(t.image.At(box.Min.X+x, box.Min.Y+y)).(color.NRGBA64)
		return render.Color{fromSRGB(float64(c.R) / 65535), fromSRGB(float64(c.G) / 65535), fromSRGB(float64(c.B) / 65535), 1}
	}
	top := texel(x0, y0).Mul(1 - fx).Add(texel(x1, y0).Mul(fx))
	bottom := texel(x0, y1).Mul(1 - fx).Add(texel(x1, y1).Mul(fx))
	return top.Mul(1 - fy).Add(bottom.Mul(fy))
}

// texels returns the two texels of n around a coordinate, and the weight of the second one.
func (w wrap) texels(at float32, n int) (a, b int, part float32) {
	x := float64(at)
	if !(math.Abs(x) < 1e9) {
		x = 0
	}
	x = x*float64(n) - 0.5
	low := math.Floor(x)
	return w.texel(int(low), n), w.texel(int(low)+1, n), float32(x - low)
}

func (w wrap) texel(i, n int) int {
	switch w {
	case wrapClamp:
		return min(max(i, 0), n-1)
	case wrapMirror:
		if i = ((i % (2 * n)) + 2*n) % (2 * n); i >= n {
			i = 2*n - 1 - i
		}
		return i
	}
	return (i%n + n) % n
}

// fromSRGB returns the linear value of an sRGB value. Both are 0 to 1.
func fromSRGB(v float64) float32 {
	if v <= 0.04045 {
		return float32(v / 12.92)
	}
	return float32(math.Pow((v+0.055)/1.055, 2.4))
}

// times returns the product of two colours.
func times(a, b render.Color) render.Color {
	for i := range a {
		a[i] *= b[i]
	}
	return a
}
