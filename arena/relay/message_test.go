package relay

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
)

// Slots that do not fit the server's messages are an error of Publish. A frame that does not
// fit is an error of Send.
func TestTooLargeForMessages(t *testing.T) {
	checkLeaks(t)
	w := worldAt(t, startServer(t, &server.Options{MaxPayload: 1024}).ClientURL())
	large, err := arena.New(arena.Config[[65_536]float32]{MaxSlots: 64})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Publish(t.Context(), w.connect(), "world", large, PublisherConfig{})
	checkError(t, err, "relay: publish world", "slots of 262144 bytes", "262140")
	some, err := arena.New(arena.Config[[240]float32]{MaxSlots: 64})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Publish(t.Context(), w.connect(), "world", some, PublisherConfig{})
	checkError(t, err, "relay: publish world", "a slot of 960 bytes", "max_payload")

	const slots = 1 << 20
	if w.arena, err = arena.New(arena.Config[mat4]{MaxSlots: slots}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.arena.AllocSpan(slots, mat4{1}); err != nil {
		t.Fatal(err)
	}
	w.publishArena(PublisherConfig{})
	w.view(FollowerConfig{})
	w.until("it is said", func() bool { err = send(w.arena, w.p); return err != nil })
	checkError(t, err, "relay: publish world", "messages of 1024 bytes", "max_payload")
}

// After a restart with a smaller max_payload, frames fit the server's messages.
func TestServerTakesLess(t *testing.T) {
	checkLeaks(t)
	s := startServer(t, &server.Options{})
	w := worldAt(t, s.ClientURL())
	w.publish(PublisherConfig{})
	v := w.view(FollowerConfig{Quiet: 20 * time.Millisecond})
	w.churn(5000)
	w.wait("equal", v)
	for _, most := range []int32{2048, 160, 1 << 20} {
		port := s.Addr().(*net.TCPAddr).Port
		endServer(s)
		s = startServer(t, &server.Options{Port: port, MaxPayload: most})
		w.churn(2000)
		if most < 64+headBytes {
			w.until("it is said", func() bool { w.churn(10); return send(w.arena, w.p) != nil })
			continue
		}
		w.until("equal", func() bool { return send(w.arena, w.p) == nil && v.equal() })
	}
}

// A stalled network takes no bytes, and returns no error.
type stalled struct {
	net.Conn
	*stall
}

type stall struct {
	mu   sync.Mutex
	wait chan struct{}
}

func (s *stall) Dial(network, address string) (net.Conn, error) {
	c, err := net.Dial(network, address)
	return stalled{c, s}, err
}

// set stalls the network, or lets it go on.
func (s *stall) set(stalls bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stalls {
		s.wait = make(chan struct{})
	} else {
		close(s.wait)
		s.wait = nil
	}
}

func (s stalled) Write(b []byte) (int, error) {
	s.mu.Lock()
	wait := s.wait
	s.mu.Unlock()
	if wait != nil {
		<-wait
	}
	return s.Conn.Write(b)
}

// Send never waits for the network.
func TestSendDoesNotWait(t *testing.T) {
	checkLeaks(t)
	network := new(stall)
	w := worldAt(t, lossyServer(t, 0))
	c := newCourse(t, 30_000)
	w.arena = c.arena
	nc, err := nats.Connect(w.url, nats.SetCustomDialer(network))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	p, err := Publish(t.Context(), nc, "world", w.arena, PublisherConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	w.p = p
	v := w.view(FollowerConfig{})
	w.wait("equal", v)
	network.set(true)
	done := make(chan error, 1)
	go func() {
		for range 100 {
			if err := c.step(p); err != nil {
				done <- err
				return
			}
			time.Sleep(time.Millisecond) // in which the senders run into it
		}
		done <- nil
	}()
	select {
	case err = <-done:
	case <-time.After(20 * time.Second):
		t.Error("Send waits for the network")
		network.set(false)
		err = <-done
		network.set(true)
	}
	network.set(false)
	if err != nil {
		t.Fatal(err)
	}
	w.wait("equal, as the network goes on", v)
}
