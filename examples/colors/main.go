// Colors gives every instance its own colour. The slots are render.Instance and
// not matrices, so a store sets the place and the colour.
package main

import (
	"log"
	"math"
	"sync"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

const side = 200 // columns along each side of the island

func main() {
	columns := must(arena.New(arena.Config[render.Instance]{}))
	var writers sync.WaitGroup
	for x := range side {
		row := must(columns.AllocSpan(side, render.Instance{}))
		writers.Go(func() {
			for z := range side {
				v := column(float64(x)-side/2, float64(z)-side/2)
				row.Set(z, &v)
			}
			row.Flush()
		})
	}
	writers.Wait()

	device := must(render.Open(render.DeviceConfig{}))
	target := must(render.NewOffscreen(device, 1280, 720, 0))
	r := must(render.New(device, render.Config{MSAA: 4, Look: render.Studio}))
	batch := must(render.NewBatch(r, columns, must(render.NewCube(device)), render.BatchConfig{}))
	must(r.Frame(target, new(render.NewCamera(mgl32.Vec3{0, -9, 0}, 215)), batch))
	must(0, target.WritePNG("out.png"))
}

// column returns the land at x, z, in metres: hills in a round sea, with colours by height.
func column(x, z float64) render.Instance {
	if math.Hypot(x, z) > side/2 {
		return render.Instance{} // draws nothing
	}
	hills := 9*math.Sin(x/17+1)*math.Cos(z/19) + 5*math.Sin(x/7-z/11) + 2*math.Cos(x/5+z/4) + 1.2*math.Sin(x/2.3-z/1.7)
	height := float32(max(2, -1+27*math.Exp(-(x*x+z*z)/3000)+hills*math.Exp(-(x*x+z*z)/6000)))
	bands := []uint32{0x2e6f95, 0xe3c98f, 0x8fae5a, 0x5a8a48, 0x46693f, 0x8a7f72, 0xa79f95, 0xf4f4f0}
	band := min(int(math.Ceil(float64(height-2)/4.5)), len(bands)-1)
	model := mgl32.Translate3D(float32(x), height/2, float32(z)).Mul4(mgl32.Scale3D(1, height, 1))
	return render.Instance{Model: model, Color: render.RGB(bands[band])}
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
