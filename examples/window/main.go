// Window shows a wave of 2,704 cubes that four goroutines move. Drag to orbit; space pauses, F11 is for full screen.
package main

import (
	"errors"
	"log"
	"math"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window"
)

const side, workers = 52, 4

func main() { must(0, window.Run(window.Config{Title: "wave", Stats: true}, show)) }

func show(w *window.Window) error {
	a := must(arena.New(arena.Config[mgl32.Mat4]{}))
	for i := range workers { // each has a span of its own
		go wave(w, must(a.AllocSpan(side*side/workers, mgl32.Mat4{})), i*side/workers)
	}
	r, cube := must(render.New(w.Device(), render.Config{Format: w.Format(), MSAA: 4})), must(render.NewCube(w.Device()))
	defer r.Release()
	defer cube.Release()
	batch := must(render.NewBatch(r, a, cube, render.BatchConfig{}))
	defer batch.Release()
	w.Camera = new(render.NewCamera(mgl32.Vec3{}, 55))
	for w.Next() {
		if _, err := r.Frame(w, w.Camera, batch); err != nil && !errors.Is(err, render.ErrSkip) {
			return err
		}
	}
	return nil
}

func wave(w *window.Window, span arena.Span[mgl32.Mat4], first int) {
	cubes := make([]mgl32.Mat4, span.Len())
	for t := 0.0; ; time.Sleep(time.Second / 60) {
		if !w.Paused() {
			t += 1.0 / 60
		}
		for i := range cubes {
			x, z := float64(i%side)-side/2, float64(first+i/side)-side/2
			cubes[i] = mgl32.Translate3D(float32(x), float32(3*math.Sin(2*t-math.Hypot(x, z)/4)), float32(z))
		}
		span.StoreAll(cubes)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
