package overlay_test

import (
	"fmt"
	"io"
	"log"
	"log/slog"
	"time"

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
