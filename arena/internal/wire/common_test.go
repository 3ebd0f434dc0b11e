package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/slotstream/slotstream/arena"
)

// less is the body of a message with common words as format.go says it is, word by word.
func less(ranges []arena.Range, mirror []byte, size int, common uint64) (body []byte) {
	add := func(slot []byte, of bool) {
		for w := range size / 4 {
			if (common>>w&1 != 0) == of {
				body = append(body, slot[4*w:4*w+4]...)
			}
		}
	}
	for i, r := range ranges {
		for k := range r.Count {
			slot := mirror[(r.First+k)*size:][:size]
			if i == 0 && k == 0 {
				add(slot, true)
			}
			add(slot, false)
		}
	}
	return body
}

// The words that slots have in common come once, and the others as they are. A receiver gets the slots that were sent,
// all at once or piece by piece.
func TestCommon(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(12, 13))
	for _, size := range []int{12, 16, 32, 48, 64, 80, 256, 272} {
		words := size / 4
		for range 60 {
			n := 1 + rng.IntN(40)*rng.IntN(10)
			mirror := make([]byte, 2*n*size)
			for i := range mirror {
				mirror[i] = byte(rng.Uint32())
			}
			common := rng.Uint64()
			if words < 64 {
				common &= 1<<words - 1
			}
			ranges := []arena.Range{{First: 0, Count: n}}
			if rng.IntN(2) == 0 { // every other place or so
				ranges = ranges[:0]
				for at := rng.IntN(2); at < 2*n; {
					r := arena.Range{First: at, Count: min(1+rng.IntN(20), 2*n-at)}
					ranges, at = append(ranges, r), r.End()+1+rng.IntN(20)
				}
			}
			var places []int
			for _, r := range ranges {
				for i := r.First; i < r.End(); i++ {
					places = append(places, i)
					for w := range min(words, 64) {
						if common>>w&1 != 0 {
							copy(mirror[i*size+4*w:][:4], mirror[places[0]*size+4*w:])
						}
					}
				}
			}
			if odd := rng.IntN(words); len(places) > 1 && rng.IntN(3) == 0 && odd < 64 { // one slot has another word there
				mirror[places[1+rng.IntN(len(places)-1)]*size+4*odd] ^= 1
				common &^= 1 << odd
			}

			h := Header{SlotBytes: size, Seq: 2, Base: 1, HighWater: 2 * n, Parts: 1}
			message := Append(nil, h, nil, ranges, mirror)
			var f Frame
			if err := f.Decode(message, Limits{SlotBytes: size, MaxSlots: 2 * n}); err != nil {
				t.Fatal(err)
			}
			// 1 in 2^32 words is common to two slots by chance.
			worth := leavesOut && size%16 == 0 && size <= commonBytes && len(places) >= fewSlots && 8*bytesOf(common) >= size
			if !worth {
				common = 0
			}
			want := less(ranges, mirror, size, common)
			if f.common != common || !bytes.Equal(f.body, want) {
				t.Fatalf("%d slots of %d bytes: words %x are left out of %d bytes; want %x of %d", len(places), size, f.common, len(f.body), common, len(want))
			}
			checkCopies(t, &f, mirror, places)
		}
	}
}

// A machine that leaves nothing out receives what another machine left out.
func TestCommonFromElsewhere(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(14, 15))
	for _, size := range []int{16, 48, 64, 256} {
		for _, common := range []uint64{1, 0x8888, 0x7777777777777777, 1<<64 - 1} {
			if size < 256 {
				common &= 1<<(size/4) - 1
			}
			mirror := make([]byte, 30*size)
			for i := range mirror {
				if mirror[i] = byte(rng.Uint32()); common>>(i%size/4)&1 != 0 {
					mirror[i] = byte(i % size)
				}
			}
			ranges := []arena.Range{{First: 1, Count: 20}, {First: 23, Count: 1}}
			h := Header{SlotBytes: size, Seq: 2, Base: 1, HighWater: 30, Parts: 1}
			b, c := appendHead(nil, h, nil, nil, ranges)
			b = append(b, less(ranges, mirror, size, common)...)
			c.common = common
			h.put(b, c)
			var f Frame
			if err := f.Decode(b, Limits{SlotBytes: size, MaxSlots: 30}); err != nil {
				t.Fatal(err)
			}
			var places []int
			for r := range f.Ranges() {
				for i := range r.Count {
					places = append(places, r.First+i)
				}
			}
			checkCopies(t, &f, mirror, places)
		}
	}
}

// checkCopies checks that f brings what mirror has at places.
func checkCopies(t *testing.T, f *Frame, mirror []byte, places []int) {
	t.Helper()
	size := f.SlotBytes
	got := make([]byte, len(mirror))
	f.CopyTo(got)
	want := make([]byte, 0, len(places)*size)
	for _, i := range places {
		want = append(want, mirror[i*size:(i+1)*size]...)
		if !bytes.Equal(got[i*size:(i+1)*size], mirror[i*size:(i+1)*size]) {
			t.Fatalf("slot %d of %d bytes: % x, sent % x", i, size, got[i*size:(i+1)*size], mirror[i*size:(i+1)*size])
		}
	}
	for from := 0; from < len(places); from += 1 + from/3 {
		for count := 0; from+count <= len(places); count += 1 + count/2 {
			part := make([]byte, count*size)
			f.CopySlots(part, from)
			if !bytes.Equal(part, want[from*size:(from+count)*size]) {
				t.Fatalf("%d slots of %d bytes from %d on: not what was sent", count, size, from)
			}
		}
	}
	func() {
		defer func() {
			if said := fmt.Sprint(recover()); said[:min(len(said), 15)] != "wire: CopySlots" {
				t.Fatal(said)
			}
		}()
		f.CopySlots(make([]byte, size), len(places))
	}()
}

// Words that slots do not have, and a body that is not as long as it must be, are refused.
func TestWrongCommon(t *testing.T) {
	t.Parallel()
	const size, n = 32, 20
	limits := Limits{SlotBytes: size, MaxSlots: n}
	ranges := []arena.Range{{First: 0, Count: n}}
	h := Header{SlotBytes: size, Seq: 2, Base: 1, HighWater: n, Parts: 1}
	mirror := make([]byte, n*size)
	message := func(common uint64, kind byte) []byte {
		b, c := appendHead(nil, h, nil, nil, ranges)
		b = append(b, less(ranges, mirror, size, common)...)
		c.body, c.common = kind, common
		h.put(b, c)
		return b
	}
	var f Frame
	for what, b := range map[string][]byte{
		"a word behind the slot": message(1<<8, wholeSlots),
		"a body of differences":  message(1, differences),
		"slots of 24 bytes":      message(1, wholeSlots),
		"a word more than said":  message(0xf0, wholeSlots),
	} {
		if what == "a word more than said" {
			binary.LittleEndian.PutUint64(b[40:], 0x70)
			binary.LittleEndian.PutUint32(b[76:], checksum(b[:headerSize+int(binary.LittleEndian.Uint32(b[68:]))]))
		}
		limits := limits
		if what == "slots of 24 bytes" {
			limits.SlotBytes = 24
			binary.LittleEndian.PutUint16(b[6:], 6)
			binary.LittleEndian.PutUint32(b[72:], 4+n*20)
			b = b[:len(b)-n*8]
			binary.LittleEndian.PutUint32(b[76:], checksum(b[:headerSize+int(binary.LittleEndian.Uint32(b[68:]))]))
		}
		if err := f.Decode(b, limits); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := f.Decode(message(0xf0, wholeSlots), limits); err != nil {
		t.Error(err)
	}
}
