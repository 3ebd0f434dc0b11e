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
	o, err := overlay.New(d, picture.Format(), 1) // of a window, its Scale
	if err != nil {
		log.Fatal(err)
	}
	defer o.Release()

	var times overlay.Times
	camera := render.NewCamera(mgl32.Vec3{}, 10)
	target := o.Over(picture)
	for range 3 {
		start := time.Now()
		o.Clear()
		o.HUD(16, 16, &times, []overlay.Row{{Name: "cubes", Value: "3,000"}})
		o.Text(400, 40, overlay.Strong, overlay.Bright, "hello")
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

// A picture of one's own beside the panels: sheets, boxes, text that ends at a place, frame times as bars.
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
	times := []time.Duration{8 * time.Millisecond, 9 * time.Millisecond, 30 * time.Millisecond}
	o.Clear()
	o.Panel(x, y, 200, 90)
	o.TextRight(x+190, y+20, overlay.Body, overlay.Dim, "three frames")
	o.Graph(x+10, y+30, 180, 50, times)
	o.Box(x, y+100, 200, 4, 2, overlay.Bright)

	// Panels come one under the other by their heights.
	rows := []overlay.Row{{Name: "space", Value: "pause"}, {Name: "+ -", Value: "more, fewer"}}
	width, height := o.Keys(x, y+overlay.HUDHeight(4)+8, rows)
	fmt.Println(width > 0, height == overlay.KeysHeight(len(rows)))
	// Output: true true
}
