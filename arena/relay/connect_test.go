package relay

import (
	"errors"
	"net"
	"net/url"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena/relay/embedded"
)

// Publish and Follow connect to the server of the program's connection, which it may have
// discovered by itself.
func TestDiscoveredServer(t *testing.T) {
	checkLeaks(t)
	first := startServer(t, &server.Options{Cluster: server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: server.RANDOM_PORT}})
	startServer(t, &server.Options{Cluster: server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: server.RANDOM_PORT},
		Routes: server.RoutesFromStr("nats://" + first.ClusterAddr().String())})
	w := worldAt(t, first.ClientURL())
	nc := w.connect()
	w.until("the other one is discovered", func() bool { return len(nc.DiscoveredServers()) > 0 })
	endServer(first)
	w.until("it is connected there", func() bool { return nc.IsConnected() && nc.ConnectedUrl() != first.ClientURL() })
	p, err := Publish(t.Context(), nc, "world", newArena(t), PublisherConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
}

// A server ends a connection for good, by an error that NATS's client does not know. Send and
// Receive return it.
func TestConnectionEnds(t *testing.T) {
	checkLeaks(t)
	s, err := embedded.Start(embedded.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	at, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	between := &interposed{server: at.Host}
	w := worldAt(t, s.URL())
	nc, err := nats.Connect(s.URL(), nats.SetCustomDialer(between))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	w.arena = newArena(t)
	p, err := Publish(t.Context(), nc, "world", w.arena, PublisherConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	publishers := between.last
	f, err := Follow(t.Context(), nc, "world", newArena(t), FollowerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w.until("followed", func() bool {
		if err := send(w.arena, p); err != nil {
			t.Fatal(err)
		}
		s, err := f.Receive()
		return err == nil && s.Seq > 0
	})
	between.last.say <- "-ERR 'Something New'\r\n"
	w.until("the follower says so", func() bool { _, err = f.Receive(); return err != nil })
	checkError(t, err, "relay: follow world", "ended the connection", "Something New")
	publishers.say <- "-ERR 'Something New'\r\n"
	w.until("the publisher says so", func() bool { err = send(w.arena, p); return err != nil })
	checkError(t, err, "relay: publish world", "ended the connection", "Something New")
	if err := errors.Join(f.Close(), p.Close()); err != nil {
		t.Fatal(err)
	}
	if err := p.Send(); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

// interposed dials a server, and inserts messages that the server did not send.
type interposed struct {
	server string
	last   *interposedConn
}

type interposedConn struct {
	net.Conn
	say chan string
}

func (i *interposed) Dial(network, _ string) (net.Conn, error) {
	c, err := net.Dial(network, i.server)
	i.last = &interposedConn{c, make(chan string, 1)}
	return i.last, err
}

// Read returns an inserted message before the server's next one.
func (c *interposedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	select {
	case s := <-c.say:
		return copy(b, s), nil
	default:
		return n, err
	}
}
