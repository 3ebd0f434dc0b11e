package rendertest

import (
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"testing"

	"github.com/slotstream/slotstream/render"
)

// failures is a test that notes its errors.
type failures struct {
	testing.TB
	said []string
}

func (f *failures) Helper() {}
func (f *failures) Errorf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}

// A golden comparison passes within its tolerance, and fails with pictures to look at beyond it.
func TestGoldenTellsPicturesApart(t *testing.T) {
	want := image.NewNRGBA(image.Rect(0, 0, 20, 10))
	for i := range want.Pix {
		want.Pix[i] = 128
	}
	path := filepath.Join(t.TempDir(), "picture.png")
	Check(t, render.WritePNG(path, want))
	within := Tolerance{Steps: 8, Share: 100} // two of the 200 pixels

	for _, c := range []struct {
		what   string
		change func(*image.NRGBA)
		fails  bool
	}{
		{"the same", func(*image.NRGBA) {}, false},
		{"all a little", func(p *image.NRGBA) {
			for i := range p.Pix {
				p.Pix[i] += 8
			}
		}, false},
		{"two pixels", func(p *image.NRGBA) { p.Pix[0], p.Pix[4*77+2] = 0, 0 }, false},
		{"three pixels", func(p *image.NRGBA) { p.Pix[0], p.Pix[4*77+2], p.Pix[4*199+3] = 0, 0, 0 }, true},
		{"another size", func(p *image.NRGBA) { p.Rect.Max.Y, p.Pix = 9, p.Pix[:9*p.Stride] }, true},
	} {
		got := image.NewNRGBA(want.Rect)
		copy(got.Pix, want.Pix)
		c.change(got)
		f := &failures{TB: t}
		Golden(f, path, got, within)
		if fails := len(f.said) > 0; fails != c.fails {
			t.Errorf("%s: %q", c.what, f.said)
		}
	}
	marks, err := os.ReadFile(filepath.Join(filepath.Dir(path), "picture.difference.png"))
	if err != nil || len(marks) == 0 {
		t.Error(err)
	}
	if marks := ReadPNG(t, filepath.Join(filepath.Dir(path), "picture.difference.png")); marks.NRGBAAt(17, 3) != (color.NRGBA{255, 255, 255, 255}) ||
		marks.NRGBAAt(1, 0) != (color.NRGBA{0, 0, 0, 255}) {
		t.Error("the difference is not marked where it is")
	}
}

// With Edges, an edge may lie half a pixel further. A line that is missing, another colour, and an edge two pixels
// further are found.
func TestEdges(t *testing.T) {
	picture := func(column func(x int) uint8) *image.NRGBA {
		p := image.NewNRGBA(image.Rect(0, 0, 20, 10))
		for i := range p.Pix {
			p.Pix[i] = column(i / 4 % 20)
		}
		return p
	}
	within := func(edge, there, line uint8, at int) func(int) uint8 {
		return func(x int) uint8 {
			switch {
			case x == 15:
				return line
			case x == at:
				return edge
			case x < at:
				return there
			}
			return 20
		}
	}
	want := picture(within(120, 200, 250, 10))
	for _, c := range []struct {
		what string
		got  func(int) uint8
		off  int
	}{
		{"the same", within(120, 200, 250, 10), 0},
		{"half a pixel further", within(190, 200, 250, 10), 0},
		{"half a pixel back", within(30, 200, 250, 10), 0},
		{"two pixels further", within(120, 200, 250, 12), 30},
		{"a line is missing", within(120, 200, 20, 10), 10},
		{"another colour", within(120, 180, 250, 10), 100},
	} {
		if _, off := (Tolerance{Steps: 8, Edges: true}).difference(picture(c.got), want); off != c.off {
			t.Errorf("%s: %d pixels differ, want %d", c.what, off, c.off)
		}
	}
}
