package wire_test

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"iter"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

// randomRanges draws ascending ranges below n, which never touch.
func randomRanges(rng *rand.Rand, n int) (ranges []arena.Range) {
	for at := rng.IntN(n/4 + 1); at < n; {
		r := arena.Range{First: at, Count: min(1+rng.IntN(1+rng.IntN(40)), n-at)}
		ranges = append(ranges, r)
		at = r.End() + 1 + rng.IntN(30)
	}
	return ranges
}

// A receiver of every frame has what the sender has, for all sizes of slots, for both kinds of message, and however
// frames are cut.
func TestFollowerHasWhatTheSenderHas(t *testing.T) {
	t.Parallel()
	for _, size := range []int{4, 12, 16, 64, 80, 300} {
		for _, packed := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d bytes, packed %v", size, packed), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(uint64(size), 7))
				const n = 500
				sender, has, follower := make([]byte, n*size), make([]byte, n*size), make([]byte, n*size)
				var p wire.Packer
				var u wire.Unpacker
				var f wire.Frame
				var b []byte
				var shown, there []arena.GroupTick
				for seq := uint64(1); seq <= 60; seq++ {
					ranges := randomRanges(rng, n)
					if seq == 1 {
						ranges = []arena.Range{{First: 0, Count: n}}
					}
					half := size / 8 * 4
					for _, r := range ranges {
						for i := r.First * size; i < r.End()*size; i++ {
							if rng.IntN(3) == 0 {
								sender[i] += byte(rng.IntN(7))
							}
						}
						for i := r.First * size; i < r.End()*size && seq%2 == 0; i += size { // what was in front, behind
							copy(sender[i+4:i+4+half], has[i:i+half])
						}
					}
					known := has
					if seq == 1 {
						known = nil
					}
					ticks := randomTicks(rng)
					shown = merged(shown, ticks, seq == 1)
					parts := collect(wire.Split(ticks, ranges, size, 300+rng.IntN(20_000)))
					for k, part := range parts {
						h := wire.Header{
							SlotBytes: size, Epoch: 7, Seq: seq, Base: seq - 1, Time: -5,
							HighWater: n, Part: k, Parts: len(parts),
						}
						if packed {
							b = p.Append(b[:0], h, part.ticks, part.ranges, slotsOf(part.ranges, sender, size), known)
						} else {
							b = wire.Append(b[:0], h, part.ticks, part.ranges, sender)
						}
						if err := f.Decode(b, wire.Limits{SlotBytes: size, MaxSlots: n}); err != nil {
							t.Fatal(err)
						}
						if f.Header != h || f.Differences != packed {
							t.Fatalf("%+v, sent %+v", f.Header, h)
						}
						if got := slices.Collect(f.Ranges()); !slices.Equal(got, part.ranges) {
							t.Fatalf("%v, sent %v", got, part.ranges)
						}
						if got := slices.Collect(f.Ticks()); !slices.Equal(got, part.ticks) {
							t.Fatalf("%v, sent %v", got, part.ticks)
						}
						there = f.MergeTicks(nil, there)
						u.CopyTo(follower, &f)
					}
					copy(has, sender)
					if !bytes.Equal(follower, sender) {
						t.Fatalf("frame %d: not what was sent", seq)
					}
					if !slices.Equal(there, shown) {
						t.Fatalf("frame %d: ticks %v, want %v", seq, there, shown)
					}
				}
			})
		}
	}
}

