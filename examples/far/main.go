// Far draws a town on a planet, 6,371 km from the planet's centre, with hills beyond the horizon and the moon.
package main

import (
	"log"
	"math"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

const radius = 6_371_000.0 // of the planet, in metres

func main() {
	device := must(render.Open(render.DeviceConfig{}))
	target := must(render.NewOffscreen(device, 1280, 720, 0))
	sky := render.RGB(0x9cc4e4)
	r := must(render.New(device, render.Config{MSAA: 4, Background: &sky, Sun: mgl32.Vec3{-0.8, 0.5, 0.3}}))
	cube, ball, globe := must(render.NewCube(device)), must(render.NewSphere(device, 48, 24)), must(render.NewSphere(device, 48, 1024))
	var houses, hills []mgl32.Mat4
	for i := range 1600 {
		houses = append(houses, onSurface(float64(i%40*40-780), -float64(i/40*40), 24, 10+80*math.Pow(math.Sin(float64(i*i)), 8), 24))
	}
	for i := range 400 {
		angle, far := math.Sin(float64(7*i)), 6_000+300*float64(i)
		hills = append(hills, onSurface(far*math.Sin(angle), -far*math.Cos(angle), 5_000+20*float64(i), 300+7*float64(i), 5_000))
	}
	// The origin of the world is the planet's centre. Each batch, and the camera, has an origin of its own nearby.
	town, moon := mgl64.Vec3{0, radius, 0}, mgl64.Vec3{-55_000_000, radius + 22_000_000, -380_000_000}
	camera := render.Camera{Origin: town, Target: mgl32.Vec3{0, 115, 0}, Distance: 900, Yaw: 0.05, Pitch: 0.12, FovY: 0.4}
	must(r.Frame(target, &camera,
		batch(r, globe, mgl64.Vec3{}, 0x6f8f52, mgl32.Scale3D(2*radius, 2*radius, 2*radius)),
		batch(r, ball, town, 0x7a9a5b, hills...),
		batch(r, cube, town, 0xe6dac6, houses...),
		batch(r, ball, moon, 0xfffff0, mgl32.Scale3D(3_474_000, 3_474_000, 3_474_000))))
	must(0, target.WritePNG("out.png"))
}

// onSurface returns the matrix of a thing that is x and z metres from the town, on the curved surface of the planet.
func onSurface(x, z, wide, high, deep float64) mgl32.Mat4 {
	y := math.Sqrt(radius*radius-x*x-z*z) - radius
	return mgl32.Translate3D(float32(x), float32(y), float32(z)).Mul4(mgl32.Scale3D(float32(wide), float32(2*high), float32(deep)))
}

func batch(r *render.Renderer, m *render.Mesh, origin mgl64.Vec3, color uint32, models ...mgl32.Mat4) render.Drawable {
	slots := must(arena.New(arena.Config[mgl32.Mat4]{}))
	must(slots.AllocSpan(len(models), mgl32.Mat4{})).StoreAll(models)
	return must(render.NewBatch(r, slots, m, render.BatchConfig{Origin: origin, Colors: []render.Color{render.RGB(color)}}))
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
