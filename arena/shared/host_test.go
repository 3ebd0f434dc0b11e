//go:build linux

package shared

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/slotstream/slotstream/arena"
)

// A host is an arena of records that processes write, and what was told of them.
type host struct {
	*Listener[record]
	a     *arena.Arena[record]
	log   []Event
	count [Refused + 1]int
}

func newHost(t testing.TB, slots int, cfg Config[record]) *host {
	t.Helper()
	return newHostAt(t, filepath.Join(t.TempDir(), "s"), slots, cfg)
}

func newHostAt(t testing.TB, path string, slots int, cfg Config[record]) *host {
	t.Helper()
	a, err := arena.New(arena.Config[record]{MaxSlots: slots, ChunkSlots: 64})
	if err != nil {
		t.Fatal(err)
	}
	h := &host{a: a}
	if h.Listener, err = Listen(a, path, cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// hear takes the events that have come.
func (h *host) hear() {
	for _, e := range h.Events() {
		h.log = append(h.log, e)
		h.count[e.Kind]++
	}
}

// await hears, and descends unless still, until done. The time is for tests that hang, no verdict.
func (h *host) await(t testing.TB, what string, still bool, done func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(100 * time.Microsecond) {
		if !still {
			h.a.Descend()
		}
		if h.hear(); done() {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("waited a minute for %s: %v", what, h.log)
		}
	}
}

func (h *host) awaitCount(t testing.TB, k Kind, n int) {
	t.Helper()
	h.await(t, k.String(), false, func() bool { return h.count[k] >= n })
}

// mustJoin joins, and stays until the test ends, unless the test ends the writer.
func (h *host) mustJoin(t testing.TB, name string, slots int, flags uint32) *writer {
	t.Helper()
	hello := helloOf(name, slots)
	hello.Flags = flags
	w, err := join(h.Address(), hello, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { runtime.KeepAlive(w) }) // the garbage collector closes connections that nothing refers to: the writer would leave
	return w
}

// slot returns what slot i of w shows.
func (h *host) slot(w *writer, i int) record { return h.a.Mirror()[w.index+i] }

// drive descends in another goroutine until stop.
func (h *host) drive() (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-quit:
				return
			default:
				h.a.Descend()
				time.Sleep(100 * time.Microsecond)
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}

// mapped returns how many blocks this process has mapped, and its descriptors.
func mapped(t testing.TB) (blocks, descriptors int) {
	t.Helper()
	b, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	d, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(b), "memfd:slotstream"), len(d)
}