// The body of a packed message is what format.go says, byte for byte: a recording of years ago must play.
func TestPlanes(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(8, 9))
	for _, size := range []int{4, 8, 12, 16, 52, 64, 80, 300} {
		for _, n := range []int{1, 7, 8, 63, 64, 65, 200, 1000} {
			mirror, has := make([]byte, n*size), make([]byte, n*size)
			for i := range mirror {
				mirror[i], has[i] = byte(rng.Uint32()), byte(rng.Uint32())
			}
			for _, ranges := range [][]arena.Range{{{First: 0, Count: n}}, randomRanges(rng, n)} {
				for _, known := range [][]byte{nil, has} {
					var slots [][]byte
					for _, r := range ranges {
						for i := r.First * size; i < r.End()*size; i += size {
							slot := bytes.Clone(mirror[i : i+size])
							for w := 0; known != nil && w < size; w += 4 {
								d := int32(binary.LittleEndian.Uint32(slot[w:]) - binary.LittleEndian.Uint32(known[i+w:]))
								binary.LittleEndian.PutUint32(slot[w:], uint32(d<<1^d>>31))
							}
							slots = append(slots, slot)
						}
					}
					var want []byte
					for b := range 4 { // the lowest byte of each word, then the next
						for w := 0; w < size; w += 4 {
							for _, slot := range slots {
								want = append(want, slot[w+b])
							}
						}
					}
					h := wire.Header{SlotBytes: size, Seq: 2, Base: 1, HighWater: n, Parts: 1}
					message := new(wire.Packer).Append(nil, h, nil, ranges, slotsOf(ranges, mirror, size), known)
					if body := message[len(message)-len(want):]; !bytes.Equal(body, want) {
						t.Fatalf("%d of %d slots of %d bytes are laid out otherwise", len(slots), n, size)
					}
				}
			}
		}
	}
}

// A word that was another word of the slot before has no difference, wherever it was: the body of a message whose words
// have all changed places is zeros.
func TestMoves(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(10, 11))
	const n = 200
	for _, size := range []int{8, 12, 16, 64, 80, 256} {
		was, is := make([]byte, n*size), make([]byte, n*size)
		for i := range was {
			was[i] = byte(rng.Uint32())
		}
		by := 4 * (1 + rng.IntN(size/4-1))
		for i := 0; i < n*size; i += size { // by a move over itself
			copy(is[i:], was[i+by:i+size])
			copy(is[i+size-by:i+size], was[i+size-by:i+size])
		}
		h := wire.Header{SlotBytes: size, Seq: 2, Base: 1, HighWater: n, Parts: 1}
		var p wire.Packer
		b := p.Append(nil, h, nil, []arena.Range{{First: 0, Count: n}}, is, was)
		if !bytes.Equal(b[len(b)-n*size:], make([]byte, n*size)) {
			t.Errorf("slots of %d bytes, with words moved by %d bytes: there are differences", size, by)
		}
		var f wire.Frame
		if err := f.Decode(b, wire.Limits{SlotBytes: size, MaxSlots: n}); err != nil {
			t.Fatal(err)
		}
		new(wire.Unpacker).CopyTo(was, &f)
		if !bytes.Equal(was, is) {
			t.Errorf("slots of %d bytes, with words moved by %d bytes: not what was sent", size, by)
		}
	}
}

// Moves that a slot has no room for are refused, and so are any where there is nothing to move.
func TestWrongMoves(t *testing.T) {
	t.Parallel()
	const size, n = 32, 4
	limits := wire.Limits{SlotBytes: size, MaxSlots: n}
	was, is := make([]byte, n*size), make([]byte, n*size)
	for i := range was {
		was[i] = byte(i)
	}
	for i := 0; i < n*size; i += size {
		copy(is[i:], was[i+16:i+size]) // words 0 to 3 from 4 to 7: one move
	}
	h := wire.Header{SlotBytes: size, Seq: 2, Base: 1, HighWater: n, Parts: 1}
	good := new(wire.Packer).Append(nil, h, nil, []arena.Range{{First: 0, Count: n}}, is, was)
	if !bytes.Equal(good[80:83], []byte{0, 3, 4}) || good[5] != 1 {
		t.Fatalf("%d moves: % x", good[5], good[80:83])
	}
	var f wire.Frame
	for what, change := range map[string]func(b []byte){
		"a target behind the slot":  func(b []byte) { b[80] = 5 },
		"a count that is too large": func(b []byte) { b[81] = 8 },
		"a source behind the slot":  func(b []byte) { b[82] = 5 },
		"a number without an end":   func(b []byte) { copy(b[80:], bytes.Repeat([]byte{255}, 16)) },
		"more moves than there are": func(b []byte) { b[5] = 200 },
		"nothing to add to":         func(b []byte) { b[24] = 0 },
		"whole slots":               func(b []byte) { b[4] = 0 },
	} {
		b := bytes.Clone(good)
		change(b)
		seal(b)
		if err := f.Decode(b, limits); !errors.Is(err, wire.ErrFormat) {
			t.Errorf("%s: %v", what, err)
		}
	}
	seal(good)
	if err := f.Decode(good, limits); err != nil {
		t.Error(err)
	}
}

