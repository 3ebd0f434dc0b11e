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
type Tolerance struct{ Steps, Share int }

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
	difference, off := Difference(got, want, within.Steps)
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
	marks, off := image.NewGray(b.Rect), 0
	for i := 0; i < len(b.Pix); i += 4 {
		for c := range 4 {
			if d := int(a.Pix[i+c]) - int(b.Pix[i+c]); d > steps || d < -steps {
				marks.Pix[i/4] = 255
				off++
				break
			}
		}
	}
	return marks, off
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
