// Offscreen draws a picture without a display. Eight goroutines write ten thousand
// cubes at the same time, each in its own span, and one frame shows all of them.
package main

import (
	"log"
	"math"
	"sync"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

func main() {
	cubes := must(arena.New(arena.Config[mgl32.Mat4]{}))
	var writers sync.WaitGroup
	for range 8 {
		span := must(cubes.AllocSpan(1250, mgl32.Mat4{})) // the zero matrix draws nothing
		writers.Go(func() {
			for i := range span.Len() {
				m := place(span.Index(i))
				span.Set(i, &m)
			}
			span.Flush()
		})
	}
	writers.Wait()

	device := must(render.Open(render.DeviceConfig{}))
	target := must(render.NewOffscreen(device, 1280, 720, 0))
	r := must(render.New(device, render.Config{MSAA: 4, Look: render.Studio}))
	water := []render.Color{render.RGB(0x3a86a8), render.RGB(0x4f9fbf), render.RGB(0x66b5c9)}
	batch := must(render.NewBatch(r, cubes, must(render.NewCube(device)), render.BatchConfig{Colors: water}))
	camera := render.NewCamera(mgl32.Vec3{}, 62)
	must(r.Frame(target, &camera, batch))
	must(0, target.WritePNG("out.png"))
}

// place returns the matrix of cube n of a splash. Each cube is turned by the golden angle from the last one.
func place(n int) mgl32.Mat4 {
	angle, radius := float32(n)*2.3999632, 0.3*math.Sqrt(float64(n))
	height := float32(1 + 9*math.Exp(-radius/12)*(1+0.8*math.Cos(radius*0.9)))
	return mgl32.HomogRotate3DY(angle).Mul4(mgl32.Translate3D(float32(radius), height/2, 0)).Mul4(mgl32.Scale3D(0.4, height, 0.4))
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
