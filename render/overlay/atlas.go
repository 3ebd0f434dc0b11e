package overlay

import (
	"fmt"
	"image"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Face is one of the sizes that text comes in.
type Face int

const (
	Body   Face = iota // 13 pixels
	Strong             // the same, bold
	Title              // 30 pixels, bold
	faces
)

var faceFonts = [faces]struct {
	ttf  []byte
	size float64 // pixels at a scale of 1
}{
	Body:   {goregular.TTF, 13},
	Strong: {gobold.TTF, 13},
	Title:  {gobold.TTF, 30},
}

// runes are the characters that there are; any other shows as a question mark.
const runes = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~·×µ±≤°…–←→↑↓"

// A glyph is a character as the atlas holds it, in pixels.
type glyph struct {
	texels  image.Rectangle // in the atlas
	offset  image.Point     // from the pen, on the baseline, to the top left corner
	advance float32         // of the pen
}

// An atlas is a picture with every glyph of every face. Its top left texel is white.
type atlas struct {
	coverage *image.Alpha
	glyphs   [faces]map[rune]glyph
}

func newAtlas(scale float64) (*atlas, error) {
	const gap = 1
	width := 512 * int(math.Ceil(scale)) // so that its height stays within what devices can have
	a := &atlas{coverage: image.NewAlpha(image.Rect(0, 0, width, 64))}
	a.coverage.Pix[0] = 255
	pen, rowHeight := image.Pt(1+gap, 0), 1
	for f := range a.glyphs {
		a.glyphs[f] = map[rune]glyph{}
		parsed, err := opentype.Parse(faceFonts[f].ttf)
		if err != nil {
			return nil, fmt.Errorf("overlay: parse font: %w", err)
		}
		face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: faceFonts[f].size * scale, DPI: 72, Hinting: font.HintingFull})
		if err != nil {
			return nil, fmt.Errorf("overlay: size font: %w", err)
		}
		for _, r := range runes {
			at, mask, from, advance, ok := face.Glyph(fixed.Point26_6{}, r)
			if !ok {
				return nil, fmt.Errorf("overlay: the font has no %q", r)
			}
			if pen.X+at.Dx() > width {
				pen = image.Pt(0, pen.Y+rowHeight+gap)
				rowHeight = 0
			}
			texels := image.Rectangle{pen, pen.Add(at.Size())}
			a.grow(texels.Max.Y)
			for y := range at.Dy() {
				for x := range at.Dx() {
					_, _, _, alpha := mask.At(from.X+x, from.Y+y).RGBA()
					a.coverage.Pix[a.coverage.PixOffset(pen.X+x, pen.Y+y)] = uint8(alpha >> 8)
				}
			}
			a.glyphs[f][r] = glyph{texels, at.Min, float32(advance) / 64}
			pen.X += at.Dx() + gap
			rowHeight = max(rowHeight, at.Dy())
		}
		face.Close()
	}
	return a, nil
}

// grow makes the atlas at least height high. Its width, and so the place of every texel, stays.
func (a *atlas) grow(height int) {
	old := a.coverage
	if height <= old.Rect.Max.Y {
		return
	}
	a.coverage = image.NewAlpha(image.Rect(0, 0, old.Rect.Max.X, 2*height))
	copy(a.coverage.Pix, old.Pix)
}