// slotsOf is the slots of ranges, one after the other.
func slotsOf(ranges []arena.Range, mirror []byte, size int) (slots []byte) {
	for _, r := range ranges {
		slots = append(slots, mirror[r.First*size:r.End()*size]...)
	}
	return slots
}

// A part is one of Split's, copied.
type part struct {
	ticks  []arena.GroupTick
	ranges []arena.Range
}

func collect(parts iter.Seq2[[]arena.GroupTick, []arena.Range]) (all []part) {
	for ticks, ranges := range parts {
		all = append(all, part{slices.Clone(ticks), slices.Clone(ranges)})
	}
	return all
}

// randomTicks draws the ticks of some groups of a hundred, and of the last that there can be.
func randomTicks(rng *rand.Rand) (ticks []arena.GroupTick) {
	for g := uint64(rng.IntN(100)); g < 100; g += 1 + uint64(rng.IntN(100)) {
		ticks = append(ticks, arena.GroupTick{Group: g, To: arena.Tick{Number: rng.Uint64() >> rng.IntN(64), Time: time.Duration(rng.Uint64()) >> rng.IntN(64)}})
	}
	if rng.IntN(5) == 0 {
		ticks = append(ticks, arena.GroupTick{Group: math.MaxUint64, To: arena.Tick{Number: math.MaxUint64, Time: math.MinInt64}})
	}
	return ticks
}

// merged is what MergeTicks says it does, by a map.
func merged(has, ticks []arena.GroupTick, all bool) (out []arena.GroupTick) {
	m := map[uint64]arena.GroupTick{}
	for _, t := range slices.Concat(has, ticks) {
		m[t.Group] = t
	}
	for _, t := range has {
		if _, there := slices.BinarySearchFunc(ticks, t.Group, func(t arena.GroupTick, g uint64) int { return cmp.Compare(t.Group, g) }); all && !there {
			delete(m, t.Group)
		}
	}
	for _, g := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[g])
	}
	return out
}

// Parts have at most as many bytes as asked for, but for a single slot that is larger, and are all of it.
func TestSplit(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		size := 4 * (1 + rng.IntN(100))
		most := 120 + rng.IntN(8000)
		ranges := randomRanges(rng, 2000)
		mirror := make([]byte, 2000*size)
		ticks := randomTicks(rng)
		var all []arena.Range
		var allTicks []arena.GroupTick
		for ticks, part := range wire.Split(ticks, ranges, size, most) {
			b := wire.Append(nil, wire.Header{SlotBytes: size, Parts: 1}, ticks, part, mirror)
			if one := len(part) == 1 && part[0].Count == 1 && len(ticks) == 0 || len(part) == 0 && len(ticks) == 1; len(b) > most && !one {
				t.Fatalf("a part of %d bytes, want at most %d", len(b), most)
			}
			allTicks = append(allTicks, ticks...)
			for _, r := range part {
				if last := len(all) - 1; last >= 0 && all[last].End() == r.First {
					all[last].Count += r.Count
				} else {
					all = append(all, r)
				}
			}
		}
		if !slices.Equal(all, ranges) || !slices.Equal(allTicks, ticks) {
			t.Fatalf("%v, of %v; %v, of %v", all, ranges, allTicks, ticks)
		}
	}
}

