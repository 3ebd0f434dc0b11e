//go:build linux

package shared

import (
	"encoding/binary"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unsafe"
)

// A row of a table in the package comment.
type row struct {
	at, bytes int
	what      string
}

// tables reads the tables of the package comment: the third word of a table's head names it.
func tables(t *testing.T) map[string][]row {
	t.Helper()
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]row{}
	head := regexp.MustCompile(`^//\t *at +bytes +(\w+)$`)
	line := regexp.MustCompile(`^//\t *(\d+) +(?:(\d+)  +)?(\S.*)$`)
	name := ""
	for s := range strings.Lines(string(text)) {
		s = strings.TrimRight(s, "\n")
		if m := head.FindStringSubmatch(s); m != nil {
			name = m[1]
			continue
		}
		m := line.FindStringSubmatch(s)
		if m == nil {
			name = ""
			continue
		}
		if name != "" {
			at, _ := strconv.Atoi(m[1])
			bytes, _ := strconv.Atoi(m[2])
			found[name] = append(found[name], row{at, bytes, m[3]})
		}
	}
	return found
}

// A fact is what a row has to say: the code's place, size and value.
type fact struct {
	what  string // how the row begins
	at    uintptr
	bytes uintptr
	value any // what it says is always there; nil: depends
}

func checkTable(t *testing.T, name string, rows []row, facts []fact) {
	t.Helper()
	if len(rows) != len(facts) {
		t.Fatalf("%s: the comment has %d rows, the code %d", name, len(rows), len(facts))
	}
	end := 0
	for i, r := range rows {
		f := facts[i]
		if r.at != int(f.at) || r.bytes != int(f.bytes) || !strings.HasPrefix(r.what, f.what) {
			t.Errorf("%s: the comment has %+v, the code %q of %d bytes at %d", name, r, f.what, f.bytes, f.at)
		}
		switch v := f.value.(type) {
		case string:
			if !strings.Contains(r.what, v) {
				t.Errorf("%s: %q does not say %q", name, r.what, v)
			}
		case int:
			if !strings.Contains(r.what, strconv.Itoa(v)) && !strings.Contains(r.what, "0x"+strconv.FormatInt(int64(v), 16)) &&
				!strings.Contains(r.what, "0x0"+strconv.FormatInt(int64(v), 16)) {
				t.Errorf("%s: %q does not say %d", name, r.what, v)
			}
		}
		if r.at < end {
			t.Errorf("%s: %+v begins before %d", name, r, end)
		}
		end = r.at + r.bytes
	}
}

// field is a fact of a struct that goes over the socket or into the block.
func field[S any](what, name string, value any) fact {
	f, ok := reflect.TypeFor[S]().FieldByName(name)
	if !ok {
		panic(name)
	}
	return fact{what, f.Offset, f.Type.Size(), value}
}

