package relay

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// All metadata arrives as it was at the call of Publish.
func TestMetadata(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	var odd []string // characters that are long in JSON
	for c := range 'a' {
		if s := fmt.Sprintf("%q", c); strings.Contains(s, "x") || strings.Contains("<>&", string(c)) {
			odd = append(odd, string(c))
		}
	}
	worst := map[string]string{}
	for n := 0; n < maxMetadata/3; n++ {
		worst[odd[n%len(odd)]+odd[n/len(odd)%len(odd)]+odd[n/len(odd)/len(odd)]] = ""
	}
	if len(worst) != maxMetadata/3 {
		t.Fatalf("%d keys", len(worst))
	}
	for name, m := range map[string]map[string]string{
		"few": {"a": "b", "ä": "\u2028<&>\x00"}, "one": {"a": strings.Repeat("\x01", maxMetadata-1)}, "many": worst,
	} {
		given := map[string]string{}
		for k, v := range m {
			given[k] = v
		}
		p, err := Publish(t.Context(), w.connect(), name, w.arena, PublisherConfig{Metadata: given})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.Close() })
		clear(given) // the map is the caller's
		f, err := Follow(t.Context(), w.connect(), name, newArena(t), FollowerConfig{Quiet: 20 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		info, err := f.Info(ctx)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		service, err := infoOfService(p.service.Info().Metadata)
		if err != nil {
			t.Error(err)
		}
		for _, i := range []Info{info, service, p.info} {
			for k, v := range m {
				if i.Metadata[k] != v {
					t.Fatalf("%s: key %q is %q, want %q", name, k, i.Metadata[k], v)
				}
			}
			if len(i.Metadata) != len(m) {
				t.Errorf("%s: %d keys, want %d", name, len(i.Metadata), len(m))
			}
		}
	}
}

// Metadata that Publish accepts fits the answer to Find and the hello, also where the
// server's messages are small.
func TestMostMetadata(t *testing.T) {
	checkLeaks(t)
	const payload = 4 << 10
	w := worldAt(t, startServer(t, &server.Options{MaxPayload: payload}).ClientURL())
	nc := w.connect()
	publish := func(n int) (*Publisher[mat4], error) {
		m := map[string]string{}
		for i := range n {
			m[fmt.Sprint(i)] = ""
		}
		return Publish(t.Context(), nc, "world", newArena(t), PublisherConfig{MaxViewers: 1, Metadata: m})
	}
	most := 480
	p, err := publish(most)
	checkError(t, err, "relay: publish world", "metadata", "max_payload")
	for ; err != nil; p, err = publish(most) {
		if most -= 4; most < 0 {
			t.Fatal(err)
		}
	}
	defer p.Close()
	w.until("it is found", func() bool { found, err := Find(context.Background(), nc); return len(found) == 1 && err == nil })
	if err := p.nc.Publish("elsewhere", p.shortHello("")); err != nil {
		t.Error(err)
	}
}

// Find receives its answers at the inbox that the connection may use.
func TestFindWithInbox(t *testing.T) {
	checkLeaks(t)
	s := startServer(t, &server.Options{Users: []*server.User{
		{Username: "root", Password: "r"},
		{Username: "eye", Password: "e", Permissions: &server.Permissions{
			Publish: &server.SubjectPermission{Allow: []string{"$SRV.>"}}, Subscribe: &server.SubjectPermission{Allow: []string{"mine.>"}},
		}},
	}})
	root, err := nats.Connect(s.ClientURL(), nats.UserInfo("root", "r"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(root.Close)
	eye, err := nats.Connect(s.ClientURL(), nats.UserInfo("eye", "e"), nats.CustomInboxPrefix("mine"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(eye.Close)
	p, err := Publish(t.Context(), root, "world", newArena(t), PublisherConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	w := worldAt(t, s.ClientURL())
	w.until("it is found", func() bool { found, err := Find(context.Background(), eye); return len(found) == 1 && err == nil })
}

// A hello whose text could write escapes to a terminal is none.
func TestHelloHasNoControlCharacters(t *testing.T) {
	for name, spoil := range map[string]func(*hello){
		"type":    func(h *hello) { h.Type = "mat4\x1b[2J" },
		"layout":  func(h *hello) { h.Layout = "16float32\n" },
		"refusal": func(h *hello) { h.Refused = "no\x1b]0;title\a" },
	} {
		h := hello{Info: infoOf[mat4]("world", 8, nil), Version: version}
		if _, err := parseHello(h.append(nil)); err != nil {
			t.Fatal(err)
		}
		spoil(&h)
		if got, err := parseHello(h.append(nil)); err == nil || strings.ContainsAny(err.Error(), "\x1b\a\n") {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}
