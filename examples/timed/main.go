// Timed measures what each part of a frame costs, and writes it as a table and to frames.json. Keep that file from
// before and from after a change, and compare the two: bouncingcubes -compare before.json,after.json
package main

import (
	"io"
	"log"
	"math"
	"os"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/frametime"
	"github.com/slotstream/slotstream/render/wholefile"
)

func main() {
	cubes := must(arena.New(arena.Config[mgl32.Mat4]{}))
	span := must(cubes.AllocSpan(10_000, mgl32.Mat4{}))
	device := must(render.Open(render.DeviceConfig{}))
	target := must(render.NewOffscreen(device, 320, 180, 0))
	r := must(render.New(device, render.Config{}))
	batch := must(render.NewBatch(r, cubes, must(render.NewCube(device)), render.BatchConfig{}))
	camera, times := render.NewCamera(mgl32.Vec3{}, 120), frametime.NewRecorder(60)
	for n := range 63 {
		if n == 3 { // the first frames make things that later frames use again
			times.Reset()
		}
		times.Begin()
		times.Enter(frametime.Simulate)
		for i := range span.Len() / 10 { // every tenth cube moves
			angle, radius := float32(i)*2.4+float32(n)/30, float32(math.Sqrt(float64(i)))
			span.Set(10*i, new(mgl32.HomogRotate3DY(angle).Mul4(mgl32.Translate3D(radius, float32(i%7), 0))))
		}
		span.Flush()
		times.Leave()
		s := must(r.Frame(target, &camera, batch))
		times.Add(frametime.Descend, s.Descend)
		times.Add(frametime.Plan, s.Plan)
		times.Add(frametime.Write, s.Write)
		times.Add(frametime.Encode, s.Encode)
		times.Add(frametime.Submit, s.Submit)
		times.Add(frametime.Wait, s.Wait+s.Acquire+s.Present)
		times.End()
	}
	report := times.Report()
	report.Title, report.Adapter.Name = "every tenth of 10,000 cubes", device.Info.Name
	must(0, report.WriteTable(os.Stdout))
	must(0, wholefile.Write("frames.json", func(w io.Writer) error { return frametime.WriteJSON(w, []frametime.Report{report}) }))
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
