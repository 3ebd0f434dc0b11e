package wire_test

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

type mat4 [16]float32

// What changed in an arena goes to another mirror of the same layout.
func Example() {
	a, _ := arena.New(arena.Config[mat4]{})
	bodies, _ := a.AllocSpan(100, mat4{})
	a.Descend()
	unsent := a.Follow()
	unsent.Clear() // the other place has all of this

	bodies.Set(40, &mat4{12: 5})
	bodies.Flush()
	a.Descend()
	message := wire.Append(nil, wire.Header{SlotBytes: 64, Seq: 2, Base: 1, HighWater: a.HighWater(), Parts: 1}, unsent.Ticks(), unsent.Ranges(), arena.Bytes(a.Mirror()))

	there := make([]mat4, 100)
	var f wire.Frame
	if err := f.Decode(message, wire.Limits{SlotBytes: 64, MaxSlots: len(there)}); err != nil {
		panic(err)
	}
	f.CopyTo(arena.Bytes(there))
	fmt.Println(len(message), "bytes:", slices.Collect(f.Ranges()), there[40][12])
	// Output: 160 bytes: [{40 1}] 5
}

// A Packer's messages hold differences to what the receiver has, and most bytes of these
// are zeros.
func ExamplePacker() {
	mirror, has := make([]mat4, 1000), make([]mat4, 1000)
	for i := range mirror {
		has[i], mirror[i] = mat4{0: 1, 12: float32(i)}, mat4{0: 1, 12: float32(i) + 0.01}
	}
	var p wire.Packer
	h := wire.Header{SlotBytes: 64, Seq: 2, Base: 1, HighWater: 1000, Parts: 1}
	all := []arena.Range{{First: 0, Count: 1000}}
	message := p.Append(nil, h, nil, all, arena.Bytes(mirror), arena.Bytes(has))

	var f wire.Frame
	var u wire.Unpacker
	if err := f.Decode(message, wire.Limits{SlotBytes: 64, MaxSlots: 1000}); err != nil {
		panic(err)
	}
	u.CopyTo(arena.Bytes(has), &f)
	fmt.Println(slices.Equal(has, mirror), bytes.Count(message, []byte{0}) > len(message)*9/10)
	// Output: true true
}

// CopySlots is for a receiver whose slots do not lie side by side.
func ExampleFrame_CopySlots() {
	mirror := []mat4{5: {12: 5}, 7: {12: 7}}
	h := wire.Header{SlotBytes: 64, Seq: 2, Base: 1, HighWater: len(mirror), Parts: 1}
	message := wire.Append(nil, h, nil, []arena.Range{{First: 5, Count: 1}, {First: 7, Count: 1}}, arena.Bytes(mirror))

	var f wire.Frame
	if err := f.Decode(message, wire.Limits{SlotBytes: 64, MaxSlots: 1000}); err != nil {
		panic(err)
	}
	n := 0
	for r := range f.Ranges() {
		place := make([]mat4, r.Count)
		f.CopySlots(arena.Bytes(place), n)
		n += r.Count
		fmt.Println("slot", r.First, "is at", place[0][12])
	}
	// Output:
	// slot 5 is at 5
	// slot 7 is at 7
}

func ExampleSplit() {
	ranges := []arena.Range{{First: 0, Count: 5}, {First: 100, Count: 2}}
	for _, part := range wire.Split(nil, ranges, 64, 400) {
		fmt.Println(part)
	}
	// Output:
	// [{0 4}]
	// [{4 1} {100 2}]
}
