package render_test

import (
	"fmt"
	"log"
	"math"
	"sync"
	"testing"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

// A thousand goroutines each move a cube; a frame shows where they are.
func Example() {
	cubes := must(arena.New(arena.Config[mgl32.Mat4]{}))
	var writers sync.WaitGroup
	for n := range 1000 {
		slot := must(cubes.Alloc(mgl32.Mat4{})) // the zero matrix draws nothing
		writers.Go(func() {
			m := mgl32.HomogRotate3DY(2.4 * float32(n)).Mul4(mgl32.Translate3D(float32(math.Sqrt(float64(n))), 0, 0))
			slot.Store(&m)
		})
	}
	writers.Wait()
	device := must(render.Open(render.Options{}))
	target := must(render.NewOffscreen(device, 1280, 720, 0))
	r := must(render.New(device, render.Config{MSAA: 4}))
	batch := must(render.NewBatch(r, cubes, must(render.NewCube(device)), render.BatchOptions{}))
	camera := render.NewCamera(mgl32.Vec3{}, 70)
	frame := must(r.Frame(target, &camera, batch)) // then target.WritePNG("out.png")
	fmt.Println(frame.Instances, "cubes in", must(target.Image()).Rect)
}

// The example has no Output comment, because it could not skip where there is no adapter.
func TestExample(t *testing.T) {
	openDevice(t)
	Example()
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
