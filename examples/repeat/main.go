// Repeat follows one name and publishes it again under another, so that the first publisher sends each slot once for
// many viewers. Ten such processes with ten viewers each serve a hundred: go run ./examples/repeat URL braid braid-1
package main

import (
	"context"
	"log"
	"os"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
)

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: repeat URL NAME AGAIN")
	}
	ctx := context.Background()
	nc := must(nats.Connect(os.Args[1]))
	slots := must(arena.New(arena.Config[mgl32.Mat4]{}))
	follower := must(relay.Follow(ctx, nc, os.Args[2], slots, relay.FollowerConfig{}))
	publisher := must(relay.Publish(ctx, nc, os.Args[3], slots, relay.PublisherConfig{}))
	for {
		select {
		case <-follower.Arrived():
		case <-time.After(time.Second / 60): // viewers that had no room get the rest
		}
		shown := must(follower.Receive())
		must(0, publisher.SetMetadata(shown.Metadata)) // costs little if it is the same
		slots.Descend()
		must(0, publisher.Send()) // ticks stay whole and keep their numbers
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
