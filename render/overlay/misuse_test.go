package overlay

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/slotstream/slotstream/render"
)

func TestScales(t *testing.T) {
	d := openDevice(t)
	for _, scale := range []float32{0, -1, float32(math.NaN()), float32(math.Inf(1)), mostScale + 0.01} {
		if o, err := New(d, 0, scale); err == nil || !strings.Contains(err.Error(), "scale") {
			o.Release()
			t.Errorf("a scale of %v: %v", scale, err)
		}
	}
	picture, err := render.NewOffscreen(d, 8, 8, 0)
	check(t, err)
	defer picture.Release()
	for _, scale := range []float32{0.05, mostScale} {
		o, err := New(d, picture.Format(), scale)
		if err != nil {
			t.Errorf("a scale of %v: %v", scale, err)
			continue
		}
		if w := o.Width(Title, "slots"); math.Abs(float64(w)-70) > 10 {
			t.Errorf("at a scale of %v a word is %v wide", scale, w)
		}
		o.Release()
	}
}

// What is over says so, in a sentence, before it reaches C.
func TestUseAfterRelease(t *testing.T) {
	d := openDevice(t)
	picture, err := render.NewOffscreen(d, 8, 8, 0)
	check(t, err)
	o, err := New(d, picture.Format(), 1)
	check(t, err)
	over := o.Over(picture)
	_, err = over.Acquire()
	check(t, err)
	o.Release()
	o.Release()
	panics := func(what, want string, f func()) {
		t.Helper()
		defer func() {
			if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
				t.Errorf("%s panics with %q, want %q", what, got, want)
			}
		}()
		f()
	}
	const want = "after Release"
	panics("Text", want, func() { o.Text(0, 0, Body, Bright, "a") })
	panics("Box", want, func() { o.Box(0, 0, 1, 1, 0, Bright) })
	panics("Draw", want, func() { o.Draw(nil, 8, 8) })
	panics("Present", want, func() { over.Present() })
	picture.Release()
	d.Release()
	panics("New", "released", func() { New(d, picture.Format(), 1) })
}
