package relay

import (
	"flag"
	"net/url"
	"runtime"
	"testing"
	"time"

	"github.com/slotstream/slotstream/arena/relay/embedded"
)

var soak = flag.Duration("soak", 3*time.Second, "how long TestSoak publishes and follows, with 60 restarts")

// Publisher, viewers and server restart again and again while writers go on. Memory does not
// grow after the first rounds.
func TestSoak(t *testing.T) {
	checkLeaks(t)
	s, err := embedded.Start(embedded.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { s.Close() }()
	at, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	w := worldAt(t, s.URL())
	nc := w.connect()
	publish := func() { // as w.publish does, but nothing of it is kept until the end
		w.arena, w.slots = newArena(t), nil
		if w.p, err = Publish(t.Context(), nc, "world", w.arena, PublisherConfig{Expire: time.Second}); err != nil {
			t.Fatal(err)
		}
	}
	follow := func() *view {
		v := &view{w: w, arena: newArena(t)}
		if v.f, err = Follow(t.Context(), nc, "world", v.arena, FollowerConfig{Quiet: 50 * time.Millisecond}); err != nil {
			t.Fatal(err)
		}
		return v
	}
	publish()
	views := []*view{follow(), follow(), follow()}
	defer func() {
		for _, v := range views {
			v.f.Close()
		}
		w.p.Close()
	}()
	const restarts = 60
	var settled uint64
	for n := range restarts {
		for end := time.Now().Add(*soak / restarts); time.Now().Before(end); time.Sleep(time.Millisecond) {
			w.churn(50)
			w.tick()
			for i, v := range views[:2] { // the third one stands still
				if i == 0 || w.rng.IntN(20) == 0 {
					v.apply()
				}
			}
		}
		switch n % 3 {
		case 0:
			i := w.rng.IntN(len(views))
			views[i].f.Close()
			views[i] = follow()
		case 1:
			w.p.Close()
			publish()
		case 2:
			s.Close()
			again, err := embedded.Start(embedded.Config{Addr: at.Host, Token: at.User.Username()})
			if err != nil {
				t.Fatal(err)
			}
			s = again
		}
		if n%15 == 14 {
			w.wait("all are equal", views...)
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			t.Logf("after %d restarts: %d KB of heap, %d goroutines", n+1, m.HeapAlloc>>10, runtime.NumGoroutine())
			if n < 15 {
				settled = m.HeapAlloc
			} else if most := 2*settled + 4<<20; m.HeapAlloc > most {
				t.Fatalf("%d bytes of heap, and %d after the first restarts", m.HeapAlloc, settled)
			}
		}
	}
}
