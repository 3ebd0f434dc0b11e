// Shared draws what other processes write into its memory. Start it, and a program in the folder bodies, or all three.
// After five seconds of bodies it writes out.png. (slotview shows them in a window.)
package main

import (
	"fmt"
	"log"
	"os"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/shared"
	"github.com/slotstream/slotstream/render"
)

func main() {
	cubes := must(arena.New(arena.Config[mgl32.Mat4]{}))
	address := append(os.Args, "")[1] // "" is where the clients look
	writers := must(shared.Listen(cubes, address, shared.Config[mgl32.Mat4]{}))
	defer writers.Close()
	fmt.Println("writers find this program at", writers.Address())
	device := must(render.Open(render.DeviceConfig{}))
	target := must(render.NewOffscreen(device, 1280, 720, 0))
	r := must(render.New(device, render.Config{MSAA: 4, Look: render.Studio}))
	batch := must(render.NewBatch(r, cubes, must(render.NewCube(device)), render.BatchConfig{}))
	camera := render.NewCamera(mgl32.Vec3{0, 2, 0}, 34)
	var end time.Time
	for ; end.IsZero() || time.Now().Before(end); time.Sleep(time.Second / 60) {
		must(r.Frame(target, &camera, batch)) // descends: each writer's slots show its newest commit
		for _, e := range writers.Events() {
			if fmt.Println(e.Kind, e.Writer.Name, e.Err); e.Kind == shared.Joined && end.IsZero() {
				end = time.Now().Add(5 * time.Second)
			}
		}
	}
	must(0, target.WritePNG("out.png"))
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
