// Trails shows the last 60 places of 250 sparks on a Lorenz attractor: a tick writes one line for each spark.
package main

import (
	"log"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

const sparks, length, ticks = 250, 60, 600

func main() {
	lines := must(arena.New(arena.Config[render.Line]{}))
	world := lines.NewGroup()
	trail := must(render.NewTrail(world, sparks, length))
	heads := must(arena.New(arena.Config[render.Point]{}))
	head := must(heads.AllocSpan(sparks, render.Point{}))
	places := make([]mgl32.Vec3, sparks)
	for i := range places {
		f := float32(i) / sparks
		places[i] = mgl32.Vec3{24*f - 12, 25, 8 * (f - 0.5)}
		trail.Colors = append(trail.Colors, render.Quantize(render.RGB(0xffa62b).Mul(1-f).Add(render.RGB(0x2bd9ff).Mul(f))))
	}
	device := must(render.Open(render.DeviceConfig{}))
	target := must(render.NewOffscreen(device, 1280, 720, 0))
	r := must(render.New(device, render.Config{MSAA: 4, Background: new(render.RGB(0x0b0f1a))}))
	tails := must(render.NewBatch(r, lines, nil, render.BatchConfig{})) // lines and points have no mesh
	balls := must(render.NewBatch(r, heads, nil, render.BatchConfig{}))
	camera := render.Camera{Target: mgl32.Vec3{0, 24, 0}, Distance: 64, Yaw: -0.8, Pitch: 0.1}
	for tick := range ticks {
		for i := range places {
			places[i] = step(places[i])
			head.Set(i, &render.Point{Center: places[i], Radius: 0.2, Color: trail.Colors[i]})
		}
		head.Flush()
		trail.Add(places)
		world.Commit(arena.Tick{Number: uint64(tick)})
		if tick%60 == 59 {
			must(r.Frame(target, &camera, tails, balls))
		}
	}
	must(0, target.WritePNG("out.png"))
}

// step moves a spark by 5 ms (Lorenz, "Deterministic Nonperiodic Flow", 1963; his z is up).
func step(p mgl32.Vec3) mgl32.Vec3 {
	x, z, y := p[0], p[1], p[2]
	return p.Add(mgl32.Vec3{10 * (y - x), x*y - 8./3*z, x*(28-z) - y}.Mul(0.005))
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
