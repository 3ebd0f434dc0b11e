package overlay

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

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

// An overlay of another format or device than the target's is an error that says which, and a frame without it goes on.
func TestUnfitTargets(t *testing.T) {
	d, other := openDevice(t), ownDevice(t)
	picture, err := render.NewOffscreen(d, 32, 32, 0)
	check(t, err)
	defer picture.Release()
	r, err := render.New(d, render.Config{})
	check(t, err)
	defer r.Release()
	camera := render.NewCamera(mgl32.Vec3{}, 5)
	for _, c := range []struct {
		device *render.Device
		format wgpu.TextureFormat
		says   string
	}{
		{d, wgpu.TextureFormatBGRA8Unorm, "give overlay.New the target's Format()"},
		{d, 0, "give overlay.New the target's Format()"},
		{other, picture.Format(), "another device"},
		{d, picture.Format(), ""},
	} {
		o, err := New(c.device, c.format, 1)
		check(t, err)
		defer o.Release()
		fine, err := New(d, picture.Format(), 1)
		check(t, err)
		defer fine.Release()
		for _, to := range []render.Target{picture, fine.Over(picture)} {
			o.Clear()
			o.Text(5, 20, Body, Bright, "slots")
			_, err = r.Frame(o.Over(to), &camera)
			if said := fmt.Sprint(err); c.says == "" && err != nil || !strings.Contains(said, c.says) {
				t.Errorf("format %v: %v, want %q", c.format, err, c.says)
			}
		}
		_, err = r.Frame(picture, &camera)
		check(t, err)
	}
}

// Use after Release panics with a message of the package, before it reaches C.
func TestUseAfterRelease(t *testing.T) {
	d := ownDevice(t)
	picture, err := render.NewOffscreen(d, 8, 8, 0)
	check(t, err)
	o, err := New(d, picture.Format(), 1)
	check(t, err)
	over := o.Over(picture)
	o.Text(0, 0, Body, Bright, "a")
	panics := func(what, want string, f func()) {
		t.Helper()
		defer func() {
			if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
				t.Errorf("%s panics with %q, want %q", what, got, want)
			}
		}()
		f()
	}
	panics("Text", "there is no face 3", func() { o.Text(0, 0, 3, Bright, "a") })
	panics("Present before Acquire", "call Acquire first", func() { over.Present() })
	_, err = over.Acquire()
	check(t, err)
	check(t, over.Present())
	panics("Present again", "call Acquire first", func() { over.Present() })
	o.Release()
	o.Release()
	const want = "after Release"
	panics("Text", want, func() { o.Text(0, 0, Body, Bright, "a") })
	panics("Box", want, func() { o.Box(0, 0, 1, 1, 0, Bright) })
	panics("Over", want, func() { o.Over(picture) })
	panics("Present", want, func() { over.Present() })
	picture.Release()
	d.Release()
	panics("New", "released", func() { New(d, picture.Format(), 1) })
}
