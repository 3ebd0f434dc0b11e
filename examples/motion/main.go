// Motion simulates 3,000 moons at 10 ticks a second and draws 60 frames a second. The GPU blends between two ticks.
package main

import (
	"fmt"
	"log"
	"math"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

const tick, frame = time.Second / 10, time.Second / 60

func main() {
	moons := must(arena.New(arena.Config[render.Motion]{}))
	world := moons.NewGroup() // shows whole ticks
	span := must(world.AllocSpan(3000, render.Motion{}))
	device := must(render.Open(render.DeviceConfig{}))
	target := must(render.NewOffscreen(device, 1280, 720, 0))
	r := must(render.New(device, render.Config{MSAA: 4, Look: render.Studio, GroundY: -9}))
	batch := must(render.NewBatch(r, moons, must(render.NewCube(device)), render.BatchConfig{Tick: tick}))
	camera := render.NewCamera(mgl32.Vec3{}, 34)
	for n := range 30 {
		r.Now = time.Duration(n) * frame
		if r.Now%tick < frame { // a tick is due: store where each moon is now, and where it will be at the next tick
			slots := span.Stage(0, span.Len())
			for i := range slots {
				slots[i] = render.Motion{Start: render.MotionClock(r.Now), Scale: 0.35}
				slots[i].From, slots[i].FromTurn = at(i, r.Now)
				slots[i].To, slots[i].ToTurn = at(i, r.Now+tick)
			}
			world.Commit(arena.Tick{Time: r.Now})
		}
		must(r.Frame(target, &camera, batch))
		fmt.Println("frame", n, "uploaded", batch.Stats().Bytes, "bytes")
	}
	must(0, target.WritePNG("out.png"))
}

// at returns the place and the turn of moon i at a time. The moons are on 30 tilted rings around the origin.
func at(i int, t time.Duration) (mgl32.Vec3, mgl32.Quat) {
	ring, phase := float32(i%30), float32(i/30)*2*math.Pi/100
	around := mgl32.QuatRotate(phase+float32(t.Seconds())*12/(4+ring), mgl32.Vec3{0, 1, 0})
	turn := mgl32.QuatRotate(0.25*ring, mgl32.Vec3{1, 0, 0.3}.Normalize()).Mul(around)
	return turn.Rotate(mgl32.Vec3{4 + 0.3*ring, 0, 0}), turn
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