// The tables of the package comment have every byte of block and messages, where the code has them.
func TestTheTablesAreTheCode(t *testing.T) {
	found := tables(t)
	end := func(n int) fact { return fact{"the end", uintptr(n), 0, nil} }
	checkTable(t, "hello", found["hello"], []fact{
		field[hello]("magic", "Magic", magic), field[hello]("version", "Version", version), field[hello]("order", "Order", byteOrder),
		field[hello]("slots", "Slots", nil), field[hello]("slot bytes", "SlotBytes", nil),
		field[hello]("flags: 1 free", "Flags", "2 seed"), field[hello]("metadata", "Metadata", "65,536"),
		field[hello]("name", "Name", nil), field[hello]("layout", "Layout", nil), end(binary.Size(hello{})),
	})
	checkTable(t, "welcome", found["welcome"], []fact{
		field[welcome]("magic", "Magic", magic), field[welcome]("version", "Version", version), field[welcome]("refused", "Refused", nil),
		field[welcome]("bytes", "Bytes", nil), field[welcome]("why", "Why", nil), end(binary.Size(welcome{})),
	})
	checkTable(t, "message", found["message"], []fact{
		field[message]("what: 1 the writer leaves, 2 exchange", "What", nil), field[message]("word", "Word", nil), end(binary.Size(message{})),
	})
	checkTable(t, "block", found["block"], []fact{
		field[header]("magic", "Magic", magic), field[header]("version", "Version", version), field[header]("order", "Order", byteOrder),
		field[header]("bytes", "Bytes", nil), field[header]("slots", "Slots", nil), field[header]("slot bytes", "SlotBytes", nil),
		field[header]("seeded", "Seeded", nil), field[header]("index", "Index", nil),
		field[header]("news:", "News", nil), field[header]("news stride", "NewsStride", nil),
		field[header]("values:", "Values", nil), field[header]("values stride", "ValuesStride", nil),
		field[header]("lives", "Lives", nil), field[header]("middle:", "Middle", "from 1024 to 4095"),
		field[header]("layout", "Layout", nil), field[header]("name", "Name", nil),
		{"closed", atClosed, 4, nil},
		{"tick of buffer 0", atTicks, 16, nil}, {"tick of buffer 1", atTicks + 64, 16, nil}, {"tick of buffer 2", atTicks + 128, 16, nil},
		{"middle word", atMiddle, 4, "1 at first"},
		{"news", atNews, 0, nil},
	})
	if sayLeave != 1 || sayExchange != 2 || flagFree != 1 || flagSeed != 2 || mostMetadata != 65536 {
		t.Error("the numbers in the rows are not the code's")
	}
}

// A block is what the table says, and has nothing beside it.
func TestABlockIsTheTable(t *testing.T) {
	for _, slots := range []uint64{1, 64, 65, 1000} {
		h := header{Slots: slots, SlotBytes: 64, Seeded: 1, Index: 77, Lives: 3}
		copy(h.Layout[:], recordLayout)
		copy(h.Name[:], "robot")
		b, err := newBlock(h)
		if err != nil {
			t.Fatal(err)
		}
		u64 := func(at int) uint64 { return binary.NativeEndian.Uint64(b.mem[at:]) }
		u32 := func(at int) uint32 { return binary.NativeEndian.Uint32(b.mem[at:]) }
		stride, values := up((slots+63)/64*8, 64), up(slots*64, 4096)
		place := up(4096+3*stride, 4096)
		middle := u64(88)
		if string(b.mem[:8]) != "SLOTSHM1" || u32(8) != 1 || u32(12) != 0x01020304 || u64(16) != place+3*values || u64(16) != uint64(len(b.mem)) ||
			u64(24) != slots || u32(32) != 64 || u32(36) != 1 || u64(40) != 77 || u64(48) != 4096 || u64(56) != stride ||
			u64(64) != place || u64(72) != values || u64(80) != 3 || middle < 1024 || middle > 4092 || u32(int(middle)) != 1 ||
			text(b.mem[128:192]) != "16uint32" || text(b.mem[192:256]) != "robot" || u32(256) != 0 {
			t.Errorf("%d slots: %x", slots, b.mem[:320])
		}
		for i := range b.mem {
			named := i < 96 || i >= 128 && i < 260 || i >= int(middle) && i < int(middle)+4
			if !named && b.mem[i] != 0 {
				t.Fatalf("byte %d is %d, and no row names it", i, b.mem[i])
			}
		}
		at := func(p unsafe.Pointer) uint64 { return uint64(uintptr(p) - uintptr(unsafe.Pointer(&b.mem[0]))) }
		for i := range uint64(3) {
			if at(b.Values[i]) != place+i*values || at(unsafe.Pointer(&b.News[i][0])) != 4096+i*stride || at(unsafe.Pointer(b.Ticks[i])) != 320+64*i {
				t.Errorf("buffer %d is elsewhere", i)
			}
		}
		if at(unsafe.Pointer(b.Middle)) != middle {
			t.Error("the middle word is elsewhere")
		}
		if b.close(); u32(256) != 1 {
			t.Error("closed is elsewhere")
		}
		b.free()
	}
}
