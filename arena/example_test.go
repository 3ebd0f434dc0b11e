package arena_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/slotstream/slotstream/arena"
)

// Mat4 is a column-major 4×4 matrix, as in mgl32.
type Mat4 [16]float32

// at returns a translation by x metres.
func at(x float32) Mat4 { return Mat4{0: 1, 5: 1, 10: 1, 12: x, 15: 1} }

func Example() {
	a, err := arena.New(arena.Config[Mat4]{MaxSlots: 10_000})
	if err != nil {
		panic(err)
	}
	// Each goroutine simulates 1,000 bodies of its own.
	var wg sync.WaitGroup
	for range 4 {
		bodies, err := a.AllocSpan(1000, at(0))
		if err != nil {
			panic(err)
		}
		wg.Go(func() {
			mats := make([]Mat4, bodies.Len())
			for i := range mats {
				mats[i] = at(float32(i))
			}
			bodies.StoreAll(mats)
		})
	}
	wg.Wait()

	// The render goroutine, every frame:
	d := a.Descend()
	for _, r := range d.Ranges {
		fmt.Println("upload", len(a.Mirror()[r.First:r.First+r.Count]), "matrices at", r.First)
	}
	fmt.Println("draw", d.HighWater, "instances")
	// Output:
	// upload 4000 matrices at 0
	// draw 4000 instances
}

func ExampleNew() {
	_, err := arena.New(arena.Config[*Mat4]{})
	fmt.Println(err)
	// Output: arena: new: *arena_test.Mat4 holds pointers: use a type without pointers, slices, maps and strings
}

// A slot may be of any type without pointers.
func ExampleConfig() {
	type instance struct {
		Position [3]float32 // metres
		Colour   [4]uint8
	}
	a, _ := arena.New(arena.Config[instance]{ChunkSlots: 256, MaxSlots: 5000, Hidden: instance{Position: [3]float32{0, -1000, 0}}})
	fmt.Println(a.Cap(), a.Hidden().Position)
	// Output: 5000 [0 -1000 0]
}

func ExampleArena_Alloc() {
	a, _ := arena.New(arena.Config[Mat4]{MaxSlots: 2})
	for range 3 {
		s, err := a.Alloc(at(1))
		if errors.Is(err, arena.ErrFull) {
			fmt.Println(err)
			break
		}
		fmt.Println("index", s.Index(), "live", a.Len())
	}
	// Output:
	// index 0 live 1
	// index 1 live 2
	// arena: full: give Config a larger MaxSlots
}

func ExampleArena_AllocSpan() {
	a, _ := arena.New(arena.Config[Mat4]{})
	a.AllocSpan(16, at(0))
	s, _ := a.AllocSpan(32, at(0))
	fmt.Println(s.Len(), "slots from", s.Index(0), "to", s.Index(31))
	// Output: 32 slots from 16 to 47
}

func ExampleSlot_Free() {
	a, _ := arena.New(arena.Config[Mat4]{})
	s, _ := a.Alloc(at(1))
	v := at(2)
	fmt.Println(s.Free(), s.Store(&v), s.Free())
	// Output: <nil> false arena: stale handle: freed before
}

func ExampleSpan_Free() {
	a, _ := arena.New(arena.Config[Mat4]{})
	s, _ := a.AllocSpan(100, at(1))
	fmt.Println(a.HighWater(), s.Free(), a.HighWater(), a.Len())
	// Output: 100 <nil> 0 0
}

func ExampleArena_Descend() {
	a, _ := arena.New(arena.Config[Mat4]{})
	s, _ := a.AllocSpan(5000, at(0))
	a.Descend()
	v := at(7)
	for _, i := range []int{10, 11, 12, 3000} {
		s.Set(i, &v)
	}
	s.Flush()
	d := a.Descend()
	fmt.Println(d.Ranges, d.Updated, "slots in", d.Chunks, "chunks")
	fmt.Println(a.Descend().Updated)
	// Output:
	// [{10 3} {3000 1}] 4 slots in 2 chunks
	// 0
}

func ExampleArena_Mirror() {
	a, _ := arena.New(arena.Config[Mat4]{})
	s, _ := a.Alloc(at(1))
	a.Descend()
	m := a.Mirror() // stays valid, whatever grows
	v := at(2)
	s.Store(&v)
	fmt.Print(m[0][12], " ")
	a.Descend()
	fmt.Println(m[0][12])
	// Output: 1 2
}

func ExampleSlot_Store() {
	a, _ := arena.New(arena.Config[Mat4]{})
	s, _ := a.Alloc(at(0))
	var wg sync.WaitGroup
	for range 8 { // any number of goroutines
		wg.Go(func() {
			v := at(3)
			s.Store(&v)
		})
	}
	wg.Wait()
	a.Descend()
	fmt.Println(a.Mirror()[s.Index()][12])
	// Output: 3
}

