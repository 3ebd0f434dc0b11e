// Loop has its own render loop, while each of five thousand goroutines moves a cube.
package main

import (
	"log"
	"math"
	"runtime"
	"sync/atomic"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

func main() {
	cubes := must(arena.New(arena.Config[mgl32.Mat4]{}))
	device := must(render.Open(render.DeviceConfig{}))
	target := must(render.NewOffscreen(device, 1280, 720, 0))
	r := must(render.New(device, render.Config{MSAA: 4, Look: render.Studio, GroundY: -6}))
	batch := must(render.NewBatch(r, cubes, must(render.NewCube(device)), render.BatchConfig{Colors: []render.Color{{1, 0.9, 0.7, 1}, {0.8, 0.2, 0.1, 1}}}))
	camera, landed := render.NewCamera(mgl32.Vec3{0, -2, 0}, 38), new(atomic.Int32)
	for n := range 5000 {
		slot := must(cubes.Alloc(mgl32.Mat4{}))
		go func() { fly(slot, float32(n)); landed.Add(1) }()
	}
	for more := true; more; {
		more = landed.Load() < 5000 // read before the Descend, so that the last frame shows where all cubes have landed
		view := must(target.Acquire())
		cubes.Descend()
		must(batch.Upload())
		encoder := must(device.GPU.CreateCommandEncoder(nil))
		must(0, r.Encode(encoder, view, 1280, 720, &camera, batch)) // your own passes may go before and after
		commands := must(encoder.Finish(nil))
		device.Queue.Submit(commands)
		commands.Release()
		encoder.Release()
		must(0, target.Present())
		device.Wait() // otherwise frames pile up
	}
	must(0, target.WritePNG("out.png"))
}

// fly moves cube n once around the ring that all cubes form.
func fly(cube arena.Slot[mgl32.Mat4], n float32) {
	for t := float32(0); t < 1; t += 0.002 {
		m := mgl32.HomogRotate3DY((n/5000 + t) * 2 * math.Pi).Mul4(mgl32.Translate3D(10, 0, 0)).
			Mul4(mgl32.HomogRotate3DZ(n*2*math.Pi/50 + 6*t)).Mul4(mgl32.Translate3D(4.5, 0, 0)).Mul4(mgl32.Scale3D(0.2, 0.6, 0.3))
		cube.Store(&m)
		runtime.Gosched() // so that all cubes fly at the same time
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
