package relay_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/arena/relay/embedded"
)

type mat4 [16]float32

// A simulation publishes an arena, and a viewer follows it. They are two processes as a rule.
func Example() {
	server, err := embedded.Start(embedded.Config{}) // or use a server that runs already
	if err != nil {
		panic(err)
	}
	defer server.Close()
	nc, err := nats.Connect(server.URL())
	if err != nil {
		panic(err)
	}
	defer nc.Close()

	// The simulation.
	a, _ := arena.New(arena.Config[mat4]{})
	world := a.NewGroup()
	bodies, _ := world.AllocSpan(100, mat4{})
	p, err := relay.Publish(context.Background(), nc, "robots", a, relay.PublisherConfig{Metadata: map[string]string{"scene": "yard"}})
	if err != nil {
		panic(err)
	}
	defer p.Close()
	bodies.Set(40, &mat4{12: 5})
	world.Commit(arena.Tick{Number: 7})

	// The viewer.
	b, _ := arena.New(arena.Config[mat4]{})
	f, err := relay.Follow(context.Background(), nc, "robots", b, relay.FollowerConfig{})
	if err != nil {
		panic(err)
	}
	defer f.Close()
	for shown := (relay.Shown{}); shown.Tick.Number < 7; {
		a.Descend() // each frame of the simulation
		if err := p.Send(); err != nil {
			panic(err)
		}
		select {
		case <-f.Arrived():
		case <-time.After(time.Millisecond):
		}
		if shown, err = f.Receive(); err != nil { // each frame of the viewer
			panic(err)
		}
		b.Descend()
	}
	info, err := f.Info(context.Background())
	fmt.Println(info.Metadata["scene"], "body 40 is at", b.Mirror()[f.Index(40)][12], err)
	// Output: yard body 40 is at 5 <nil>
}

// Find lists the publishers on a server.
func ExampleFind() {
	server, err := embedded.Start(embedded.Config{})
	if err != nil {
		panic(err)
	}
	defer server.Close()
	nc, err := nats.Connect(server.URL())
	if err != nil {
		panic(err)
	}
	defer nc.Close()
	for _, name := range []string{"robots", "crowd"} {
		a, _ := arena.New(arena.Config[mat4]{})
		p, err := relay.Publish(context.Background(), nc, name, a, relay.PublisherConfig{})
		if err != nil {
			panic(err)
		}
		defer p.Close()
	}
	found, err := relay.Find(context.Background(), nc)
	for _, i := range found {
		fmt.Println(i.Name, i.SlotBytes, i.Layout)
	}
	fmt.Println(err)
	// Output:
	// crowd 64 16float32
	// robots 64 16float32
	// <nil>
}

// A program checks its flags before it starts anything.
func ExampleCheckName() {
	fmt.Println(relay.CheckName("robots-2"))
	fmt.Println(relay.CheckName("robots.2"))
	// Output:
	// <nil>
	// relay: "robots.2" is not a name: use 1 to 64 letters, digits, - and _
}

// A viewer of any slots learns from the error which type of slots it needs.
func ExampleLayoutError() {
	server, err := embedded.Start(embedded.Config{})
	if err != nil {
		panic(err)
	}
	defer server.Close()
	nc, err := nats.Connect(server.URL())
	if err != nil {
		panic(err)
	}
	defer nc.Close()
	a, _ := arena.New(arena.Config[mat4]{})
	p, err := relay.Publish(context.Background(), nc, "robots", a, relay.PublisherConfig{})
	if err != nil {
		panic(err)
	}
	defer p.Close()
	points, _ := arena.New(arena.Config[[4]float32]{})
	f, err := relay.Follow(context.Background(), nc, "robots", points, relay.FollowerConfig{})
	if err != nil {
		panic(err)
	}
	defer f.Close()
	for other := (*relay.LayoutError)(nil); ; time.Sleep(time.Millisecond) {
		a.Descend()
		if err := p.Send(); err != nil {
			panic(err)
		}
		if _, err := f.Receive(); errors.As(err, &other) {
			fmt.Println(other.Layout, "cannot show", other.Publisher.Layout)
			return
		}
	}
	// Output: 4float32 cannot show 16float32
}

// A simulation says anew what its slots are while it publishes them. Its followers have the new
// metadata with the first frame of which it is true.
func ExamplePublisher_SetMetadata() {
	server, err := embedded.Start(embedded.Config{})
	if err != nil {
		panic(err)
	}
	defer server.Close()
	nc, err := nats.Connect(server.URL())
	if err != nil {
		panic(err)
	}
	defer nc.Close()
	ctx := context.Background()
	a, _ := arena.New(arena.Config[mat4]{})
	p, err := relay.Publish(ctx, nc, "robots", a, relay.PublisherConfig{Metadata: map[string]string{"who": "an arm"}})
	if err != nil {
		panic(err)
	}
	defer p.Close()
	b, _ := arena.New(arena.Config[mat4]{})
	f, err := relay.Follow(ctx, nc, "robots", b, relay.FollowerConfig{})
	if err != nil {
		panic(err)
	}
	defer f.Close()
	for n, who := range []string{"an arm", "an arm and a hand"} {
		if _, err := a.Alloc(mat4{}); err != nil {
			panic(err)
		}
		if err := p.SetMetadata(map[string]string{"who": who}); err != nil {
			panic(err)
		}
		for shown := (relay.Shown{}); shown.HighWater <= n; {
			a.Descend()
			if err := p.Send(); err != nil {
				panic(err)
			}
			time.Sleep(time.Millisecond)
			if shown, err = f.Receive(); err != nil {
				panic(err)
			}
			if shown.HighWater > n {
				fmt.Println(shown.HighWater, "slots:", shown.Metadata["who"])
			}
		}
	}
	// Output:
	// 1 slots: an arm
	// 2 slots: an arm and a hand
}
