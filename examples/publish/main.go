// Publish simulates a braid of 1,500 links, 60 ticks a second, and publishes it. It prints a URL for examples/follow.
package main

import (
	"context"
	"fmt"
	"log"
	"math"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/arena/relay/embedded"
)

func main() {
	server := must(embedded.Start(embedded.Config{})) // or connect to a server that runs already
	nc := must(nats.Connect(server.URL()))
	links := must(arena.New(arena.Config[mgl32.Mat4]{}))
	world := links.NewGroup() // followers see whole ticks
	span := must(world.AllocSpan(1500, mgl32.Mat4{}))
	publisher := must(relay.Publish(context.Background(), nc, "braid", links, relay.PublisherConfig{}))
	fmt.Println(server.URL())
	ticks := time.NewTicker(time.Second / 60)
	for n := uint64(1); ; n++ {
		for i := range span.Len() {
			span.Set(i, new(link(i, float64(n)/60)))
		}
		world.Commit(arena.Tick{Number: n, Time: time.Duration(time.Now().UnixNano())})
		links.Descend()
		must(0, publisher.Send()) // never waits, no matter how slow the viewers are
		<-ticks.C
	}
}

// link returns the pose of link i at t seconds, on one of three turning strands around a ring.
func link(i int, t float64) mgl32.Mat4 {
	along, strand := float64(i/3)*2*math.Pi/500, float64(i%3)*2*math.Pi/3
	twist := strand + 9*along + 1.5*t
	ring := mgl32.HomogRotate3DY(float32(along)).Mul4(mgl32.Translate3D(10, 0, 0)).Mul4(mgl32.HomogRotate3DZ(float32(twist)))
	return ring.Mul4(mgl32.Translate3D(2.2, 0, 0)).Mul4(mgl32.HomogRotate3DX(0.9)).Mul4(mgl32.Scale3D(0.5, 0.35, 0.5))
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
