package arena_test

import (
	"fmt"
	"slices"
	"sync"

	"github.com/slotstream/slotstream/arena"
)

// A robot of 40 links that never comes apart: two goroutines compute the links of
// a tick, and the reader, who looks whenever it likes, sees all of them at one tick.
func ExampleGroup() {
	a, err := arena.New(arena.Config[Mat4]{})
	if err != nil {
		panic(err)
	}
	robot := a.NewGroup()
	links, err := robot.AllocSpan(40, at(0))
	if err != nil {
		panic(err)
	}
	halves := []arena.GroupSpan[Mat4]{links, links.Fork()} // a handle a goroutine
	const ticks = 1000
	go func() {
		for tick := 1; tick <= ticks; tick++ {
			var wg sync.WaitGroup
			for h, half := range halves {
				wg.Go(func() {
					for i := h * 20; i < h*20+20; i++ {
						m := at(float32(tick))
						half.Set(i, &m)
					}
				})
			}
			wg.Wait() // all sets of a tick come before its Commit
			robot.Commit(arena.Tick{Number: uint64(tick)})
		}
	}()
	apart := 0
	for robot.Shown().Number < ticks {
		a.Descend()
		for _, link := range a.Mirror() {
			if link != at(float32(robot.Shown().Number)) {
				apart++
			}
		}
	}
	fmt.Println(apart, "links were elsewhere")
	// Output: 0 links were elsewhere
}

func ExampleArena_NewGroup() {
	a, _ := arena.New(arena.Config[Mat4]{})
	world := a.NewGroup()
	tank, err := world.AllocSpan(2, at(0))
	if err != nil {
		panic(err)
	}
	m := at(5)
	tank.Set(1, &m)
	a.Descend()
	fmt.Println("staged:", a.Mirror()[1][12])
	world.Commit(arena.Tick{Number: 1})
	a.Descend()
	fmt.Println("committed:", a.Mirror()[1][12])
	// Output:
	// staged: 0
	// committed: 5
}

func ExampleGroup_Discard() {
	a, _ := arena.New(arena.Config[Mat4]{})
	world := a.NewGroup()
	tank, _ := world.AllocSpan(2, at(0))
	func() {
		defer func() {
			if recover() != nil {
				world.Discard() // the tick failed half-way
			}
		}()
		m := at(5)
		tank.Set(0, &m)
		panic("the solver diverged")
	}()
	world.Commit(arena.Tick{Number: 1})
	a.Descend()
	fmt.Println(a.Mirror()[0][12], a.Mirror()[1][12])
	// Output: 0 0
}

func ExampleGroup_Shown() {
	a, _ := arena.New(arena.Config[Mat4]{})
	world := a.NewGroup()
	world.Commit(arena.Tick{Number: 1})
	world.Commit(arena.Tick{Number: 2})
	d := a.Descend()
	fmt.Println("the mirror shows", world.Shown().Number)
	for _, t := range d.Ticks {
		fmt.Println("from", t.From.Number, "to", t.To.Number, t.Group == world.Number())
	}
	// Output:
	// the mirror shows 2
	// from 0 to 2 true
}

func ExampleGroup_FreeSpan() {
	a, _ := arena.New(arena.Config[Mat4]{})
	world := a.NewGroup()
	tank, _ := world.AllocSpan(2, at(0))
	if err := tank.Free(); err != nil {
		panic(err)
	}
	m := at(5)
	fmt.Println(tank.Set(0, &m), tank.Free())
	// Output: false arena: stale handle: freed before
}

func ExampleGroupSpan_Stage() {
	a, _ := arena.New(arena.Config[Mat4]{})
	world := a.NewGroup()
	tank, _ := world.AllocSpan(100, at(0))
	links := tank.Stage(40, 3) // slots 40, 41 and 42, filled in place
	for i := range links {
		links[i] = at(float32(i))
	}
	world.Commit(arena.Tick{Number: 1})
	a.Descend()
	fmt.Println(a.Mirror()[42][12])
	// Output: 2
}

func ExampleGroupSpan_Fork() {
	a, _ := arena.New(arena.Config[Mat4]{})
	world := a.NewGroup()
	tank, _ := world.AllocSpan(100, at(0))
	var wg sync.WaitGroup
	for w, handle := range []arena.GroupSpan[Mat4]{tank, tank.Fork()} {
		wg.Go(func() {
			for i := w; i < 100; i += 2 { // different slots
				m := at(float32(i))
				handle.Set(i, &m)
			}
		})
	}
	wg.Wait()
	world.Commit(arena.Tick{Number: 1})
	a.Descend()
	fmt.Println(a.Mirror()[98][12], a.Mirror()[99][12])
	// Output: 98 99
}

// A list of bodies that grows while it is drawn.
func ExampleGroup_NewVector() {
	a, _ := arena.New(arena.Config[Mat4]{})
	world := a.NewGroup()
	bodies := world.NewVector(at(0))
	for n := 1; n <= 3000; n++ { // one more body each tick
		if err := bodies.Grow(n); err != nil {
			panic(err)
		}
		m := at(float32(n))
		bodies.Set(n-1, &m)
		world.Commit(arena.Tick{Number: uint64(n)})
	}
	a.Descend()
	fmt.Println("room for", bodies.Len(), "and the last at", a.Mirror()[bodies.Index(2999)][12])
	// Output: room for 3072 and the last at 3000
}

func ExampleGroupVector_Stage() {
	a, _ := arena.New(arena.Config[Mat4]{})
	world := a.NewGroup()
	bodies := world.NewVector(at(0))
	if err := bodies.Grow(2000); err != nil {
		panic(err)
	}
	for first, n := 0, 2000; n > 0; { // in runs that lie together
		run := bodies.Stage(first, n)
		for i := range run {
			run[i] = at(float32(first + i))
		}
		fmt.Println("slots", first, "to", first+len(run)-1)
		first, n = first+len(run), n-len(run)
	}
	world.Commit(arena.Tick{Number: 1})
	// Output:
	// slots 0 to 1023
	// slots 1024 to 1999
}

func ExampleGroupVector_StoreRange() {
	a, _ := arena.New(arena.Config[Mat4]{})
	world := a.NewGroup()
	bodies := world.NewVector(at(0))
	if err := bodies.Grow(2000); err != nil {
		panic(err)
	}
	bodies.StoreRange(1000, slices.Repeat([]Mat4{at(5)}, 100)) // over the end of a span
	world.Commit(arena.Tick{Number: 1})
	fmt.Println(a.Descend().Updated, "slots were updated")
	// Output: 2048 slots were updated
}
