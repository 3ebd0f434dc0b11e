package meshfile_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/internal/rendertest"
	"github.com/slotstream/slotstream/render/meshfile"
)

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

// A model in millimetres, with z up, becomes a mesh in metres, with y up, and stands on the ground.
func ExampleLoad() {
	device := must(render.Open(render.DeviceConfig{}))
	defer device.Release()
	model := must(meshfile.Load("testdata/triangle_with_two_solids.stl"))
	model.Transform(meshfile.ZUp.Mul4(mgl32.Scale3D(1e-3, 1e-3, 1e-3)))
	lo, _ := model.Bounds()
	model.Transform(mgl32.Translate3D(0, -lo[1], 0))
	mesh := must(model.Mesh(device))
	defer mesh.Release()
	for _, p := range model.Parts {
		fmt.Println(p.Name, len(p.Vertices), "vertices,", len(p.Indices)/3, "triangle")
	}
	// Output:
	// testTriangle_1 3 vertices, 1 triangle
	// testTriangle_2 3 vertices, 1 triangle
}

// A mesh from any reader: here each part of the file is a mesh of its own.
func ExampleRead() {
	device := must(render.Open(render.DeviceConfig{}))
	defer device.Release()
	file := must(os.Open("testdata/cube_binary.ply"))
	defer file.Close()
	model := must(meshfile.Read(file, meshfile.PLY))
	for _, p := range model.Parts {
		mesh := must(render.NewMesh(device, p.Vertices, p.Indices))
		fmt.Println(len(p.Indices)/3, "triangles at", p.Place.Col(3).Vec3())
		mesh.Release()
	}
	// Output: 12 triangles at [0 0 0]
}

// TestGolden draws the files of testdata side by side, the cube once more in a mirror.
func TestGolden(t *testing.T) {
	d := rendertest.OpenDevice(t)
	target := must(render.NewOffscreen(d, 480, 120, 0))
	defer target.Release()
	r := must(render.New(d, render.Config{MSAA: 4, Look: render.Studio, GroundY: -0.6}))
	defer r.Release()
	var batches []render.Drawable
	for i, file := range []string{"concave_polygon.obj", "cube_with_vertexcolors.obj", "cube_with_vertexcolors.obj", "cube_binary.ply", "float-color.ply",
		"triangle_with_two_solids.stl", "simple_skin.gltf"} {
		model := must(meshfile.Load(filepath.Join("testdata", file)))
		lo, hi := model.Bounds()
		if i == 2 {
			model.Transform(mgl32.Scale3D(-1, 1, 1))
			lo[0], hi[0] = -hi[0], -lo[0]
		}
		middle, size := lo.Add(hi).Mul(0.5), hi.Sub(lo).Len()
		if i == 0 { // it lies in a plane that the camera sees from the side
			model.Transform(mgl32.Translate3D(middle[0], middle[1], middle[2]).Mul4(mgl32.HomogRotate3DY(-1.2)).Mul4(mgl32.Translate3D(-middle[0], -middle[1], -middle[2])))
		}
		model.Transform(mgl32.Translate3D(1.3*float32(i)-3.9, 0, 0).Mul4(mgl32.Scale3D(1.4/size, 1.4/size, 1.4/size)).Mul4(mgl32.Translate3D(-middle[0], -middle[1], -middle[2])))
		mesh := must(model.Mesh(d))
		defer mesh.Release()
		slots := must(arena.New(arena.Config[render.Instance]{}))
		must(slots.Alloc(render.Instance{Model: mgl32.Ident4(), Color: render.Color{1, 1, 1, 1}}))
		b := must(render.NewBatch(r, slots, mesh, render.BatchConfig{}))
		defer b.Release()
		batches = append(batches, b)
	}
	camera := render.Camera{Distance: 12, Yaw: 0.25, Pitch: 0.3, FovY: 0.24}
	must(r.Frame(target, &camera, batches...))
	rendertest.Golden(t, "testdata/models.png", must(target.Image()), rendertest.Tolerance{Steps: 8, Share: 200})
}
