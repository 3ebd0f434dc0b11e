package relay

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// restart ends a server and starts one with other options at its address.
func restart(t *testing.T, s *server.Server, o *server.Options) *server.Server {
	t.Helper()
	o.Port = s.Addr().(*net.TCPAddr).Port
	endServer(s)
	return startServer(t, o)
}

// The metadata does not fit the messages of a server that was restarted. Send returns an
// error, and so does Receive of a follower that starts now. A follower that started before
// goes on. When the server takes the metadata again, there is no error.
func TestMetadataTooLargeForNextServer(t *testing.T) {
	checkLeaks(t)
	s := startServer(t, &server.Options{})
	w := worldAt(t, s.ClientURL())
	w.publish(PublisherConfig{Metadata: map[string]string{"scene": strings.Repeat("x", 40<<10)}})
	early := w.view(FollowerConfig{Quiet: 20 * time.Millisecond})
	w.churn(100)
	w.wait("equal", early)
	s = restart(t, s, &server.Options{MaxPayload: 32 << 10})
	late := w.view(FollowerConfig{Quiet: 20 * time.Millisecond})
	var sent, received error
	w.until("both say so", func() bool {
		if err := send(w.arena, w.p); err != nil {
			sent = err
		}
		received = late.look()
		return sent != nil && received != nil
	})
	checkError(t, sent, "relay: publish world", "metadata", "max_payload, 32768")
	checkError(t, received, "relay: follow world", "metadata", "max_payload, 32768")
	if _, err := late.f.Info(t.Context()); err == nil {
		t.Error("Info knows no metadata, and says nothing")
	}
	w.churn(100)
	w.until("equal, for the follower that came before", func() bool { send(w.arena, w.p); return early.equal() })
	restart(t, s, &server.Options{})
	w.until("equal, for both", func() bool { send(w.arena, w.p); return late.look() == nil && late.equal() && early.equal() })
	w.until("Send is content", func() bool { return send(w.arena, w.p) == nil })
	if info, err := late.f.Info(t.Context()); err != nil || len(info.Metadata["scene"]) != 40<<10 {
		t.Errorf("%d bytes of metadata, %v", len(info.Metadata["scene"]), err)
	}
}

// A restarted server refuses the user: Send and Receive return an error until it accepts the
// user again.
func TestServerRefusesUser(t *testing.T) {
	checkLeaks(t)
	s := startServer(t, &server.Options{Username: "u", Password: "p"})
	w := worldAt(t, "nats://u:p@"+s.Addr().String())
	w.publish(PublisherConfig{})
	v := w.view(FollowerConfig{Quiet: 20 * time.Millisecond})
	w.churn(100)
	w.wait("equal", v)
	s = restart(t, s, &server.Options{Username: "u", Password: "another"})
	var sent, received error
	w.until("both say so", func() bool { sent, received = send(w.arena, w.p), v.look(); return sent != nil && received != nil })
	checkError(t, sent, "relay: publish world", "reconnect", "uthorization")
	checkError(t, received, "relay: follow world", "reconnect", "uthorization")
	if _, err := v.f.Info(t.Context()); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("Info says %v", err)
	}
	restart(t, s, &server.Options{Username: "u", Password: "p"})
	w.churn(100)
	w.until("equal again", func() bool { return send(w.arena, w.p) == nil && v.look() == nil && v.equal() })
}

// A follower with a long Quiet sends pulls often enough for its publisher's Expire.
func TestQuietAboveExpire(t *testing.T) {
	w := newWorld(t, PublisherConfig{Expire: 300 * time.Millisecond})
	v := w.view(FollowerConfig{Quiet: time.Minute})
	w.churn(1000)
	w.wait("equal", v)
	pulls := make(chan pull, 100)
	if _, err := w.connect().Subscribe(pullSubject("world"), func(m *nats.Msg) {
		if q, err := parsePull(m.Data); err == nil {
			pulls <- q
		}
	}); err != nil {
		t.Fatal(err)
	}
	for range 5 { // without any traffic
		select {
		case q := <-pulls:
			if q.seek {
				t.Error("it looks for another publisher, and its own lives")
			}
		case <-time.After(20 * time.Second):
			t.Fatal("the follower is silent")
		}
	}
	if i := v.f.pullInterval(); i != 100*time.Millisecond {
		t.Errorf("a pull every %v", i)
	}
}

// Of two publishers of a name, as after a network was cut in two, the one that is not
// followed does not answer each pull with its metadata.
func TestSecondPublisherIsSilent(t *testing.T) {
	w := newWorld(t, PublisherConfig{Metadata: map[string]string{"scene": strings.Repeat("x", 40<<10)}})
	for _, k := range []struct {
		q    pull
		most int
	}{
		{pull{session: "A", epoch: 5}, 0},
		{pull{session: "A", epoch: 5, ask: true, lost: true}, 0},
		{pull{session: "A", epoch: 5, bye: true, seek: true}, 0},
		{pull{session: "A", epoch: 5, seek: true}, 41 << 10},
		{pull{session: "A", seek: true}, 41 << 10},
	} {
		if b := w.p.handlePull(k.q); len(b) > k.most || k.most > 0 && len(b) < 40<<10 {
			t.Errorf("%d bytes in answer to %+v", len(b), k.q)
		}
	}
	f := followNobody(t, w, FollowerConfig{Quiet: time.Minute})
	seeks := func() bool { f.mu.Lock(); defer f.mu.Unlock(); return f.seeks(time.Now()) }
	if !seeks() {
		t.Error("it follows nobody, and does not look for a publisher")
	}
	f.handle(&nats.Msg{Data: hello{Info: infoOf[mat4]("nobody", 5, nil), Version: version}.append(nil)})
	if seeks() {
		t.Error("its publisher lives, and it looks for another one")
	}
	f.handle(&nats.Msg{Data: beat{epoch: 5, bye: true}.append(nil)})
	if !seeks() {
		t.Error("its publisher has ended, and it does not look for another one")
	}
}

// Counters count beyond 32 bits on every machine.
var _, _ int64 = PublisherStats{}.Bytes, FollowerStats{}.Bytes

// A dialer that is stuck connects when the test ends.
type stuck chan struct{}

func (s stuck) Dial(network, address string) (net.Conn, error) {
	<-s
	return net.Dial(network, address)
}

// Publish and Follow end with their context, no matter what the network does.
func TestContextBoundsStart(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	nc, err := nats.Connect(w.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	release := make(stuck)
	nc.Opts.CustomDialer = release
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	_, err = Publish(ctx, nc, "other", w.arena, PublisherConfig{})
	if checkError(t, err, "relay: publish other"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	_, err = Follow(ctx, nc, "other", w.arena, FollowerConfig{})
	if checkError(t, err, "relay: follow other"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(release) // connections that come too late are closed: checkLeaks sees others
	nc.Opts.CustomDialer = nil
	p, err := Publish(context.WithoutCancel(ctx), nc, "other", w.arena, PublisherConfig{})
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
}