// A change before the body is found. One in the body never reaches past the mirror. A message that was cut off is
// refused.
func TestDamage(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	const size, n = 64, 200
	mirror, has := make([]byte, n*size), make([]byte, n*size)
	for i := range mirror {
		mirror[i] = byte(rng.Uint32())
	}
	limits := wire.Limits{SlotBytes: size, MaxSlots: n}
	for _, packed := range []bool{false, true} {
		h := wire.Header{SlotBytes: size, Seq: 2, Base: 1, HighWater: n, Parts: 1}
		ranges := randomRanges(rng, n)
		b := wire.Append(nil, h, randomTicks(rng), ranges, mirror)
		if packed {
			b = new(wire.Packer).Append(nil, h, randomTicks(rng), ranges, slotsOf(ranges, mirror, size), has)
		}
		var f wire.Frame
		if err := f.Decode(b, limits); err != nil {
			t.Fatal(err)
		}
		body := len(b)
		for i := range b[:min(len(b), 160)] {
			damaged := bytes.Clone(b)
			damaged[i] ^= 1 << rng.IntN(8)
			if err := f.Decode(damaged, limits); err == nil {
				body = min(body, i) // the first byte that no checksum covers
			} else if !errors.Is(err, wire.ErrFormat) {
				t.Fatalf("byte %d: %v", i, err)
			}
		}
		if body < 80+16 {
			t.Fatalf("packed %v: byte %d can be changed", packed, body)
		}
		for range 2000 {
			damaged := bytes.Clone(b)
			for range 1 + rng.IntN(3) {
				damaged[body+rng.IntN(len(b)-body)] = byte(rng.Uint32())
			}
			if f.Decode(damaged, limits) == nil {
				new(wire.Unpacker).CopyTo(bytes.Clone(has), &f)
			}
		}
		for cut := range len(b) {
			if err := f.Decode(b[:cut], limits); !errors.Is(err, wire.ErrFormat) {
				t.Fatalf("%d of %d bytes: %v", cut, len(b), err)
			}
		}
		for _, l := range []wire.Limits{{SlotBytes: 60, MaxSlots: n}, {SlotBytes: size, MaxSlots: n - 1}} {
			if err := f.Decode(b, l); !errors.Is(err, wire.ErrFormat) {
				t.Errorf("%+v: %v", l, err)
			}
		}
	}
}

// A message of the format that had one tick is refused by an error that says what to do.
func TestOldFormat(t *testing.T) {
	t.Parallel()
	b := wire.Append(nil, wire.Header{SlotBytes: 4, Seq: 1, Parts: 1}, nil, nil, nil)
	copy(b, "SLT1")
	var f wire.Frame
	err := f.Decode(b, wire.Limits{SlotBytes: 4})
	if !errors.Is(err, wire.ErrFormat) || !strings.Contains(err.Error(), `version "1" of the format, want "2": use the same release`) {
		t.Error(err)
	}
}

