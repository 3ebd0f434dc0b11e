package relay

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"go.uber.org/goleak"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay/embedded"
)

type mat4 [16]float32

// A world is an arena that is published through a server.
type world struct {
	t   testing.TB
	url string
	rng *rand.Rand

	arena *arena.Arena[mat4]
	slots []arena.Slot[mat4]
	p     *Publisher[mat4]
}

func newWorld(t testing.TB, cfg PublisherConfig) *world {
	t.Helper()
	checkLeaks(t)
	s, err := embedded.Start(embedded.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	w := worldAt(t, s.URL())
	w.publish(cfg)
	return w
}

// worldAt makes a world for the caller's server. Nothing is published yet.
func worldAt(t testing.TB, url string) *world {
	return &world{t: t, url: url, rng: rand.New(rand.NewPCG(3, 4))}
}

// checkLeaks fails the test if goroutines outlive it.
func checkLeaks(t testing.TB) {
	if t, ok := t.(*testing.T); ok {
		leaks := goleak.IgnoreCurrent()
		t.Cleanup(func() { goleak.VerifyNone(t, leaks) })
	}
}

// connect makes a connection of a program's own.
func (w *world) connect() *nats.Conn {
	w.t.Helper()
	nc, err := nats.Connect(w.url, nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(nc.Close)
	return nc
}

// publish publishes a new, empty arena.
func (w *world) publish(cfg PublisherConfig) {
	w.t.Helper()
	w.arena, w.slots = newArena(w.t), nil
	w.publishArena(cfg)
}

func (w *world) publishArena(cfg PublisherConfig) {
	w.t.Helper()
	p, err := Publish(w.t.Context(), w.connect(), "world", w.arena, cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { p.Close() })
	w.p = p
}

func newArena(t testing.TB) *arena.Arena[mat4] {
	a, err := arena.New(arena.Config[mat4]{MaxSlots: 1 << 16})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// churn stores, allocates and frees at random.
func (w *world) churn(n int) {
	for range n {
		v := mat4{w.rng.Float32(), 15: w.rng.Float32()}
		switch k := w.rng.IntN(10); {
		case len(w.slots) < 3000 && k < 5:
			s, err := w.arena.Alloc(v)
			if err != nil {
				w.t.Fatal(err)
			}
			w.slots = append(w.slots, s)
		case len(w.slots) > 0 && k < 6:
			i := w.rng.IntN(len(w.slots))
			if err := w.slots[i].Free(); err != nil {
				w.t.Fatal(err)
			}
			w.slots[i] = w.slots[len(w.slots)-1]
			w.slots = w.slots[:len(w.slots)-1]
		case len(w.slots) > 0:
			w.slots[w.rng.IntN(len(w.slots))].Store(&v)
		}
	}
}

// tick is one frame of the publisher's program.
func (w *world) tick() {
	w.t.Helper()
	if err := send(w.arena, w.p); err != nil {
		w.t.Fatal(err)
	}
}

// A view is a follower in an arena of its own.
type view struct {
	w     *world
	arena *arena.Arena[mat4]
	f     *Follower[mat4]
	shown Shown
}

func (w *world) view(cfg FollowerConfig) *view {
	w.t.Helper()
	v := &view{w: w, arena: newArena(w.t)}
	f, err := Follow(w.t.Context(), w.connect(), "world", v.arena, cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { f.Close() })
	v.f = f
	return v
}

func (v *view) apply() {
	v.w.t.Helper()
	if err := v.look(); err != nil {
		v.w.t.Fatal(err)
	}
}

// equal reports whether both arenas show the same.
func (v *view) equal() bool {
	v.apply()
	there, here := v.w.arena.Mirror(), v.arena.Mirror()
	if v.shown.Epoch != v.w.p.info.Epoch {
		return false
	}
	for i, m := range there {
		if i >= v.f.top && m != (mat4{}) || i < v.f.top && here[v.f.Index(i)] != m {
			return false
		}
	}
	for i := len(there); i < v.f.top; i++ {
		if here[v.f.Index(i)] != (mat4{}) {
			return false
		}
	}
	return true
}

// wait runs the publisher until every view is equal.
func (w *world) wait(what string, views ...*view) {
	w.t.Helper()
	w.until(what, func() bool {
		w.tick()
		all := true
		for _, v := range views {
			all = v.equal() && all
		}
		return all
	})
}

func (w *world) until(what string, ok func() bool) {
	w.t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("not so after 20 s: %s", what)
		}
	}
}

// Writers store, allocate and free at random. An early viewer, a slow one and a late one
// show the same in the end.
func TestEqual(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	early, seldom := w.view(FollowerConfig{}), w.view(FollowerConfig{Frames: 2})
	for i := range 300 {
		w.churn(200)
		w.tick()
		early.apply()
		if i%50 == 0 {
			seldom.apply()
		}
	}
	late := w.view(FollowerConfig{})
	w.wait("all equal", early, seldom, late)
	for _, s := range w.slots {
		s.Free()
	}
	w.slots = nil
	w.wait("all equal, and everything is free", early, seldom, late)
	if s := w.p.Stats(); s.Viewers != 3 || s.Frames == 0 || s.Bytes == 0 || s.Conflated == 0 || s.Resent != 0 {
		t.Errorf("%+v", s)
	}
}

// Send sends what every Descend found, no matter who called it, and nothing more.
func TestDescendsOfOthers(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	if _, err := w.arena.AllocSpan(10_000, mat4{1}); err != nil {
		t.Fatal(err)
	}
	v := w.view(FollowerConfig{})
	w.wait("equal", v)
	first, one := w.p.Stats().Bytes, w.slots
	for range 3 {
		s, err := w.arena.Alloc(mat4{2})
		if err != nil {
			t.Fatal(err)
		}
		one = append(one, s)
	}
	w.wait("equal with three more", v)
	for i := range 30 {
		one[i%3].Store(&mat4{3, float32(i)})
		for range i % 4 { // another part of the program draws, for example
			w.arena.Descend()
		}
		if err := w.p.Send(); err != nil {
			t.Fatal(err)
		}
	}
	w.wait("equal after all Descends", v)
	if s := w.p.Stats(); s.Bytes-first > 34*(3*64+headBytes) || s.Resent != 0 {
		t.Errorf("%d bytes for 33 slots, after %d for 10,000; %d resent", s.Bytes-first, first, s.Resent)
	}
}

// Every follower that comes while Send runs becomes a viewer.
func TestArrivals(t *testing.T) {
	const workers, each = 4, 2000
	w := newWorld(t, PublisherConfig{MaxViewers: workers * each, Expire: time.Hour})
	var come sync.WaitGroup
	for k := range workers {
		come.Go(func() {
			for i := range each {
				q := pull{session: fmt.Sprintf("S%d-%d", k, i), epoch: w.p.info.Epoch, window: 1, frames: 1}
				w.p.handle(&nats.Msg{Data: q.append(nil)})
			}
		})
	}
	all := make(chan bool)
	go func() {
		come.Wait()
		close(all)
	}()
	for here := false; !here; {
		select {
		case <-all:
			here = true
		default:
		}
		w.tick()
	}
	if n := w.p.Stats().Viewers; n != workers*each {
		t.Errorf("%d viewers, and %d came", n, workers*each)
	}
}
