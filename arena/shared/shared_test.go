//go:build linux

package shared

import (
	"bytes"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slotstream/slotstream/arena"
	rec "github.com/slotstream/slotstream/arena/record"
)

func TestJoinCommitLeave(t *testing.T) {
	h := newHost(t, 1000, Config[record]{Initial: record{5}})
	follower := h.a.Follow()
	w, err := join(h.Address(), helloOf("robot", 100), `{"mesh":"arm"}`)
	if err != nil {
		t.Fatal(err)
	}
	w.put(7, record{9})
	w.commit(1, -1) // before any Descend
	d := h.a.Descend()
	h.hear()
	e := h.log[0]
	if e.Kind != Joined || e.Writer.Name != "robot" || e.Writer.Slots != 100 || string(e.Writer.Metadata) != `{"mesh":"arm"}` ||
		e.Writer.PID != os.Getpid() || e.Writer.UID != os.Getuid() || e.Index != w.index || e.Err != nil {
		t.Fatalf("%+v", e)
	}
	want := []arena.GroupTick{{Group: e.Group, To: arena.Tick{Number: 1, Time: -1}}}
	if h.slot(w, 7) != (record{9}) || h.slot(w, 8) != (record{5}) || !slices.Equal(d.Ticks, want) || !slices.Equal(follower.Ticks(), want) {
		t.Fatalf("slots %v, %v, ticks %v", h.slot(w, 7), h.slot(w, 8), d.Ticks)
	}
	w.put(8, record{10})
	w.commit(2, -2)
	w.leave()
	h.awaitCount(t, Left, 1)
	h.a.Descend()
	if h.slot(w, 7) != (record{9}) || h.slot(w, 8) != (record{10}) || h.a.Len() != 100 {
		t.Fatal("the last commit stays")
	}
	h.Close()
	if h.a.Descend(); h.a.Len() != 0 || h.slot(w, 7) != (record{}) {
		t.Fatal("the slots go with the Listener")
	}
	if h.hear(); h.count != [...]int{Joined: 1, Left: 1, Freed: 1, Refused: 0} {
		t.Fatalf("%v", h.log)
	}
	if _, err := join(h.Address(), helloOf("robot", 100), ""); err == nil {
		t.Fatal("joined a Listener that was closed")
	}
	if left, _ := filepath.Glob(h.Address() + "*"); len(left) > 0 {
		t.Fatalf("files stay: %v", left)
	}
	if h.Close() != nil || h.Disconnect("robot") {
		t.Fatal("Close again, and Disconnect, do nothing")
	}
}

// Nobody calls Descend: writers join, commit and end all the same, except where they need a Descend.
func TestHostThatNobodyDrives(t *testing.T) {
	h := newHost(t, 1000, Config[record]{Timeout: 50 * time.Millisecond})
	before, _ := mapped(t) // by tests before this one
	for k := range uint32(100) {
		w := h.mustJoin(t, "free", 100, flagFree|flagSeed) // new each time: the seed needs no Descend
		w.put(0, record{k})
		w.commit(uint64(k), 0)
		w.leave()
		h.await(t, "the end", true, func() bool { return h.count[Freed] == int(k)+1 })
	}
	h.await(t, "the memory to go", true, func() bool { maps, _ := mapped(t); return maps <= before })
	w := h.mustJoin(t, "stays", 10, 0)
	w.put(3, record{77})
	w.commit(1, 0)
	w.kill()
	h.await(t, "the death", true, func() bool { return h.count[Died] == 1 })
	if _, err := join(h.Address(), helloOf("stays", 10), ""); err == nil || !strings.Contains(err.Error(), "has not called Descend") {
		t.Fatalf("the last commit of the life before has no Descend yet: %v", err)
	}
	h.a.Descend()
	if h.slot(w, 3) != (record{77}) {
		t.Fatal("the Descend shows it")
	}
	heir := h.mustJoin(t, "stays", 10, 0)
	heir.kill()
	h.await(t, "the death", true, func() bool { return h.count[Died] == 2 })
	h.a.Descend()
	seeded := helloOf("stays", 10)
	seeded.Flags = flagSeed
	if _, err := join(h.Address(), seeded, ""); err == nil || !strings.Contains(err.Error(), "seed needs") {
		t.Fatalf("a seed needs a Descend: %v", err)
	}
}