// Ticks that are not there, and groups beyond the last that there can be, are refused.
func TestWrongTicks(t *testing.T) {
	t.Parallel()
	good := wire.Append(nil, wire.Header{SlotBytes: 4, Seq: 1, Parts: 1}, []arena.GroupTick{{Group: math.MaxUint64 - 1}, {Group: math.MaxUint64, To: arena.Tick{Number: 1}}}, nil, nil)
	var f wire.Frame
	if err := f.Decode(good, wire.Limits{SlotBytes: 4}); err != nil || f.Groups != 2 {
		t.Fatal(err, f.Groups)
	}
	for what, change := range map[string]func(b []byte){
		"a group after the last":    func(b []byte) { b[80+12] = 1 },
		"more ticks than there are": func(b []byte) { b[56] = 200 },
		"a number without an end":   func(b []byte) { copy(b[80:], bytes.Repeat([]byte{255}, 16)) },
	} {
		b := bytes.Clone(good)
		change(b)
		seal(b)
		if err := f.Decode(b, wire.Limits{SlotBytes: 4}); !errors.Is(err, wire.ErrFormat) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// The latest tick is by time, then by number.
func TestLatest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ticks []arena.GroupTick
		want  arena.Tick
	}{
		{nil, arena.Tick{}},
		{[]arena.GroupTick{{To: arena.Tick{Number: 5, Time: -2}}, {Group: 1, To: arena.Tick{Number: 4, Time: -3}}}, arena.Tick{Number: 5, Time: -2}},
		{[]arena.GroupTick{{To: arena.Tick{Number: 5, Time: 2}}, {Group: 1, To: arena.Tick{Number: 4, Time: 3}}}, arena.Tick{Number: 4, Time: 3}},
		{[]arena.GroupTick{{To: arena.Tick{Number: 5}}, {Group: 1, To: arena.Tick{Number: 6}}, {Group: 2, To: arena.Tick{Number: 4}}}, arena.Tick{Number: 6}},
	} {
		if got := wire.Latest(c.ticks); got != c.want {
			t.Errorf("%v: %v, want %v", c.ticks, got, c.want)
		}
	}
}

// Numbers that an int of 32 bits does not hold are out of range there as well.
func TestLargeNumbers(t *testing.T) {
	t.Parallel()
	le := binary.LittleEndian
	good := wire.Append(nil, wire.Header{SlotBytes: 4, Seq: 1, HighWater: 1, Parts: 1}, nil, []arena.Range{{First: 0, Count: 1}}, make([]byte, 4))
	for _, limit := range []int{1, 1000, math.MaxInt32} {
		for _, high := range []uint32{1 << 31, 1<<32 - 1, 1<<31 + 5} {
			b := bytes.Clone(good)
			le.PutUint32(b[48:], high)
			seal(b)
			var f wire.Frame
			if err := f.Decode(b, wire.Limits{SlotBytes: 4, MaxSlots: limit}); !errors.Is(err, wire.ErrFormat) {
				t.Errorf("a high water of %d, at most %d: %v, %d", high, limit, err, f.HighWater)
			}
		}
		for _, last := range []uint64{1<<31 - 1, 1 << 31} { // slots less one
			for kind := range byte(2) {
				b := bytes.Clone(good[:80])
				b[4] = kind
				le.PutUint32(b[64:], uint32(last+1))
				b = binary.AppendUvarint(append(b, 0), last)
				for len(b)%16 != 0 {
					b = append(b, 0)
				}
				le.PutUint32(b[68:], uint32(len(b)-80))
				seal(b)
				var f wire.Frame
				if err := f.Decode(b, wire.Limits{SlotBytes: 4, MaxSlots: limit}); !errors.Is(err, wire.ErrFormat) {
					t.Errorf("%d slots, at most %d, kind %d: %v", last+1, limit, kind, err)
				}
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range seeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { look(t, b) })
}

// FuzzSealed gives every input the length and the checksum that it should have, so that the code behind these checks is
// fuzzed, too.
func FuzzSealed(f *testing.F) {
	for _, b := range seeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		const header = 80
		if len(b) < header {
			return
		}
		b = bytes.Clone(b)
		seal(b)
		look(t, b)
	})
}

