// Shader colours surfaces by its own WGSL: strings of soap-film pearls, with a goroutine for each string.
package main

import (
	"log"
	"math"
	"sync"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

// shade runs for every pixel. lit(p) is p.color in the light of the look.
const shade = `
fn shade(p: Point) -> vec4f {
    let view = normalize(frame.eye.xyz - p.position);
    let facing = saturate(dot(p.normal, view));
    let film = 0.5 + 0.5 * cos(6.2832 * (1.1 * facing + 0.07 * p.position.y + vec3f(0.0, 0.33, 0.67)));
    let glint = pow(saturate(dot(p.normal, normalize(view + frame.sun.xyz))), 120.0);
    return vec4f(lit(p) * film + 0.5 * pow(1.0 - facing, 3.0) + glint, 1.0);
}`

func main() {
	pearls := must(arena.New(arena.Config[mgl32.Mat4]{}))
	var stringers sync.WaitGroup
	for s := range 5 {
		strand := must(pearls.AllocSpan(220, mgl32.Mat4{}))
		stringers.Go(func() {
			for i := range strand.Len() {
				strand.Set(i, new(knot(2*math.Pi*float64(i)/220, 2*math.Pi*float64(s)/5)))
			}
			strand.Flush()
		})
	}
	stringers.Wait()
	device := must(render.Open(render.DeviceConfig{}))
	target := must(render.NewOffscreen(device, 1280, 720, 0))
	r := must(render.New(device, render.Config{MSAA: 4, Look: render.Studio}))
	options := render.BatchConfig{Shade: shade, Colors: []render.Color{{1, 1, 1, 1}}}
	batch := must(render.NewBatch(r, pearls, must(render.NewSphere(device, 24, 16)), options))
	must(r.Frame(target, &render.Camera{Target: mgl32.Vec3{0, 10, 0}, Distance: 28, Yaw: 0.25, Pitch: 0.1, FovY: 0.8, Near: 0.1}, batch))
	must(0, target.WritePNG("out.png"))
}

// knot returns the matrix of a pearl at angle t along a trefoil knot, on the string at angle s around it.
func knot(t, s float64) mgl32.Mat4 {
	ring := 6 + 2.6*math.Cos(3*t) + math.Cos(s+4*t)
	x, y, z := ring*math.Sin(2*t), 10+ring*math.Cos(2*t), 3*math.Sin(3*t)+math.Sin(s+4*t)
	return mgl32.Translate3D(float32(x), float32(y), float32(z)).Mul4(mgl32.Scale3D(0.9, 0.9, 0.9))
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
