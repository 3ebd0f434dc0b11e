package overlay_test

import (
	"fmt"
	"io"
	"log"
	"log/slog"
	"time"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/overlay"
)

// Text, a graph and a panel of numbers over a frame.
func Example() {
	d, err := render.Open(render.DeviceConfig{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		log.Fatal(err)
	}
	defer d.Release()
	picture, err := render.NewOffscreen(d, 640, 360, 0) // or a window.Window
	if err != nil {
		log.Fatal(err)
	}
	defer picture.Release()
	r, err := render.New(d, render.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer r.Release()
	o, err := overlay.New(d, picture.Format(), 1) // for a window, its Scale
	if err != nil {
		log.Fatal(err)
	}
	defer o.Release()

	var times overlay.Times
	camera := render.NewCamera(mgl32.Vec3{}, 10)
	o.SetCamera(&camera, r) // what r draws hides labels
	target := o.Over(picture)
	for range 3 {
		start := time.Now()
		o.Clear()
		o.HUD(16, 16, &times, []overlay.Row{{Name: "cubes", Value: "3,000"}})
		o.Text(400, 40, overlay.Strong, overlay.Bright, "hello")
		o.Label(mgl32.Vec3{0, 1, 0}, "a place of the world")
		if _, err := r.Frame(target, &camera); err != nil {
			log.Fatal(err)
		}
		times.Add(time.Since(start))
	}
	img, err := picture.Image()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(img.Rect.Size(), o.Width(overlay.Body, "wide") > o.Width(overlay.Body, "i"))
	// Output: (640,360) true
}

// A panel of your own: a sheet, a box, and text that ends at a place.
func ExampleOverlay_Panel() {
	d, err := render.Open(render.DeviceConfig{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		log.Fatal(err)
	}
	defer d.Release()
	o, err := overlay.New(d, wgpu.TextureFormatRGBA8UnormSrgb, 1)
	if err != nil {
		log.Fatal(err)
	}
	defer o.Release()

	const x, y = 16, 16
	const text = "three quarters"
	o.Clear()
	o.Panel(x, y, 200, 50)
	o.Text(x+190-o.Width(overlay.Body, text), y+20, overlay.Body, overlay.Dim, text)
	o.Box(x+10, y+30, 0.75*180, 4, 2, overlay.Bright)

	// Panels stand one below the other, by their heights.
	rows := []overlay.Row{{Name: "space", Value: "pause"}, {Name: "+ -", Value: "more, fewer"}}
	width, height := o.Keys(x, y+overlay.HUDHeight(4)+8, rows)
	fmt.Println(width > 0, height == overlay.KeysHeight(len(rows)))
	// Output: true true
}
