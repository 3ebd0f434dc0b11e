package overlay

import (
	"image"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// paper is an overlay without a GPU.
func paper(t *testing.T, scale float32) *Overlay {
	t.Helper()
	a, err := newAtlas(float64(scale), 8192)
	check(t, err)
	return &Overlay{atlas: a, scale: scale}
}

func TestText(t *testing.T) {
	o := paper(t, 1.5)
	if got, want := o.Text(10, 20, Body, Bright, "fps 60"), o.Width(Body, "fps 60"); math.Abs(float64(got-want)) > 1e-4 || got < 20 {
		t.Errorf("width %v, Width returns %v", got, want)
	}
	if len(o.quads) != 5 {
		t.Errorf("%d quads for five letters", len(o.quads))
	}
}

// Each letter has a picture of its own, also beyond Latin; what the font lacks is a box that can be seen; control
// characters are spaces, and characters without a picture take no place.
func TestLetters(t *testing.T) {
	o := paper(t, 1)
	for f := range faces {
		pictures := map[string]rune{}
		for _, r := range "aeigzAZ0589?!äßñéŁğőž½€…—→αβγλπΣΩάжшяђїЖЮЁ" {
			picture := string(o.pixels(f, r))
			if other, drawn := pictures[picture]; drawn || picture == "" {
				t.Errorf("face %d: %q looks like %q", f, r, other)
			}
			pictures[picture] = r
		}
		box := o.pixels(f, missing)
		if len(box) == 0 || strings.Trim(string(box), "\x00") == "" || pictures[string(box)] != 0 {
			t.Errorf("face %d: what the font lacks cannot be seen", f)
		}
		for _, r := range "世日שא🎲\u0301" {
			if o.glyph(f, r) != o.glyph(f, missing) {
				t.Errorf("face %d: %q is not a box", f, r)
			}
		}
		for _, r := range "\n\t\r\x00\x1b" {
			if o.glyph(f, r) != o.glyph(f, ' ') {
				t.Errorf("face %d: %q is not a space", f, r)
			}
		}
		for _, r := range "\u200b\u200d\ufe0f\ufeff" {
			if o.glyph(f, r) != (glyph{}) {
				t.Errorf("face %d: %q takes a place", f, r)
			}
		}
	}
	if o.Width(Body, "bad \xff") != o.Width(Body, "bad \ufffd") {
		t.Error("a byte that is no UTF-8 is not a replacement character")
	}
}

// pixels returns the picture of a character.
func (o *Overlay) pixels(f Face, r rune) (pixels []byte) {
	g := o.glyph(f, r)
	for y := g.texels.Min.Y; y < g.texels.Max.Y; y++ {
		for x := g.texels.Min.X; x < g.texels.Max.X; x++ {
			pixels = append(pixels, o.atlas.coverage.AlphaAt(x, y).A)
		}
	}
	return pixels
}

// All glyphs of the fonts fit into an atlas at the largest scale, and none lies over another. An atlas without room
// leaves glyphs out, and goes on.
func TestAtlasHoldsTheFonts(t *testing.T) {
	all := func(a *atlas) (drawn int) {
		for f := range faces {
			for r := range rune(0x3000) {
				if g := a.glyph(f, r); !g.texels.Empty() {
					drawn++
				}
			}
		}
		return drawn
	}
	counts := map[float64]int{}
	for _, scale := range []float64{1, mostScale} {
		a, err := newAtlas(scale, 8192)
		check(t, err)
		counts[scale] = all(a)
		if a.coverage.Rect.Dy() > 8192 {
			t.Errorf("at a scale of %v the atlas is %v", scale, a.coverage.Rect)
		}
		taken := image.NewAlpha(a.coverage.Rect)
		for f := range a.glyphs {
			seen := map[image.Rectangle]bool{}
			for r, g := range a.glyphs[f] {
				if !g.texels.In(a.coverage.Rect) {
					t.Fatalf("face %d, %q: %v is outside the atlas", f, r, g.texels)
				}
				if seen[g.texels] {
					continue // the box of many
				}
				seen[g.texels] = true
				for y := g.texels.Min.Y; y < g.texels.Max.Y; y++ {
					for x := g.texels.Min.X; x < g.texels.Max.X; x++ {
						if i := taken.PixOffset(x, y); taken.Pix[i] != 0 {
							t.Fatalf("face %d: %q lies over another glyph", f, r)
						} else {
							taken.Pix[i] = 1
						}
					}
				}
			}
		}
	}
	if counts[1] != counts[mostScale] || counts[1] < 3*600 {
		t.Errorf("glyphs drawn by scale: %v", counts)
	}
	small, err := newAtlas(1, 100)
	check(t, err)
	if n := all(small); n == 0 || n >= counts[1] || small.coverage.Rect.Dy() > 100 {
		t.Errorf("a small atlas of %v holds %d glyphs", small.coverage.Rect, n)
	}
}

// Names and values share the width of the panel: neither lies over the other or outside.
func TestRowsThatAreTooLong(t *testing.T) {
	o := paper(t, 1)
	long := strings.Repeat("long ", 20)
	for _, c := range []struct {
		row       Row
		nameWhole bool
		valWhole  bool
	}{
		{Row{"cubes", "3,000"}, true, true},
		{Row{"", ""}, true, true},
		{Row{"simulation-of-the-second-building-north-wing-floor-three-room-12", "tick 1,234,567, silent"}, false, true},
		{Row{"saved", "slotstream-20261130-153012.123.png"}, true, true},
		{Row{"saved", "slotstream-20261130-153012.123-and-a-number.png"}, true, false},
		{Row{long, long}, false, false},
		{Row{long, ""}, false, true},
		{Row{"", long}, true, false},
		{Row{strings.Repeat("Ж", 64), strings.Repeat("世", 64)}, false, false},
	} {
		name, value, face := o.fit(c.row)
		if w := o.Width(Body, name) + o.Width(face, value); w > hudText {
			t.Errorf("%q: %q and %q are %v wide, of %v", c.row, name, value, w, hudText)
		}
		for _, part := range []struct {
			shown, all string
			whole      bool
		}{{name, c.row.Name, c.nameWhole}, {value, c.row.Value, c.valWhole}} {
			if beginning, cut := strings.CutSuffix(part.shown, "…"); part.whole != (part.shown == part.all) || cut && !strings.HasPrefix(part.all, beginning) {
				t.Errorf("%q shows as %q", part.all, part.shown)
			}
			if !part.whole && o.Width(Body, part.shown) < hudText/4 {
				t.Errorf("%q is cut to %q", part.all, part.shown)
			}
		}
	}
	for _, width := range []float32{-5, 0, 3} {
		if got := o.cut(Body, "abc", width); got != "…" {
			t.Errorf("cut to a width of %v: %q", width, got)
		}
	}
}

// Letters that come later, also after the atlas has grown, are drawn as those that came first.
func TestLaterLettersAreDrawn(t *testing.T) {
	d := openDevice(t)
	picture, err := render.NewOffscreen(d, 400, 200, wgpu.TextureFormatRGBA8Unorm)
	check(t, err)
	defer picture.Release()
	r, err := render.New(d, render.Config{Format: picture.Format()})
	check(t, err)
	defer r.Release()
	camera := render.NewCamera(mgl32.Vec3{}, 1)
	texts := []string{"abc", "abc xyz ÄÖÜ", "ΑΒΓ αβγ жшя", strings.Repeat("ЖЮЁ ŁŐŽ 0123456789 ΔΘΛ ", 2), "abc"}
	draw := func(o *Overlay, s string) *image.NRGBA {
		o.Clear()
		var times Times
		times.Add(10 * time.Millisecond)
		for i, f := range []Face{Body, Strong, Title} {
			o.Text(5, float32(40+50*i), f, Bright, s)
		}
		_, err := r.Frame(o.Over(picture), &camera)
		check(t, err)
		img, err := picture.Image()
		check(t, err)
		return img
	}
	one, err := New(d, picture.Format(), 1)
	check(t, err)
	defer one.Release()
	rows := one.rows
	for i, s := range texts {
		got := draw(one, s)
		fresh, err := New(d, picture.Format(), 1)
		check(t, err)
		want := draw(fresh, s)
		fresh.Release()
		if string(got.Pix) != string(want.Pix) {
			t.Errorf("text %d, %q, is drawn in another way than by a new overlay", i, s)
		}
	}
	if one.rows == rows {
		t.Errorf("the atlas never grew beyond %d rows", rows)
	}
}
