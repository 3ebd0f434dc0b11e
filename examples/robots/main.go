// Robots reads the links of an arm from a file, and draws 4,000 such arms: all links in one group and one batch.
package main

import (
	"bytes"
	_ "embed"
	"math"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/meshfile"
)

//go:embed arm.obj
var file []byte // base, upper arm, fore arm and hand
const arms, links = 4000, 4

func main() {
	device, slots := must(render.Open(render.DeviceConfig{})), must(arena.New(arena.Config[render.Instance]{}))
	r, target := must(render.New(device, render.Config{MSAA: 4, Look: render.Studio})), must(render.NewOffscreen(device, 1280, 720, 0))
	var meshes []*render.Mesh // their colours are in the file
	for _, p := range must(meshfile.Read(bytes.NewReader(file), meshfile.OBJ)).Parts {
		meshes = append(meshes, must(render.NewMesh(device, p.Vertices, p.Indices)))
	}
	batch := must(render.NewBatch(r, slots, must(render.NewMeshSet(device, meshes...)), render.BatchConfig{}))
	factory := slots.NewGroup() // a tick of all arms is one commit
	span := must(factory.AllocSpan(links*arms, render.Instance{}))
	for i, all := 0, span.Stage(0, span.Len()); i < len(all); i++ {
		all[i] = render.Instance{Model: pose(i%arms, i/arms), Color: render.RGB(0xffffff)}
	}
	for link := range links {
		batch.SetShape(span.Index(link*arms), arms, uint8(link))
	}
	factory.Commit(arena.Tick{})
	must(r.Frame(target, &render.Camera{Target: mgl32.Vec3{0, 0.6, 0}, Distance: 15, Yaw: 0.6, Pitch: 0.4}, batch))
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
