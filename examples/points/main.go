// Points draws a million points: a galaxy, whose stars are slots of 32 bytes that eight goroutines place.
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

const stars, writers = 1_000_000, 8

func main() {
	galaxy, all := must(arena.New(arena.Config[render.Point]{MaxSlots: stars})), sync.WaitGroup{}
	for w := range writers {
		span := must(galaxy.AllocSpan(stars/writers, render.Point{})) // the zero Point draws nothing
		all.Go(func() {
			rng := rand.New(rand.NewPCG(3, uint64(w)))
			for i := range span.Len() {
				p := star(rng)
				span.Set(i, &p)
			}
			span.Flush()
		})
	}
	all.Wait()
	device := must(render.Open(render.DeviceConfig{}))
	target := must(render.NewOffscreen(device, 1280, 720, 0))
	r := must(render.New(device, render.Config{Background: new(render.RGB(0x05060d))}))
	glow := "fn shade(p: Point) -> vec4f { return p.color; }" // stars are not lit, and points have no mesh
	batch := must(render.NewBatch(r, galaxy, nil, render.BatchConfig{Shade: glow}))
	must(r.Frame(target, &render.Camera{Distance: 20, Yaw: 0.5, Pitch: 0.62}, batch))
	must(0, target.WritePNG("out.png"))
}

// star returns a star of a spiral arm, or of the bulge in the middle.
func star(rng *rand.Rand) render.Point {
	away := 2.6 * rng.ExpFloat64()
	turn := 2.4*math.Log(away+0.4) + math.Pi*float64(rng.IntN(2)) + rng.NormFloat64()*(0.3+0.5/(1+away))
	high := rng.NormFloat64() * (0.06 + 0.3*math.Exp(-away/1.5))
	hot := float32(min(away/7+0.2*rng.NormFloat64(), 1))
	light := 0.03 + 0.9*float32(math.Pow(rng.Float64(), 6))
	color := render.RGB(0xffb870).Mul(1 - hot).Add(render.RGB(0x6f9bff).Mul(hot)).Mul(light)
	color[3] = 1
	place := mgl32.Vec3{float32(away * math.Cos(turn)), float32(high), float32(away * math.Sin(turn))}
	return render.Point{Center: place, Radius: 0.004, Pixels: 0.6, Color: render.Quantize(color)}
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
