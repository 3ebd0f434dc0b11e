//go:build cgo || js

package rendertest

import (
	"flag"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slotstream/slotstream/render"
)

var update = flag.Bool("update", false, "write the golden pictures")

// Tolerance is what another version of the driver may do differently: channels up to Steps of 255 off, and one pixel in
// Share further.
type Tolerance struct {
	Steps, Share int

	// Edges lets a pixel have any colour between those of the nine pixels around its place in the other picture. Another
	// driver rounds the corners of triangles to other parts of a pixel: SwiftShader to 1/16, llvmpipe to 1/256. So edges
	// lie a little elsewhere, and in a picture of many small things most pixels are at an edge.
	Edges bool
}

// Golden compares a picture with one in a file, which was made on llvmpipe and looked at: go test -update writes it.
// Where they differ the picture, and where in white, are left beside it as .actual.png and .difference.png.
func Golden(t testing.TB, path string, got *image.NRGBA, within Tolerance) {
	t.Helper()
	if *update {
		Check(t, render.WritePNG(path, got))
		return
	}
	want := ReadPNG(t, path)
	if want.Rect != got.Rect {
		t.Errorf("%s is %v, the picture %v", path, want.Rect, got.Rect)
		return
	}
	difference, off := within.difference(got, want)
	if off > len(want.Pix)/4/within.Share {
		name := strings.TrimSuffix(path, filepath.Ext(path))
		Check(t, render.WritePNG(name+".actual.png", got))
		Check(t, render.WritePNG(name+".difference.png", difference))
		t.Errorf("%d pixels differ from %s: see %s.actual.png and .difference.png", off, path, name)
	}
}

// Difference marks in white the pixels of two pictures of one size that differ by more than some steps, and counts
// them.
func Difference(a, b *image.NRGBA, steps int) (*image.Gray, int) {
	return Tolerance{Steps: steps}.difference(a, b)
}

func (t Tolerance) difference(a, b *image.NRGBA) (*image.Gray, int) {
	marks, off := image.NewGray(b.Rect), 0
	size := b.Rect.Size()
	for i := range marks.Pix {
		if x, y := i%size.X, i/size.X; !t.allows(a, b, x, y) || t.Edges && !t.allows(b, a, x, y) {
			marks.Pix[i] = 255
			off++
		}
	}
	return marks, off
}

// allows reports whether a's pixel is near enough to b's, or with Edges between b's pixels around it.
func (t Tolerance) allows(a, b *image.NRGBA, x, y int) bool {
	reach := 0
	if t.Edges {
		reach = 1
	}
	size := b.Rect.Size()
	for c := range 4 {
		least, most := 255, 0
		for v := max(y-reach, 0); v <= min(y+reach, size.Y-1); v++ {
			for u := max(x-reach, 0); u <= min(x+reach, size.X-1); u++ {
				p := int(b.Pix[v*b.Stride+4*u+c])
				least, most = min(least, p), max(most, p)
			}
		}
		if p := int(a.Pix[y*a.Stride+4*x+c]); p < least-t.Steps || p > most+t.Steps {
			return false
		}
	}
	return true
}

// ReadPNG is the picture in a file, or the end of the test.
func ReadPNG(t testing.TB, path string) *image.NRGBA {
	t.Helper()
	f, err := os.Open(path)
	Check(t, err)
	defer f.Close()
	img, err := png.Decode(f)
	Check(t, err)
	switch img := img.(type) {
	case *image.NRGBA:
		return img
	case *image.RGBA: // an opaque picture decodes to this, with the same bytes
		return &image.NRGBA{Pix: img.Pix, Stride: img.Stride, Rect: img.Rect}
	}
	out := image.NewNRGBA(img.Bounds())
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	return out
}
