// Scene draws a picture of 1,280×720 pixels, one sample each: balls and cubes at places that do not change from run to
// run. A test compares what it draws natively and in a page.
//
//	scene LOOK FILE.png
package main

import (
	"log"
	"math/rand/v2"
	"os"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

func main() {
	device := must(render.Open(render.DeviceConfig{}))
	target := must(render.NewOffscreen(device, 1280, 720, 0))
	cfg := render.Config{}
	must(0, cfg.Look.UnmarshalText([]byte(os.Args[1])))
	r := must(render.New(device, cfg))
	camera := render.NewCamera(mgl32.Vec3{0, 4, 0}, 40)
	random := rand.New(rand.NewPCG(1, 2))
	must(r.Frame(target, &camera, batch(r, must(render.NewCube(device)), random), batch(r, must(render.NewSphere(device, 32, 16)), random)))
	must(0, target.WritePNG(os.Args[2]))
}

func batch(r *render.Renderer, m *render.Mesh, random *rand.Rand) render.Drawable {
	models := make([]mgl32.Mat4, 1000)
	between := func(from, to float32) float32 { return from + (to-from)*random.Float32() }
	for i := range models {
		place, axis := mgl32.Translate3D(between(-15, 15), between(0.5, 9), between(-15, 15)), mgl32.Vec3{between(-1, 1), between(-1, 1), between(0.1, 1)}
		models[i] = place.Mul4(mgl32.HomogRotate3D(between(0, 6), axis.Normalize())).Mul4(mgl32.Scale3D(0.9, 0.9, 0.9))
	}
	slots := must(arena.New(arena.Config[mgl32.Mat4]{}))
	must(slots.AllocSpan(len(models), mgl32.Mat4{})).StoreAll(models)
	return must(render.NewBatch(r, slots, m, render.BatchConfig{}))
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
