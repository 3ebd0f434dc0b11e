// Batches draws two arenas with two meshes in one frame: an autumn wood with cubes
// for trunks and spheres for crowns, which eight goroutines plant.
package main

import (
	"log"
	"math"
	"math/rand/v2"
	"sync"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

func main() {
	trunks := must(arena.New(arena.Config[mgl32.Mat4]{}))
	crowns := must(arena.New(arena.Config[mgl32.Mat4]{}))
	var planters sync.WaitGroup
	for p := range 8 {
		wood, foliage := must(trunks.AllocSpan(300, mgl32.Mat4{})), must(crowns.AllocSpan(300, mgl32.Mat4{}))
		planters.Go(func() {
			rng := rand.New(rand.NewPCG(7, uint64(p)))
			for i := range wood.Len() {
				n := float64(8*i + p)
				angle, radius := n*2.3999632+0.3*rng.Float64(), 1.3*math.Sqrt(n)
				tree := mgl32.Translate3D(float32(radius*math.Cos(angle)), 0, float32(radius*math.Sin(angle)))
				height, width := 2.5+4*rng.Float32(), 1.8+1.2*rng.Float32()
				trunk := tree.Mul4(mgl32.Translate3D(0, height/2, 0)).Mul4(mgl32.Scale3D(0.3, height, 0.3))
				crown := tree.Mul4(mgl32.Translate3D(0, height, 0)).Mul4(mgl32.Scale3D(width, 1.6*width, width))
				wood.Set(i, &trunk)
				foliage.Set(i, &crown)
			}
			wood.Flush()
			foliage.Flush()
		})
	}
	planters.Wait()

	device := must(render.Open(render.DeviceConfig{}))
	target := must(render.NewOffscreen(device, 1280, 720, 0))
	r := must(render.New(device, render.Config{MSAA: 4, Look: render.Studio}))
	bark := []render.Color{render.RGB(0x6b4f3a), render.RGB(0x4a3728), render.RGB(0xd9d2c5)}
	leaves := []render.Color{render.RGB(0xd9822b), render.RGB(0xc4532d), render.RGB(0xe3b23c), render.RGB(0x9c3d2e), render.RGB(0x8a9a3b)}
	cubes := must(render.NewBatch(r, trunks, must(render.NewCube(device)), render.BatchConfig{Colors: bark}))
	spheres := must(render.NewBatch(r, crowns, must(render.NewSphere(device, 16, 12)), render.BatchConfig{Colors: leaves}))
	camera := render.NewCamera(mgl32.Vec3{0, -6, 0}, 120)
	must(r.Frame(target, &camera, cubes, spheres))
	must(0, target.WritePNG("out.png"))
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