// seeds are messages of each kind: with ticks, common words, moves.
func seeds() (all [][]byte) {
	mirror := make([]byte, 64*50)
	for i := range mirror {
		mirror[i] = byte(i * i)
	}
	var p wire.Packer
	ranges := []arena.Range{{First: 3, Count: 5}, {First: 20, Count: 1}}
	ticks := []arena.GroupTick{{Group: 1, To: arena.Tick{Number: 9, Time: -5}}, {Group: 7, To: arena.Tick{Number: 8, Time: 1 << 60}}}
	for base, known := range [][]byte{nil, make([]byte, 64*50)} {
		h := wire.Header{SlotBytes: 64, Base: uint64(base), Parts: 1}
		all = append(all, wire.Append(nil, h, ticks, ranges, mirror), p.Append(nil, h, ticks, ranges, slotsOf(ranges, mirror, 64), known))
	}
	h := wire.Header{SlotBytes: 64, Base: 1, Parts: 1}
	all = append(all, p.Append(nil, h, nil, []arena.Range{{First: 0, Count: 20}}, mirror[:20*64], mirror[32:]))
	for i := range mirror {
		if i%16 >= 12 {
			mirror[i] = 1
		}
	}
	return append(all, wire.Append(nil, h, nil, []arena.Range{{First: 0, Count: 20}, {First: 30, Count: 2}}, mirror))
}

// seal gives a message the lengths and the checksum that it should have.
func seal(b []byte) {
	const header = 80
	le := binary.LittleEndian
	head := min(int(le.Uint32(b[68:])), len(b)-header)
	le.PutUint32(b[68:], uint32(head))
	le.PutUint32(b[72:], uint32(len(b)-header-head))
	table := crc32.MakeTable(crc32.Castagnoli)
	le.PutUint32(b[76:], crc32.Update(crc32.Checksum(b[:76], table), table, b[80:header+head]))
}

// look decodes and takes a message of at most 50 slots of 64 bytes, which may be anything.
func look(t *testing.T, b []byte) {
	var fr wire.Frame
	if err := fr.Decode(b, wire.Limits{SlotBytes: 64, MaxSlots: 50}); err != nil {
		if !errors.Is(err, wire.ErrFormat) {
			t.Fatal(err)
		}
		return
	}
	slots := 0
	for r := range fr.Ranges() {
		if r.Count < 1 || r.End() > 50 {
			t.Fatal(r)
		}
		slots += r.Count
	}
	if slots != fr.Slots {
		t.Fatalf("%d slots of %d", slots, fr.Slots)
	}
	groups := 0
	for range fr.Ticks() {
		groups++
	}
	if groups != fr.Groups {
		t.Fatalf("%d ticks of %d", groups, fr.Groups)
	}
	new(wire.Unpacker).CopyTo(make([]byte, 64*50), &fr)
}

func TestAllocatesNothing(t *testing.T) {
	if raceEnabled {
		return // pools are left unused at random
	}
	const size, n = 64, 1000
	mirror, has, follower := make([]byte, n*size), make([]byte, n*size), make([]byte, n*size)
	rng := rand.New(rand.NewPCG(1, 1))
	ranges, ticks := randomRanges(rng, n), randomTicks(rng)
	slots := slotsOf(ranges, mirror, size)
	var p wire.Packer
	var u wire.Unpacker
	var f wire.Frame
	b, shown := make([]byte, 0, 200_000), make([]arena.GroupTick, 0, 200)
	for _, packed := range []bool{false, true} {
		h := wire.Header{SlotBytes: size, Seq: 2, Base: 1, HighWater: n, Parts: 1}
		if got := testing.AllocsPerRun(50, func() {
			if packed {
				b = p.Append(b[:0], h, ticks, ranges, slots, has)
			} else {
				b = wire.Append(b[:0], h, ticks, ranges, mirror)
			}
			if f.Decode(b, wire.Limits{SlotBytes: size, MaxSlots: n}) != nil {
				t.Fatal("refused")
			}
			u.CopyTo(follower, &f)
			shown = f.MergeTicks(shown[:0], ticks)
		}); got != 0 {
			t.Errorf("packed %v: %v allocations", packed, got)
		}
	}
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	mirror := make([]byte, 640)
	for name, f := range map[string]func(){
		"slots of 5 bytes": func() { wire.Append(nil, wire.Header{SlotBytes: 5, Parts: 1}, nil, nil, mirror) },
		"part 1 of 1":      func() { wire.Append(nil, wire.Header{SlotBytes: 64, Part: 1, Parts: 1}, nil, nil, mirror) },
		"ranges that ascend": func() {
			wire.Append(nil, wire.Header{SlotBytes: 64, Parts: 1}, nil, []arena.Range{{First: 5, Count: 1}, {First: 2, Count: 1}}, mirror)
		},
		"ticks that ascend by group": func() {
			wire.Append(nil, wire.Header{SlotBytes: 64, Parts: 1}, []arena.GroupTick{{Group: 5}, {Group: 5}}, nil, mirror)
		},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !bytes.Contains([]byte(got), []byte(name)) {
					t.Errorf("%s: %s", name, got)
				}
			}()
			f()
		}()
	}
}