func ExampleSpan_Set() {
	a, _ := arena.New(arena.Config[Mat4]{})
	s, _ := a.AllocSpan(16, at(0))
	a.Descend()
	v := at(4)
	s.Set(15, &v)
	s.Flush() // nothing is promised before
	a.Descend()
	fmt.Println(a.Mirror()[s.Index(15)][12])
	// Output: 4
}

func ExampleSpan_StoreRange() {
	a, _ := arena.New(arena.Config[Mat4]{})
	s, _ := a.AllocSpan(16, at(0))
	a.Descend()
	s.StoreRange(4, []Mat4{at(1), at(2), at(3)}) // flushes
	fmt.Println(a.Descend().Ranges)
	// Output: [{4 3}]
}

// Two consumers follow one arena. The screen keeps up. The network is busy now and then,
// and gets the newest values when it comes back.
func ExampleArena_Follow() {
	a, _ := arena.New(arena.Config[Mat4]{})
	bodies, _ := a.AllocSpan(100, at(0))
	screen, network := a.Follow(), a.Follow()
	defer screen.Stop()
	defer network.Stop()
	for frame := range 3 {
		m := at(float32(frame))
		bodies.Set(10*frame, &m)
		bodies.Flush()

		a.Descend()
		fmt.Println("screen:", screen.Ranges())
		screen.Clear()
		if busy := frame == 1; !busy {
			fmt.Println("network:", network.Ranges(), "of", network.Top())
			network.Clear()
		}
	}
	// Output:
	// screen: [{0 100}]
	// network: [{0 100}] of 100
	// screen: [{10 1}]
	// screen: [{20 1}]
	// network: [{10 1} {20 1}] of 100
}

// A message was lost: what it held is pending again.
func ExampleBacklog_Add() {
	a, _ := arena.New(arena.Config[Mat4]{})
	bodies, _ := a.AllocSpan(100, at(0))
	network := a.Follow()
	a.Descend()
	sent := slices.Clone(network.Ranges())
	network.Clear()
	m := at(1)
	bodies.Set(99, &m)
	bodies.Flush()
	a.Descend()
	fmt.Println("not sent yet:", network.Ranges())
	network.Add(sent, nil)
	fmt.Println("after the loss:", network.Ranges())
	// Output:
	// not sent yet: [{99 1}]
	// after the loss: [{0 100}]
}

func ExampleBacklog_Ticks() {
	a, _ := arena.New(arena.Config[Mat4]{})
	world, crowd := a.NewGroup(), a.NewGroup()
	recorder := a.Follow()
	world.Commit(arena.Tick{Number: 1})
	a.Descend()
	world.Commit(arena.Tick{Number: 2})
	crowd.Commit(arena.Tick{Number: 7})
	a.Descend()
	for _, t := range recorder.Ticks() {
		fmt.Println("group", t.Group, "from", t.From.Number, "to", t.To.Number)
	}
	// Output:
	// group 1 from 0 to 2
	// group 2 from 0 to 7
}

func ExampleLayout() {
	type body struct {
		Place [3]float32
		Kind  uint32
	}
	fmt.Println(arena.Layout[Mat4](), "and", arena.Layout[body]())
	// Output: 16float32 and 3float32 1uint32
}

// A consumer of its own copies slots as bytes.
func ExampleBytes() {
	a, _ := arena.New(arena.Config[Mat4]{})
	a.AllocSpan(100, at(0))
	a.Descend()
	fmt.Println(len(arena.Bytes(a.Mirror())), "bytes")
	// Output: 6400 bytes
}

// A writer that wants its value back: Load gives what was stored last, shown or not.
func ExampleSlot_Load() {
	a, _ := arena.New(arena.Config[Mat4]{})
	crane, _ := a.Alloc(at(1))
	m := at(2)
	crane.Store(&m)
	var now Mat4
	fmt.Println(crane.Load(&now), now[12])
	fmt.Println(crane.Free(), crane.Load(&now), crane.Free())
	// Output:
	// true 2
	// <nil> false arena: stale handle: freed before
}

func ExampleSpan_Load() {
	a, _ := arena.New(arena.Config[Mat4]{})
	tank, _ := a.AllocSpan(100, at(1))
	m := at(2)
	tank.Set(40, &m) // not flushed: nobody sees it yet
	var now Mat4
	fmt.Println(tank.Load(40, &now), now[12])
	fmt.Println(tank.Free(), tank.Load(40, &now))
	// Output:
	// true 2
	// <nil> false
}