// An heir goes on from the values that show; another number of slots is another writer.
func TestSeed(t *testing.T) {
	h := newHost(t, 1000, Config[record]{Initial: record{5}})
	first := h.mustJoin(t, "s", 70, flagSeed)
	if !first.seeded || first.values[0][69] != (record{5}) || first.lives != 1 {
		t.Fatal("the first life has Initial")
	}
	first.put(69, record{6})
	first.commit(1, 0)
	first.kill()
	h.awaitCount(t, Died, 1)
	stop := h.drive()
	heir := h.mustJoin(t, "s", 70, flagSeed)
	if !heir.seeded || heir.values[0][69] != (record{6}) || heir.values[0][0] != (record{5}) || heir.lives != 2 || heir.index != first.index {
		t.Fatalf("the heir has %v, life %d", heir.values[0][69], heir.lives)
	}
	heir.kill()
	h.await(t, "the death", true, func() bool { return h.count[Died] == 2 })
	other := h.mustJoin(t, "s", 71, flagSeed)
	if other.values[0][69] != (record{5}) {
		t.Fatalf("other slots have %v", other.values[0][69])
	}
	stop()
	h.hear()
	if h.a.Len() != 71 || h.count[Freed] != 1 {
		t.Fatalf("%d slots, %v", h.a.Len(), h.log)
	}
}

func TestRefused(t *testing.T) {
	h := newHost(t, 1000, Config[record]{MaxWriters: 2, MaxSlots: 500, MaxMetadata: 10, Timeout: 100 * time.Millisecond,
		Allow: func(w Writer) error {
			if w.Name == "stranger" {
				return errors.New("the door is shut to strangers")
			}
			return nil
		}})
	h.mustJoin(t, "one", 100, 0)
	change := func(f func(*hello)) hello {
		x := helloOf("two", 100)
		f(&x)
		return x
	}
	for _, c := range []struct {
		hello    hello
		metadata string
		why      string
	}{
		{change(func(h *hello) { h.Magic[0] = 'X' }), "", "not a hello of slotstream"},
		{change(func(h *hello) { h.Version = 2 }), "", "version 2"},
		{change(func(h *hello) { h.Order = 0x04030201 }), "", "byte order 0x4030201"},
		{change(func(h *hello) { h.Slots = 0 }), "", "0 slots"},
		{change(func(h *hello) { h.Slots = 1<<63 - 1 }), "", "slots: want 1 to"},
		{change(func(h *hello) { h.Slots = 1 << 63 }), "", "slots: want 1 to"},
		{change(func(h *hello) { h.Slots = 1<<64 - 1 }), "", "slots: want 1 to"},
		{change(func(h *hello) { h.Slots = 1<<31 - 1 }), "", "of 500 are in use"},
		{change(func(h *hello) { h.Slots = 401 }), "", "401 slots: 100 of 500 are in use"},
		{change(func(h *hello) { h.SlotBytes = 1<<32 - 64 }), "", "slots of 4294967232 bytes"},
		{change(func(h *hello) { h.SlotBytes = 60 }), "", `slots of 60 bytes, "16uint32": the host's have 64 bytes, "16uint32"`},
		{change(func(h *hello) { copy(h.Layout[:], "16float32") }), "", `"16float32": the host's have`},
		{change(func(h *hello) { h.Name = [64]byte{} }), "", "the name"},
		{change(func(h *hello) { h.Name[0] = 0xff }), "", "the name"},
		{change(func(h *hello) { copy(h.Name[:], strings.Repeat("x", 64)) }), "", "the name"},
		{change(func(h *hello) { copy(h.Name[:], "one\x00") }), "", `writes under the name "one"`},
		{change(func(h *hello) { copy(h.Name[:], "stranger") }), "", "shut to strangers"},
		{helloOf("two", 100), strings.Repeat("x", 11), "11 bytes of metadata: the host takes 10"},
	} {
		w, err := join(h.Address(), c.hello, c.metadata)
		if err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%v, want %q", err, c.why)
		}
		if err == nil {
			w.kill()
		}
		n := h.count[Refused] + 1
		h.awaitCount(t, Refused, n)
		if e := h.log[len(h.log)-1]; e.Kind != Refused || e.Err == nil || !strings.Contains(e.Err.Error(), c.why) {
			t.Errorf("told %+v, want %q", e, c.why)
		}
	}
	h.mustJoin(t, "two", 400, 0)
	if _, err := join(h.Address(), helloOf("three", 1), ""); err == nil || !strings.Contains(err.Error(), "2 writers already") {
		t.Error(err)
	}
}

