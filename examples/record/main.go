// Record records five seconds of 2,000 sparks in sparks.mcap. Then it draws the moment at 2.5 seconds from the file.
package main

import (
	"log"
	"math"
	"os"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/render"
)

func main() {
	sparks := must(arena.New(arena.Config[mgl32.Mat4]{}))
	span := must(sparks.AllocSpan(2000, mgl32.Mat4{}))
	file := must(os.Create("sparks.mcap"))
	now := time.Duration(0)
	recorder := must(record.NewRecorder(file, sparks, record.Config{Clock: func() time.Duration { return now }}))
	for ; now < 5*time.Second; now += time.Second / 60 {
		for i, t := 0, float32(now.Seconds()); i < span.Len(); i++ {
			m := spark(float32(i), t)
			span.Set(i, &m)
		}
		span.Flush()
		sparks.Descend()
		must(0, recorder.Append())
	}
	must(0, recorder.Close())
	recording := must(record.Open(file, must(file.Stat()).Size()))
	again := must(arena.New(arena.Config[mgl32.Mat4]{}))
	player := must(record.NewPlayer(recording, again))
	must(0, player.Seek(2500*time.Millisecond))

	device := must(render.Open(render.DeviceConfig{}))
	target := must(render.NewOffscreen(device, 1280, 720, 0))
	r := must(render.New(device, render.Config{MSAA: 4, Look: render.Studio}))
	batch := must(render.NewBatch(r, again, must(render.NewCube(device)), render.BatchConfig{}))
	must(r.Frame(target, new(render.NewCamera(mgl32.Vec3{0, 4, 0}, 26)), batch))
	must(0, target.WritePNG("out.png"))
}

// spark returns the place of spark i at time t. Each spark leaves the fountain at its own time, rises and falls.
func spark(i, t float32) mgl32.Mat4 {
	t = float32(math.Mod(float64(t+i*0.0017), 2))
	turn := i * 2.399963 // the golden angle
	out := 1.5 + float32(math.Mod(float64(i)*0.37, 2.5))
	return mgl32.HomogRotate3DY(turn).Mul4(mgl32.Translate3D(out*t, 0.15+11*t-5.5*t*t, 0)).Mul4(mgl32.HomogRotate3DZ(5 * t)).Mul4(mgl32.Scale3D(0.2, 0.2, 0.2))
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
