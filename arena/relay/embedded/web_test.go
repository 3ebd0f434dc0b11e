package embedded_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/arena/relay/embedded"
)

// webServer is a server with a page's HTTP server before it. The address is that of the WebSocket.
func webServer(t *testing.T) (s *embedded.Server, address string) {
	t.Helper()
	s, err := embedded.Start(embedded.Config{Token: "secret", Web: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	mux := http.NewServeMux()
	mux.Handle("/nats", s.Web())
	page := httptest.NewServer(mux)
	t.Cleanup(page.Close)
	return s, strings.TrimPrefix(page.URL, "http://")
}

// connect connects as a page does: by a WebSocket that the page's own server passes on.
func connect(t *testing.T, address, token, origin string, more ...nats.Option) (*nats.Conn, error) {
	t.Helper()
	return nats.Connect("ws://"+token+"@"+address, append(more, nats.ProxyPath("nats"),
		nats.WebSocketConnectionHeaders(http.Header{"Origin": {origin}}))...)
}

// A page follows and finds, whole ticks and all, and every attempt of it to publish is refused.
func TestPageFollowsOnly(t *testing.T) {
	t.Parallel()
	s, address := webServer(t)
	nc, err := nats.Connect(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	a, err := arena.New(arena.Config[[4]float32]{})
	if err != nil {
		t.Fatal(err)
	}
	slot, err := a.Alloc([4]float32{1, 2, 3, 4})
	if err != nil {
		t.Fatal(err)
	}
	p, err := relay.Publish(t.Context(), nc, "robots", a, relay.PublisherConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()

	refused := make(chan error, 16)
	page, err := connect(t, address, s.PageToken(), "http://"+address,
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { refused <- err }))
	if err != nil {
		t.Fatal(err)
	}
	defer page.Close()
	found, err := relay.Find(t.Context(), page)
	if err != nil || len(found) != 1 || found[0].Name != "robots" {
		t.Fatal(found, err)
	}
	b, err := arena.New(arena.Config[[4]float32]{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := relay.Follow(t.Context(), page, "robots", b, relay.FollowerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	slot.Store(&[4]float32{5, 6, 7, 8})
	for {
		a.Descend()
		if err := p.Send(); err != nil {
			t.Fatal(err)
		}
		shown, err := f.Receive()
		if err != nil {
			t.Fatal(err)
		}
		b.Descend()
		if m := b.Mirror(); shown.Epoch != 0 && len(m) > 0 && m[0] == [4]float32{5, 6, 7, 8} {
			break
		}
		select {
		case <-f.Arrived():
		case <-time.After(20 * time.Millisecond): // another tick of the publisher
		}
	}

	// The server's refusal arrives with or after the call.
	if p, err := relay.Publish(t.Context(), page, "others", b, relay.PublisherConfig{}); err == nil {
		for err == nil {
			b.Descend()
			if err = p.Send(); err == nil {
				time.Sleep(time.Millisecond)
			}
		}
		if !errors.Is(err, nats.ErrPermissionViolation) {
			t.Error(err)
		}
		p.Close()
	}
	if found, err := relay.Find(t.Context(), nc); err != nil || len(found) != 1 {
		t.Error("a page may publish:", found, err)
	}
	for _, subject := range []string{"slots.robots.frame.x", "anything", "$SRV.INFO", "_INBOX.x"} {
		if err := page.Publish(subject, nil); err != nil {
			t.Fatal(err)
		}
		if err := <-refused; !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("publishing to %s: %v", subject, err)
		}
	}
	for _, subject := range []string{">", "slots.robots.pull", "$SRV.>"} {
		if _, err := page.SubscribeSync(subject); err != nil {
			t.Fatal(err)
		}
		if err := <-refused; !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("subscribing to %s: %v", subject, err)
		}
	}
}

// A page of another web site, a wrong token, and none are refused. The token for all is accepted, and gives all rights.
func TestWhoMayComeByWebSocket(t *testing.T) {
	t.Parallel()
	s, address := webServer(t)
	for _, c := range []struct {
		what, token, origin string
		accepted            bool
	}{
		{"the page's token", s.PageToken(), "http://" + address, true},
		{"the token for all", "secret", "http://" + address, true},
		{"another site's page", s.PageToken(), "http://example.com", false},
		{"a wrong token", "wrong", "http://" + address, false},
		{"half of the token", s.PageToken()[:8], "http://" + address, false},
	} {
		nc, err := connect(t, address, c.token, c.origin)
		if accepted := err == nil; accepted != c.accepted {
			t.Errorf("%s: %v", c.what, err)
		}
		if err == nil {
			nc.Close()
		}
	}
	if _, err := nats.Connect("ws://"+address, nats.ProxyPath("nats"), nats.WebSocketConnectionHeaders(http.Header{"Origin": {"http://" + address}})); err == nil {
		t.Error("no token is accepted")
	}
}

// The page's token stays the same as long as the server's does, and neither tells the other.
func TestPageToken(t *testing.T) {
	t.Parallel()
	a, _ := webServer(t)
	b, _ := webServer(t)
	if a.PageToken() != b.PageToken() || strings.Contains(a.URL(), a.PageToken()) || a.PageToken() == "secret" {
		t.Error(a.PageToken(), b.PageToken(), a.URL())
	}
	plain, err := embedded.Start(embedded.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if plain.PageToken() != "" {
		t.Error("a server without pages has a token for them")
	}
	defer func() {
		if recover() == nil {
			t.Error("Web of a server without pages does not panic")
		}
	}()
	plain.Web()
}