// A vacant name keeps its slots for the lease, and loses them where another needs the room.
func TestLease(t *testing.T) {
	h := newHost(t, 300, Config[record]{MaxWriters: 3, Lease: 100 * time.Millisecond})
	w := h.mustJoin(t, "vacant", 100, 0)
	w.leave()
	h.awaitCount(t, Left, 1)
	h.awaitCount(t, Freed, 1)
	if h.a.Len() != 0 || h.log[len(h.log)-1].Writer.Name != "vacant" {
		t.Fatalf("%d slots, %v", h.a.Len(), h.log)
	}

	h = newHost(t, 1000, Config[record]{MaxWriters: 4, MaxSlots: 300})
	var lives []*writer
	for _, name := range []string{"a", "b", "c"} {
		w := h.mustJoin(t, name, 100, 0)
		lives = append(lives, w)
	}
	h.a.Descend()
	for i, k := range []int{1, 0} { // b first, then a
		lives[k].leave()
		h.awaitCount(t, Left, i+1)
	}
	h.mustJoin(t, "d", 50, 0) // b's slots go: it is vacant for the longest time
	if h.hear(); h.count[Freed] != 1 || h.log[len(h.log)-2].Writer.Name != "b" {
		t.Fatalf("%v", h.log)
	}
	if _, err := join(h.Address(), helloOf("c2", 200), ""); err == nil { // a's do not suffice
		t.Fatal("200 slots where 150 are in use")
	}
	h.awaitCount(t, Refused, 1)
	if h.a.Len() != 250 || h.count[Freed] != 1 {
		t.Fatalf("%d slots: none is freed in vain; %v", h.a.Len(), h.log)
	}
	for _, w := range lives[2:] {
		w.leave()
	}
	h.awaitCount(t, Left, 3)
	h.mustJoin(t, "c2", 200, 0)
	if h.a.Len() != 250 {
		t.Fatalf("%d slots, %v", h.a.Len(), h.log)
	}
}

// A recorder follows such a group as any other: ticks that go back, and NaN of any kind, are recorded and played as the
// writer gave them.
func TestTicksThatGoBackAndNaNAreRecorded(t *testing.T) {
	h := newHost(t, 100, Config[record]{})
	var file bytes.Buffer
	var now time.Duration
	recorder, err := rec.NewRecorder(&file, h.a, rec.Config{Clock: func() time.Duration { return now }})
	if err != nil {
		t.Fatal(err)
	}
	w := h.mustJoin(t, "w", 10, 0)
	ticks := []arena.Tick{{Number: 7, Time: time.Hour}, {Number: 3, Time: -time.Hour}, {Number: 3, Time: -time.Hour}, {Number: 1<<64 - 1}}
	const signalling, quiet = 0x7f800001, 0xffc12345 // of float32
	for i, tick := range ticks {
		now = time.Duration(i) * time.Second
		w.put(5, record{signalling, quiet, uint32(i)})
		w.commit(tick.Number, int64(tick.Time))
		h.a.Descend()
		if err := recorder.Append(); err != nil {
			t.Fatal(err)
		}
		recorder.Wait()
	}
	if err := recorder.Close(); err != nil {
		t.Fatal(err)
	}
	recording, err := rec.Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	there, err := arena.New(arena.Config[record]{MaxSlots: 100})
	if err != nil {
		t.Fatal(err)
	}
	player, err := rec.NewPlayer(recording, there)
	if err != nil {
		t.Fatal(err)
	}
	defer player.Close()
	for _, i := range []int{0, 1, 2, 3, 0, 3, 1} {
		if err := player.Seek(time.Duration(i) * time.Second); err != nil {
			t.Fatal(err)
		}
		there.Descend()
		if got := player.Ticks(); len(got) != 1 || got[0].To != ticks[i] {
			t.Errorf("moment %d is at %v, want %v", i, got, ticks[i])
		}
		if got := there.Mirror()[w.index+5]; got != (record{signalling, quiet, uint32(i)}) {
			t.Errorf("moment %d shows %#x", i, got)
		}
	}
}

