// First is the program of the README: a thousand goroutines each place a cube, and a frame draws them all.
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
	for n := range 1000 {
		slot := must(cubes.Alloc(mgl32.Mat4{})) // the zero matrix draws nothing
		writers.Go(func() {                     // any number of goroutines write at any time
			turn, far := mgl32.HomogRotate3DY(2.4*float32(n)), float32(math.Sqrt(float64(n)))
			m := turn.Mul4(mgl32.Translate3D(far, 4*float32(math.Cos(float64(far/3))), 0))
			slot.Store(&m)
		})
	}
	writers.Wait()
	device := must(render.Open(render.DeviceConfig{}))
	target := must(render.NewOffscreen(device, 1280, 720, 0))
	r := must(render.New(device, render.Config{MSAA: 4, Look: render.Studio, GroundY: -6}))
	batch := must(render.NewBatch(r, cubes, must(render.NewCube(device)), render.BatchConfig{}))
	camera := render.NewCamera(mgl32.Vec3{}, 70) // looks at the origin from 70 m
	must(r.Frame(target, &camera, batch))        // uploads what changed, and draws
	must(0, target.WritePNG("out.png"))
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
