//go:build linux

package shared

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"net"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/foreign"
)

var hostileFor = flag.Duration("hostile", 500*time.Millisecond, "how long each hostile writer does harm")

// A hostile writer beside an honest one, and beside slots of this process, changes nothing of theirs. The times of
// Descends are for the log; no verdict depends on them.
func TestHostile(t *testing.T) {
	for _, n := range []int{100, 1000} {
		for _, mode := range []string{"", "words", "scribble", "news", "join"} {
			t.Run(fmt.Sprintf("%d/%s", n, or(mode, "none")), func(t *testing.T) { hostile(t, n, mode) })
		}
	}
}

func hostile(t *testing.T, n int, mode string) {
	h := newHost(t, 8*n+200, Config[record]{Timeout: 200 * time.Millisecond})
	before, err := h.a.AllocSpan(50, record{7})
	if err != nil {
		t.Fatal(err)
	}
	start(t, hammerC(t)(h.Address(), "honest", n, "sparse", newLedger(t).path))
	h.awaitCount(t, Joined, 1)
	first := h.log[0].Index
	behind, err := h.a.AllocSpan(50, record{8})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	var said strings.Builder
	if mode == "" {
		time.AfterFunc(*hostileFor, func() { ended <- nil })
	} else {
		bad := exec.Command(compile(t, "hostile.c"), h.Address(), "hostile", fmt.Sprint(n), fmt.Sprint(hostileFor.Seconds()), mode)
		bad.Stdout = &said
		start(t, bad)
		go func() { ended <- bad.Wait() }()
	}
	var times []time.Duration
	var shown uint32
	changed := 0
	for over := false; !over; {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("the hostile writer: %v", err)
			}
			over = true
		default:
		}
		began := time.Now()
		d := h.a.Descend()
		times = append(times, time.Since(began))
		h.hear()
		if len(h.log) > 100 {
			h.log = h.log[:50]
		}
		m := h.a.Mirror()
		tick, err := whole(m[first:first+n], true)
		if err != nil || tick < shown {
			t.Fatalf("the honest writer's tick %d shows after %d: %v", tick, shown, err)
		}
		if tick != shown {
			changed++
		}
		shown = tick
		for i := range 50 {
			if m[before.Index(i)] != (record{7}) || m[behind.Index(i)] != (record{8}) {
				t.Fatalf("slots of this process show %v, %v", m[before.Index(i)], m[behind.Index(i)])
			}
		}
		// Slots of a writer that joined during this Descend may show already. The next Descend has them below its HighWater.
		for i := d.HighWater; i < len(m); i++ {
			if m[i] != (record{}) {
				d = h.a.Descend()
				m = h.a.Mirror()
			}
			if i >= d.HighWater && m[i] != (record{}) {
				t.Fatalf("slot %d, which is free, shows %v", i, m[i])
			}
		}
	}
	if h.count[Left]+h.count[Died] > h.count[Joined] {
		t.Fatalf("%v", h.count)
	}
	slices.Sort(times)
	q := func(q float64) time.Duration { return times[int(q*float64(len(times)-1))] }
	t.Logf("%s %d Descends, p50 %v, p99 %v; the honest writer showed %d ticks; joined %d, left %d, died %d, freed %d, refused %d",
		strings.TrimSpace(said.String()), len(times), q(.5), q(.99), changed, h.count[Joined], h.count[Left], h.count[Died], h.count[Freed], h.count[Refused])
	h.mustJoin(t, "another", 10, 0)
}