// Slots of two types, at one address.
func TestTwoTypes(t *testing.T) {
	type mat [16]float32
	h := newHost(t, 100, Config[record]{})
	a, err := arena.New(arena.Config[mat]{MaxSlots: 100})
	if err != nil {
		t.Fatal(err)
	}
	l, err := Listen(a, h.Address(), Config[mat]{MaxMetadata: 3})
	if err != nil {
		t.Fatal(err)
	}
	matrices := helloOf("m", 10)
	matrices.Layout = [64]byte{}
	copy(matrices.Layout[:], "16float32")
	m, err := join(h.Address(), matrices, "abc")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := join(h.Address(), matrices, "abcd"); err == nil {
		t.Fatal("each Listener has its own limits")
	}
	r := h.mustJoin(t, "m", 10, 0)
	m.put(1, record{1})
	r.put(2, record{2})
	m.commit(1, 0)
	r.commit(1, 0)
	a.Descend()
	h.a.Descend()
	if h.slot(r, 2) != (record{2}) || a.Mirror()[m.index+1] == (mat{}) || len(l.Events()) != 2 {
		t.Fatal("each writer has slots of its type")
	}
	matrices.SlotBytes = 128
	if _, err := join(h.Address(), matrices, ""); err == nil || !strings.Contains(err.Error(), `the host's have 64 bytes, "16uint32", or 64 bytes, "16float32"`) {
		t.Fatal(err)
	}
	h.Close()
	if _, err := join(h.Address(), helloOf("x", 1), ""); err == nil {
		t.Fatal("joined a Listener that was closed")
	}
	m.put(1, record{3})
	m.commit(2, 0)
	if a.Descend(); l.Close() != nil {
		t.Fatal("the second Listener goes on")
	}
	if left, _ := filepath.Glob(h.Address() + "*"); len(left) > 0 {
		t.Fatalf("files stay: %v", left)
	}
}

func TestKick(t *testing.T) {
	h := newHost(t, 1000, Config[record]{})
	w := h.mustJoin(t, "k", 10, 0)
	if !h.Disconnect("k") {
		t.Fatal("there is one")
	}
	h.awaitCount(t, Died, 1)
	if e := h.log[len(h.log)-1]; !errors.Is(e.Err, errDisconnected) || h.Disconnect("k") || h.Disconnect("x") {
		t.Fatalf("%+v", e)
	}
	if w.closed.Load() == 0 {
		t.Fatal("the writer is not told")
	}
}

// A writer whose commits the host exchanges, by messages.
func TestExchangeByHost(t *testing.T) {
	h := newHost(t, 1000, Config[record]{})
	w := h.mustJoin(t, "m", 10, 0)
	for k := range uint32(10) {
		w.values[w.back][3] = record{k + 1}
		w.news[w.back][0] = 1 << 3
		w.ticks[w.back][0] = uint64(k)
		old, err := w.exchangeByHost(w.back | 4)
		if err != nil {
			t.Fatal(err)
		}
		w.back = old & 3
		h.a.Descend()
		if h.slot(w, 3) != (record{k + 1}) {
			t.Fatalf("%d shows %v", k, h.slot(w, 3))
		}
	}
	w.conn.Write([]byte{9, 0, 0, 0, 0, 0, 0, 0})
	h.awaitCount(t, Died, 1)
	if e := h.log[len(h.log)-1]; !strings.Contains(e.Err.Error(), "9 is no message") {
		t.Fatal(e.Err)
	}
}

