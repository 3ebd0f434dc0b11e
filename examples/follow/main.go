// Follow draws the arena of another process. Start examples/publish, which prints a URL: go run ./examples/follow URL
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/render"
)

func main() {
	if len(os.Args) < 2 {
		log.Fatal("usage: follow URL [NAME]: examples/publish prints the URL")
	}
	nc := must(nats.Connect(os.Args[1]))
	links := must(arena.New(arena.Config[mgl32.Mat4]{}))
	follower := must(relay.Follow(context.Background(), nc, append(os.Args, "braid")[2], links, relay.FollowerConfig{}))
	device := must(render.Open(render.DeviceConfig{}))
	target := must(render.NewOffscreen(device, 1280, 720, 0))
	r := must(render.New(device, render.Config{MSAA: 4, Look: render.Studio, GroundY: -3}))
	color := render.BatchConfig{Colors: []render.Color{{0.9, 0.35, 0.2, 1}, {0.95, 0.75, 0.3, 1}, {0.2, 0.5, 0.6, 1}}}
	batch := must(render.NewBatch(r, links, must(render.NewCube(device)), color))
	camera := render.NewCamera(mgl32.Vec3{}, 34)
	for shown := (relay.Shown{}); shown.Tick.Number < 60; {
		<-follower.Arrived() // a window would draw at its own rate
		shown = must(follower.Receive())
		must(r.Frame(target, &camera, batch))
		fmt.Println("tick", shown.Tick.Number, "drawn after", time.Since(time.Unix(0, int64(shown.Tick.Time))).Round(time.Millisecond))
	}
	must(0, target.WritePNG("out.png"))
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