// BenchmarkPacking makes messages of 100,000 slots of 64 bytes and takes them apart, beside a plain copy of the bytes
// that they hold.
//
//	go test -run '^$' -bench Packing -count 5 ./arena/internal/wire
func BenchmarkPacking(b *testing.B) {
	const size, n = 64, 100_000
	rng := rand.New(rand.NewPCG(1, 2))
	mirror, has := make([]byte, n*size), make([]byte, n*size)
	for i := 0; i < len(mirror); i += 4 { // what has moved a little
		mirror[i], has[i] = byte(rng.Uint32()), byte(rng.Uint32())
		mirror[i+3], has[i+3] = 63, 63
	}
	for i := 12; i < len(mirror); i += 16 { // the last row of a matrix
		copy(mirror[i:], []byte{0, 0, 128, 63})
		copy(has[i:], mirror[i:i+4])
	}
	few := make([]arena.Range, 0, n/100)
	for i := range n / 100 {
		few = append(few, arena.Range{First: 100*i + rng.IntN(50), Count: 1})
	}
	for _, what := range []struct {
		name   string
		ranges []arena.Range
		slots  int
	}{{"all", []arena.Range{{First: 0, Count: n}}, n}, {"1%", few, n / 100}} {
		dst := make([]byte, 0, 2*n*size)
		there := bytes.Clone(has)
		report := func(b *testing.B, bytes int) {
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(what.slots), "ns/slot")
			b.ReportMetric(float64(bytes)/float64(what.slots), "B/slot")
		}
		b.Run(what.name+"/copy", func(b *testing.B) {
			for b.Loop() {
				dst = dst[:0]
				for _, r := range what.ranges {
					dst = append(dst, mirror[r.First*size:r.End()*size]...)
				}
			}
			report(b, len(dst))
		})
		slots := slotsOf(what.ranges, mirror, size)
		for _, packed := range []bool{false, true} {
			var p wire.Packer
			h, name := wire.Header{SlotBytes: size, Seq: 2, Base: 1, Parts: 1}, map[bool]string{false: "whole", true: "differences"}[packed]
			encode := func() {
				if packed {
					dst = p.Append(dst[:0], h, nil, what.ranges, slots, has)
				} else {
					dst = wire.Append(dst[:0], h, nil, what.ranges, mirror)
				}
			}
			b.Run(what.name+"/"+name+"/append", func(b *testing.B) {
				for b.Loop() {
					encode()
				}
				report(b, len(dst))
			})
			b.Run(what.name+"/"+name+"/take", func(b *testing.B) {
				encode()
				var f wire.Frame
				var u wire.Unpacker
				for b.Loop() {
					if f.Decode(dst, wire.Limits{SlotBytes: size, MaxSlots: n}) != nil {
						b.Fatal("refused")
					}
					u.CopyTo(there, &f)
				}
				report(b, len(dst))
			})
		}
	}
}
