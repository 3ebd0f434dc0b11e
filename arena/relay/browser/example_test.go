//go:build js

package browser_test

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/arena/relay/browser"
)

// A page follows a publisher.
func ExampleDial() {
	nc, err := nats.Connect("nats://TOKEN@page", browser.Dial("ws://127.0.0.1:8080/nats"))
	if err != nil {
		fmt.Println("no server:", err)
		return
	}
	a, err := arena.New(arena.Config[[16]float32]{})
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := relay.Follow(context.Background(), nc, "robots", a, relay.FollowerConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
}
