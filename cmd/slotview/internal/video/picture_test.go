package video

import (
	"bytes"
	"image"
	"image/png"
	"math/rand/v2"
	"testing"
)

// Pictures of any size and content are decoded by image/png as they were, and opaque.
func TestPictures(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	var p pictureWriter
	for _, size := range []image.Point{{1, 1}, {2, 3}, {320, 180}, {7, 1000}, {2049, 3}, {5, 5}} {
		whole := image.NewNRGBA(image.Rect(0, 0, size.X+3, size.Y+2))
		for i := range whole.Pix {
			whole.Pix[i] = byte(i / 7)
			if i/4%5 == 0 {
				whole.Pix[i] = byte(rng.Uint32())
			}
		}
		for _, img := range []*image.NRGBA{whole, whole.SubImage(image.Rect(1, 2, 1+size.X, 2+size.Y)).(*image.NRGBA)} {
			var file bytes.Buffer
			if err := p.write(&file, img); err != nil {
				t.Fatal(err)
			}
			got, err := png.Decode(&file)
			if err != nil || file.Len() > 0 {
				t.Fatalf("%v: %v, %d bytes more", img.Rect, err, file.Len())
			}
			if b := got.Bounds(); b.Size() != img.Rect.Size() {
				t.Fatalf("%v is read as %v", img.Rect, b)
			}
			for y := range img.Rect.Dy() {
				for x := range img.Rect.Dx() {
					want := img.NRGBAAt(img.Rect.Min.X+x, img.Rect.Min.Y+y)
					want.A = 0xff
					r, g, b, a := got.At(x, y).RGBA()
					if byte(r) != want.R || byte(g) != want.G || byte(b) != want.B || byte(a) != want.A {
						t.Fatalf("%v at %d, %d: %v, want %v", img.Rect, x, y, got.At(x, y), want)
					}
				}
			}
		}
	}
}

// A full disk is an error.
func TestPictureIsNotWritten(t *testing.T) {
	t.Parallel()
	var p pictureWriter
	img := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	var file bytes.Buffer
	if err := p.write(&file, img); err != nil {
		t.Fatal(err)
	}
	for room := range file.Len() {
		if err := p.write(&limited{room}, img); err == nil {
			t.Fatalf("with room for %d of %d bytes there is no error", room, file.Len())
		}
	}
}

// limited takes so many bytes.
type limited struct{ room int }

func (l *limited) Write(b []byte) (int, error) {
	if l.room -= len(b); l.room < 0 {
		return 0, bytes.ErrTooLarge
	}
	return len(b), nil
}