// Whatever a connection says, the host answers or closes, and goes on.
func FuzzHello(f *testing.F) {
	say := func(h hello, more ...byte) []byte {
		b, _ := binary.Append(nil, binary.NativeEndian, h)
		return append(b, more...)
	}
	f.Add(say(helloOf("a", 10)))
	f.Add(say(helloOf("b", 10), 1, 0, 0, 0, 0, 0, 0, 0))
	f.Add(say(helloOf("c", 10), 2, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0))
	long := helloOf("d", 10)
	long.Metadata, long.Flags, long.Slots = 3, 3, 1<<63
	f.Add(say(long, 1, 2, 3))
	f.Add([]byte("SLOTSHM1"))
	h := newHost(f, 1000, Config[record]{Timeout: 100 * time.Millisecond})
	mine, err := h.a.AllocSpan(10, record{7})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		w, err := readHello(bytes.NewReader(b))
		if err == nil && (w.Name == "" || w.Slots < 1 || len(w.Metadata) > mostMetadata) {
			t.Fatalf("%+v is a hello", w)
		}
		c, err := net.Dial("unix", h.Address())
		if err != nil {
			t.Fatal(err)
		}
		c.Write(b)
		c.(*net.UnixConn).CloseWrite()
		c.SetReadDeadline(time.Now().Add(time.Minute))
		got := make([]byte, 256)
		for {
			if _, err := c.Read(got); err != nil {
				if e, ok := err.(net.Error); ok && e.Timeout() {
					t.Fatal("the host neither answers nor closes")
				}
				break
			}
		}
		c.Close()
		h.a.Descend()
		h.Events()
		if h.a.Mirror()[mine.Index(0)] != (record{7}) {
			t.Fatal("a slot of another has changed")
		}
	})
}

// Whatever lies in a block, a Descend ends, and changes the block's slots only.
func FuzzBlock(f *testing.F) {
	f.Add(uint64(10), []byte{4, 0, 0, 0}, []byte{255, 255, 255, 255, 255, 255, 255, 255}, int64(1))
	f.Add(uint64(65), []byte{7, 0, 0, 0, 6, 0, 0, 0}, []byte{1}, int64(-1))
	f.Fuzz(func(t *testing.T, slots uint64, words, news []byte, tick int64) {
		slots = slots%300 + 1
		a, err := arena.New(arena.Config[record]{MaxSlots: 1000, ChunkSlots: 64})
		if err != nil {
			t.Fatal(err)
		}
		front, _ := a.AllocSpan(3, record{7})
		g, err := foreign.New(a, int(slots), unsafe.Pointer(&record{5}))
		if err != nil {
			t.Fatal(err)
		}
		back, _ := a.AllocSpan(3, record{8})
		b, err := newBlock(header{Slots: slots, SlotBytes: 64})
		if err != nil {
			t.Fatal(err)
		}
		defer b.free()
		g.Attach(&b.Block)
		a.Descend()
		for i := range 3 {
			for k := range b.News[i] {
				if len(news) > 0 {
					b.News[i][k] = 0x0101010101010101 * uint64(news[(k+i)%len(news)])
				}
			}
			b.Ticks[i][0].Store(uint64(tick))
			b.Ticks[i][1].Store(uint64(tick))
		}
		for ; len(words) >= 4; words = words[4:] {
			b.Middle.Store(binary.NativeEndian.Uint32(words))
			d := a.Descend()
			for _, r := range d.Ranges {
				if r.First < g.Index() || r.End() > g.Index()+int(slots) {
					t.Fatalf("%v changed, the writer has %d slots from %d on", r, slots, g.Index())
				}
			}
			if m := a.Mirror(); m[front.Index(2)] != (record{7}) || m[back.Index(0)] != (record{8}) {
				t.Fatal("a slot of another has changed")
			}
		}
	})
}

// Allow is asked, at the same time too, and its answer counts.
func TestAllow(t *testing.T) {
	var asked atomic.Int64
	h := newHost(t, 1000, Config[record]{Allow: func(w Writer) error {
		asked.Add(1)
		if w.UID < 0 || w.PID == 0 || w.Slots != 10 {
			return fmt.Errorf("%+v", w)
		}
		return nil
	}})
	done := make(chan error)
	for i := range 8 {
		go func() {
			w, err := join(h.Address(), helloOf(fmt.Sprint(i), 10), "")
			if err == nil {
				defer w.kill()
			}
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if asked.Load() != 8 {
		t.Errorf("asked %d times", asked.Load())
	}
}
