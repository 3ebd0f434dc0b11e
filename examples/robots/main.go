// Robots reads the links of an arm from a file, and draws 4,000 such arms: all links in one group, a batch for each.
package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"math"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/meshfile"
)

//go:embed arm.obj
var file []byte // base, upper arm, fore arm and hand
const arms, links = 4000, 4
const record = `struct Record { model: mat4x4f, color: vec4f }
fn model(r: Record) -> mat4x4f { if r.color.x == %d.0 { return r.model; } return mat4x4f(); }
fn tint(r: Record, index: u32) -> vec4f { return vec4f(1.0); }`

func main() {
	device, slots := must(render.Open(render.DeviceConfig{})), must(arena.New(arena.Config[render.Instance]{}))
	r, target := must(render.New(device, render.Config{MSAA: 4, Look: render.Studio})), must(render.NewOffscreen(device, 1280, 720, 0))
	var batches []render.Drawable // one for each link, which the slot's colour names; the colours are in the file
	for i, p := range must(meshfile.Read(bytes.NewReader(file), meshfile.OBJ)).Parts {
		mesh := must(render.NewMesh(device, p.Vertices, p.Indices))
		batches = append(batches, must(render.NewBatch(r, slots, mesh, render.BatchConfig{Record: fmt.Sprintf(record, i)})))
	}
	factory := slots.NewGroup() // a tick of all arms is one commit
	span := must(factory.AllocSpan(links*arms, render.Instance{}))
	for i, all := 0, span.Stage(0, span.Len()); i < len(all); i++ {
		all[i] = render.Instance{Model: pose(i%arms, i/arms), Color: render.Color{float32(i / arms)}}
	}
	factory.Commit(arena.Tick{})
	must(r.Frame(target, &render.Camera{Target: mgl32.Vec3{0, 0.6, 0}, Distance: 15, Yaw: 0.6, Pitch: 0.4}, batches...))
	must(0, target.WritePNG("out.png"))
}

// pose returns where a link of an arm is: on the end of the link below, turned about the joint.
func pose(arm, link int) mgl32.Mat4 {
	x, z := 1.6*float32(arm%50-25), 1.6*float32(arm/50-40)
	wave := float32(math.Sin(float64(0.3*x + 0.2*z)))
	m := mgl32.Translate3D(x, 0, z).Mul4(mgl32.HomogRotate3DY(2*wave + x))
	for l, y := range []float32{0.36, 0.95, 0.78}[:link] {
		m = m.Mul4(mgl32.Translate3D(0, y, 0)).Mul4(mgl32.HomogRotate3DX([3]float32{0.4 * wave, 1.1 - 0.7*wave, 0.6 * wave}[l]))
	}
	return m
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
