// Outside is a program in a module of its own, with its own slots, mesh and WGSL.
// It uses only what every module can import.
package main

import (
	"log"
	"math"
	"sync"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

// A gem has 32 bytes: its place, its size and its heat.
type gem struct {
	Place mgl32.Vec3
	Size  float32
	Heat  float32
	_     [3]float32
}

const record = `
struct Record {
    place_size: vec4f,
    heat: vec4f,
}

fn model(r: Record) -> mat4x4f {
    let s = r.place_size.w;
    return mat4x4f(vec4f(s, 0, 0, 0), vec4f(0, s, 0, 0), vec4f(0, 0, s, 0), vec4f(r.place_size.xyz, 1));
}

fn tint(r: Record, index: u32) -> vec4f {
    return vec4f(mix(vec3f(0.05, 0.1, 0.6), vec3f(1.0, 0.35, 0.05), r.heat.x), 1.0);
}`

func main() {
	gems := must(arena.New(arena.Config[gem]{}))
	var writers sync.WaitGroup
	for arm := range 5 {
		span := must(gems.AllocSpan(400, gem{}))
		writers.Go(func() {
			for i := range span.Len() {
				t := float64(i) / 400
				a, r := 2*math.Pi*(float64(arm)/5+t*0.8), 1+14*t
				g := gem{Size: float32(0.9 - 0.5*t), Heat: float32((1 - t) * (1 - t))}
				g.Place = mgl32.Vec3{float32(r * math.Cos(a)), float32(math.Sin(float64(i))), float32(r * math.Sin(a))}
				span.Set(i, &g)
			}
			span.Flush()
		})
	}
	writers.Wait()

	device := must(render.Open(render.DeviceConfig{}))
	defer device.Release()
	target := must(render.NewOffscreen(device, 1280, 720, 0))
	defer target.Release()
	r := must(render.New(device, render.Config{MSAA: 4}))
	defer r.Release()
	mesh := must(octahedron(device))
	defer mesh.Release()
	batch := must(render.NewBatch(r, gems, mesh, render.BatchConfig{Record: record}))
	defer batch.Release()
	camera := render.NewCamera(mgl32.Vec3{}, 36)
	must(r.Frame(target, &camera, batch))
	must(0, target.WritePNG("out.png"))
}

// octahedron makes a mesh with flat faces, so each face has its own corners.
func octahedron(d *render.Device) (*render.Mesh, error) {
	var vertices []render.Vertex
	var indices []uint32
	for octant := range 8 {
		x, y, z := float32(1-octant&1*2), float32(1-octant&2), float32(1-octant&4/2)
		face := []mgl32.Vec3{{x, 0, 0}, {0, y, 0}, {0, 0, z}}
		if x*y*z < 0 {
			face[1], face[2] = face[2], face[1] // counter-clockwise from outside
		}
		for _, p := range face {
			indices = append(indices, uint32(len(vertices)))
			vertices = append(vertices, render.Vertex{Position: p.Mul(0.5), Normal: mgl32.Vec3{x, y, z}.Normalize()})
		}
	}
	return render.NewMesh(d, vertices, indices)
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