// A word that the protocol does not allow ends the writer; its slots and the other writers stay.
func TestBrokenWord(t *testing.T) {
	h := newHost(t, 1000, Config[record]{})
	w, honest := h.mustJoin(t, "b", 10, 0), h.mustJoin(t, "h", 10, 0)
	h.a.Descend()
	w.middle.Store(7)
	h.awaitCount(t, Died, 1)
	if e := h.log[len(h.log)-1]; !errors.Is(e.Err, errBroken) || e.Writer.Name != "b" {
		t.Fatalf("%+v", e)
	}
	honest.put(0, record{1})
	honest.commit(1, 0)
	if h.a.Descend(); h.slot(honest, 0) != (record{1}) {
		t.Fatal("the honest writer goes on")
	}
	h.mustJoin(t, "b", 10, 0)
}

// Connections that say nothing keep nobody out.
func TestSilentConnections(t *testing.T) {
	h := newHost(t, 1000, Config[record]{Timeout: time.Minute})
	var silent []net.Conn
	for range 3 * mostInLobby {
		c, err := net.Dial("unix", h.Address())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		silent = append(silent, c)
		if len(silent)%mostInLobby == 0 {
			h.mustJoin(t, "w", 10, 0).kill()
			h.awaitCount(t, Died, len(silent)/mostInLobby)
		}
	}
}

func TestListenFails(t *testing.T) {
	a, err := arena.New(arena.Config[record]{MaxSlots: 100})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	os.WriteFile(file, []byte("precious"), 0o600)
	h := newHost(t, 100, Config[record]{})
	for _, c := range []struct {
		address string
		cfg     Config[record]
		why     string
	}{
		{h.Address(), Config[record]{}, `listens there already for slots of the layout "16uint32"`},
		{file, Config[record]{}, "is no socket"},
		{filepath.Join(dir, "no/such/folder"), Config[record]{}, "no such file or directory"},
		{filepath.Join(dir, strings.Repeat("x", 120)), Config[record]{}, "107 at most"},
		{file, Config[record]{MaxWriters: -1}, "MaxWriters is -1"},
		{file, Config[record]{MaxSlots: -1}, "MaxSlots -1"},
		{file, Config[record]{MaxMetadata: 65537}, "MaxMetadata is 65537"},
		{file, Config[record]{Lease: -1}, "Lease is -1ns"},
		{file, Config[record]{Timeout: -1}, "Timeout -1ns"},
		{file, Config[record]{Mode: fs.ModeDir}, "permissions only"},
	} {
		l, err := Listen(a, c.address, c.cfg)
		if err == nil || !strings.HasPrefix(err.Error(), "shared: listen at "+c.address+": ") || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%v, want %q", err, c.why)
		}
		if err == nil {
			l.Close()
		}
	}
	if b, _ := os.ReadFile(file); string(b) != "precious" {
		t.Error("the file is lost")
	}
	type odd struct {
		A [1]int32
		B [1]uint8
		C [1]int16
		D [1]int32
		E [1]uint8
		F [1]int16
		G [1]int32
		H [1]uint8
		I [1]int16
	}
	b, err := arena.New(arena.Config[odd]{MaxSlots: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(b, filepath.Join(dir, "odd"), Config[odd]{}); err == nil || !strings.Contains(err.Error(), "room for 63") {
		t.Error(err)
	}
}

func TestAddressAndMode(t *testing.T) {
	a, err := arena.New(arena.Config[record]{MaxSlots: 100})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Setenv("SLOTSTREAM_SOCKET", "")
	t.Setenv("XDG_RUNTIME_DIR", dir)
	for range 2 { // again: the first one leaves nothing behind
		l, err := Listen(a, "", Config[record]{})
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, "slotstream.sock"))
		if err != nil || info.Mode().Perm() != 0o600 || l.Address() != filepath.Join(dir, "slotstream.sock") {
			t.Fatal(err, info, l.Address())
		}
		l.Close()
	}
	t.Setenv("SLOTSTREAM_SOCKET", filepath.Join(dir, "other"))
	l, err := Listen(a, "", Config[record]{Mode: 0o666})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if info, err := os.Stat(filepath.Join(dir, "other")); err != nil || info.Mode().Perm() != 0o666 {
		t.Fatal(err, info)
	}
}
