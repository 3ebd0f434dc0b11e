package overlay

import (
	"fmt"
	"image"
	"math"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Face is a font in one size.
type Face int

// The faces. Their fonts have the letters of the Latin, Greek and Cyrillic alphabets, arrows, box drawing and common
// signs. A character that the font lacks shows as a box.
const (
	Body   Face = iota // 13 pixels
	Strong             // 13 pixels, bold
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

// A glyph is a character in the atlas, in pixels.
type glyph struct {
	texels  image.Rectangle // in the atlas
	offset  image.Point     // from the pen, on the baseline, to the top left corner
	advance float32         // of the pen
}

// An atlas is a picture of the glyphs that were asked for so far. Its width, and the place of every glyph, never
// change; its height grows. Its top left texel is white.
type atlas struct {
	coverage *image.Alpha
	fonts    [faces]*sfnt.Font
	faces    [faces]font.Face
	glyphs   [faces]map[rune]glyph
	buffer   sfnt.Buffer

	pen     image.Point // of the next glyph
	row     int         // height of the row of the pen
	tallest int         // that the atlas may be
	changed int         // the first row of texels that the GPU does not have; below it all are new
}

const (
	atlasGap = 1  // texels between glyphs
	missing  = -1 // the rune that stands for all that the font lacks
)

// newAtlas makes an atlas for a scale, of at most so many rows of texels.
func newAtlas(scale float64, tallest int) (*atlas, error) {
	width := 512 * int(math.Ceil(scale)) // so that all glyphs of all faces fit below the height that devices can have
	a := &atlas{coverage: image.NewAlpha(image.Rect(0, 0, width, min(64*int(math.Ceil(scale)), tallest))), tallest: tallest}
	a.coverage.Pix[0] = 255
	a.pen, a.row = image.Pt(1+atlasGap, 0), 1
	for f := range a.faces {
		a.glyphs[f] = map[rune]glyph{}
		var err error
		if a.fonts[f], err = opentype.Parse(faceFonts[f].ttf); err != nil {
			return nil, fmt.Errorf("overlay: parse a font: %w", err)
		}
		if a.faces[f], err = opentype.NewFace(a.fonts[f], &opentype.FaceOptions{Size: faceFonts[f].size * scale, DPI: 72, Hinting: font.HintingFull}); err != nil {
			return nil, fmt.Errorf("overlay: size a font: %w", err)
		}
	}
	return a, nil
}

// glyph returns a character's glyph, which it draws into the atlas at the first call. A control character is a space,
// and a character that only says how others are written, such as a byte order mark, is nothing.
func (a *atlas) glyph(f Face, r rune) glyph {
	if g, ok := a.glyphs[f][r]; ok {
		return g
	}
	var g glyph
	index, err := a.fonts[f].GlyphIndex(&a.buffer, r)
	switch {
	case r == missing:
		g = a.drawBox(f)
	case unicode.IsControl(r):
		g = a.glyph(f, ' ')
	case unicode.In(r, unicode.Cf, unicode.Variation_Selector):
	case err != nil || index == 0:
		g = a.glyph(f, missing)
	default:
		g = a.draw(f, r)
	}
	a.glyphs[f][r] = g
	return g
}

// draw draws a character of the font.
func (a *atlas) draw(f Face, r rune) glyph {
	at, mask, from, advance, ok := a.faces[f].Glyph(fixed.Point26_6{}, r)
	if !ok {
		return a.glyph(f, missing)
	}
	return a.add(at, advance, func(x, y int) uint8 {
		_, _, _, alpha := mask.At(from.X+x, from.Y+y).RGBA()
		return uint8(alpha >> 8)
	})
}

// drawBox draws the box that stands for a character that the font lacks: as high as a capital letter.
func (a *atlas) drawBox(f Face) glyph {
	high := a.faces[f].Metrics().CapHeight.Round()
	wide, rim := max(2*high/3, 3), max(high/10, 1)
	at := image.Rect(rim, -high, rim+wide, 0)
	return a.add(at, fixed.I(wide+2*rim), func(x, y int) uint8 {
		if min(x, y, wide-1-x, high-1-y) < rim {
			return 255
		}
		return 0
	})
}

// add adds a glyph to the atlas: its rectangle on a pen at the origin, the pen's advance, and the coverage of its
// pixels. In an atlas that is full a glyph takes its place and cannot be seen.
func (a *atlas) add(at image.Rectangle, advance fixed.Int26_6, coverage func(x, y int) uint8) glyph {
	g := glyph{offset: at.Min, advance: float32(advance) / 64}
	width := a.coverage.Rect.Dx()
	pen, row := a.pen, a.row
	if pen.X+at.Dx() > width {
		pen, row = image.Pt(0, pen.Y+row+atlasGap), 0
	}
	if at.Dx() > width || pen.Y+at.Dy() > a.tallest {
		return g
	}
	a.grow(pen.Y + at.Dy())
	for y := range at.Dy() {
		for x := range at.Dx() {
			a.coverage.Pix[a.coverage.PixOffset(pen.X+x, pen.Y+y)] = coverage(x, y)
		}
	}
	g.texels = image.Rectangle{pen, pen.Add(at.Size())}
	a.changed = min(a.changed, pen.Y)
	a.pen, a.row = image.Pt(pen.X+at.Dx()+atlasGap, pen.Y), max(row, at.Dy())
	return g
}

// grow makes the atlas at least height high.
func (a *atlas) grow(height int) {
	old := a.coverage
	if height <= old.Rect.Max.Y {
		return
	}
	a.coverage = image.NewAlpha(image.Rect(0, 0, old.Rect.Max.X, min(2*height, a.tallest)))
	copy(a.coverage.Pix, old.Pix)
}
