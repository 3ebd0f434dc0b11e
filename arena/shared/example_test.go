package shared_test

import (
	"fmt"
	"log"
	"time"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/shared"
)

type Mat4 [16]float32

// The frame loop of a program that shows what other processes write.
func ExampleListen() {
	a, err := arena.New(arena.Config[Mat4]{MaxSlots: 100_000})
	if err != nil {
		log.Fatal(err)
	}
	l, err := shared.Listen(a, "", shared.Config[Mat4]{MaxWriters: 8, Lease: time.Minute})
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	fmt.Println("writers find this program at", l.Address())
	for {
		d := a.Descend() // what the writers committed is in a.Mirror() now
		for _, e := range l.Events() {
			fmt.Println(e.Kind, e.Writer.Name, e.Writer.Slots, "slots from", e.Index, e.Err)
		}
		for _, tick := range d.Ticks {
			fmt.Println("group", tick.Group, "shows tick", tick.To.Number)
		}
		time.Sleep(16 * time.Millisecond) // draw
	}
}

// A program that ends a writer, so that another one can have the name at once.
func ExampleListener_Disconnect() {
	var l *shared.Listener[Mat4]
	if !l.Disconnect("swarm") {
		fmt.Println("nobody writes under that name")
	}
}
