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
	const ticks = 1000
	go func() {
		for tick := 1; tick <= ticks; tick++ {
			staged := links.Stage(0, 40) // every slot, to be filled in place
			var wg sync.WaitGroup
			for half := range slices.Chunk(staged, 20) {
				wg.Go(func() {
					for i := range half {
						half[i] = at(float32(tick))
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

func ExampleGroupSpan_Free() {
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

// Load returns what was set last, committed or not; and the initial value before.
func ExampleGroupSpan_Load() {
	a, _ := arena.New(arena.Config[Mat4]{})
	world := a.NewGroup()
	tank, _ := world.AllocSpan(100, at(1))
	m, now := at(2), Mat4{}
	tank.Set(40, &m)
	fmt.Println(tank.Load(40, &now), now[12])
	fmt.Println(tank.Load(41, &now), now[12])
	// Output:
	// true 2
	// true 1
}
