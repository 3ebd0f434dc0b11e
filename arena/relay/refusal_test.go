package relay

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay/embedded"
)

// checkError wants an error whose text has all of the words.
func checkError(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one about %q", words)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%v: does not say %q", err, w)
		}
	}
}

func TestNames(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	nc := w.connect()
	for _, name := range []string{"", "a.b", "a b", "*", ">", "ä", "a\n", strings.Repeat("a", 65)} {
		_, err := Publish(t.Context(), nc, name, w.arena, PublisherConfig{})
		checkError(t, err, "relay: publish "+name, "is not a name")
		_, err = Follow(t.Context(), nc, name, w.arena, FollowerConfig{})
		checkError(t, err, "relay: follow "+name, "is not a name")
	}
	for _, name := range []string{"a", "A-1_b", strings.Repeat("z", 64)} {
		p, err := Publish(t.Context(), nc, name, w.arena, PublisherConfig{})
		if err != nil {
			t.Fatal(err)
		}
		p.Close()
	}
}

func TestConfig(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	nc := w.connect()
	for words, cfg := range map[string]PublisherConfig{
		"cfg.Window is -1": {Window: -1}, "cfg.Window is 1073741825": {Window: 1<<30 + 1},
		"cfg.Frames is -1": {Frames: -1}, "cfg.Frames is 65537": {Frames: 1<<16 + 1},
		"cfg.MaxViewers is -1": {MaxViewers: -1}, "cfg.Expire is -1": {Expire: -1},
		"cfg.Metadata has 65537": {Metadata: map[string]string{"a": strings.Repeat("b", 64<<10)}},
		`"a\xff"`:                {Metadata: map[string]string{"a\xff": "b"}}, `"b\xff"`: {Metadata: map[string]string{"a": "b\xff"}},
	} {
		_, err := Publish(t.Context(), nc, "other", w.arena, cfg)
		checkError(t, err, "relay: publish other", words)
	}
	for words, cfg := range map[string]FollowerConfig{
		"cfg.Window is -1": {Window: -1}, "cfg.Window is 1073741825": {Window: 1<<30 + 1},
		"cfg.Frames is -1": {Frames: -1}, "cfg.Frames is 65537": {Frames: 1<<16 + 1},
		"cfg.Quiet is -1ns": {Quiet: -1}, "cfg.Quiet is 1281023": {Quiet: 1 << 62},
	} {
		_, err := Follow(t.Context(), nc, "other", w.arena, cfg)
		checkError(t, err, "relay: follow other", words)
	}
}

// Of publishers that start at once under one name, one gets it.
func TestTaken(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	nc := w.connect()
	_, err := Publish(t.Context(), nc, "world", w.arena, PublisherConfig{})
	if checkError(t, err, "relay: publish world: the name is taken", "choose another name"); !errors.Is(err, ErrTaken) {
		t.Errorf("%v is not ErrTaken", err)
	}
	for range 10 {
		var mu sync.Mutex
		var group sync.WaitGroup
		var got []*Publisher[mat4]
		for range 4 {
			group.Go(func() {
				p, err := Publish(t.Context(), nc, "race", w.arena, PublisherConfig{})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					got = append(got, p)
				} else if !errors.Is(err, ErrTaken) {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if len(got) != 1 {
			t.Errorf("%d publish under one name", len(got))
		}
		for _, p := range got {
			p.Close() // and the name is free
		}
	}
}

// A publisher takes no viewers until it knows that the name is its own. One that is refused
// leaves no follower behind that follows it.
func TestRefusedServesNobody(t *testing.T) {
	checkLeaks(t)
	w := worldAt(t, lossyServer(t, 0))
	nc := w.connect()
	f, err := Follow(t.Context(), nc, "world", newArena(t), FollowerConfig{Quiet: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var question *nats.Msg
	pulls := 0 // since the claim, which the owner of the name answers late
	if _, err := nc.Subscribe(pullSubject("world"), func(m *nats.Msg) {
		if _, ok := parseClaim(m.Data); ok {
			question = m
		} else if pulls++; question != nil && pulls == 20 {
			question.Respond(hello{Info: infoOf[mat4]("world", 3, nil), Version: version}.append(nil))
		}
		if question == nil {
			pulls = 0
		}
	}); err != nil {
		t.Fatal(err)
	}
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
	if _, err := Publish(t.Context(), nc, "world", newArena(t), PublisherConfig{}); !errors.Is(err, ErrTaken) {
		t.Fatal(err)
	}
	if n := followed(&f.receiver); n != 0 {
		t.Errorf("%d publishers were followed, and the only one was refused", n)
	}
}

// Receive returns an error as long as the publisher's slots do not fit.
func TestDoesNotFit(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	small, err := arena.New(arena.Config[[8]float32]{MaxSlots: 1 << 16})
	if err != nil {
		t.Fatal(err)
	}
	f, err := Follow(t.Context(), w.connect(), "world", small, FollowerConfig{Quiet: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w.until("it is refused", func() bool { w.tick(); _, err = f.Receive(); return err != nil })
	checkError(t, err, "relay: follow world", "64 bytes, 16float32", "32, 8float32", "relay.mat4")
	var other *LayoutError
	if !errors.As(err, &other) || other.Publisher.Layout != "16float32" || other.Publisher.SlotBytes != 64 || other.Layout != "8float32" {
		t.Errorf("the error is %#v", other)
	}
	_, err = f.Info(context.Background())
	checkError(t, err, "64 bytes, 16float32")

	w.p.Close() // one that fits takes its place
	p, err := Publish(t.Context(), w.connect(), "world", small, PublisherConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := small.Alloc([8]float32{1}); err != nil {
		t.Fatal(err)
	}
	w.until("it is followed", func() bool {
		s, err := f.Receive()
		if e := send(small, p); e != nil {
			t.Fatal(e)
		}
		return err == nil && s.Epoch == p.info.Epoch
	})
}

// Slots of the same size and another layout do not fit.
func TestLayoutCounts(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	whole, err := arena.New(arena.Config[[16]int32]{MaxSlots: 100})
	if err != nil {
		t.Fatal(err)
	}
	f, err := Follow(t.Context(), w.connect(), "world", whole, FollowerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w.until("it is refused", func() bool { w.tick(); _, err = f.Receive(); return err != nil })
	checkError(t, err, "16float32", "16int32")
}

// One viewer too many gets an error, and is served when there is room.
func TestMaxViewers(t *testing.T) {
	w := newWorld(t, PublisherConfig{MaxViewers: 1})
	w.churn(100)
	first := w.view(FollowerConfig{})
	w.wait("the first sees", first)
	second := newArena(t)
	f, err := Follow(t.Context(), w.connect(), "world", second, FollowerConfig{Quiet: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w.until("the second is refused", func() bool { w.tick(); _, err = f.Receive(); return err != nil })
	checkError(t, err, "relay: follow world", "1 viewers already")
	first.f.Close()
	w.until("it sees", func() bool { w.tick(); s, err := f.Receive(); return err == nil && s.Seq > 0 })
}

// A follower whose arena has no room shows nothing and returns an error. When there is room,
// it goes on.
func TestNoRoom(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	w.churn(3000)
	a, err := arena.New(arena.Config[mat4]{MaxSlots: 2048})
	if err != nil {
		t.Fatal(err)
	}
	mine, err := a.AllocSpan(1024, mat4{9})
	if err != nil {
		t.Fatal(err)
	}
	f, err := Follow(t.Context(), w.connect(), "world", a, FollowerConfig{Quiet: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	apply := func() error { w.tick(); _, err := f.Receive(); return err }
	w.until("there is no room", func() bool { return apply() != nil })
	checkError(t, apply(), "relay: follow world", "room for", "slots")
	if !errors.Is(apply(), arena.ErrFull) {
		t.Error("it is not arena.ErrFull")
	}
	if err := mine.Free(); err != nil {
		t.Fatal(err)
	}
	w.until("there is room", func() bool { a.Descend(); return apply() == nil && f.shown.Seq > 0 })
}

// A second Close does nothing. All other methods return ErrClosed after it.
func TestClosed(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	v := w.view(FollowerConfig{})
	w.churn(10)
	w.wait("equal", v)
	for range 2 {
		if err := errors.Join(v.f.Close(), w.p.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if err := send(w.arena, w.p); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	nobody, err := Follow(t.Context(), w.connect(), "nobody", w.arena, FollowerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = nobody.Info(ctx)
	checkError(t, err, "relay: follow nobody", "no publisher has this name")
	if err := nobody.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := nobody.Info(context.Background()); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

// Publish, Send, Follow and Receive return the server's refusals.
func TestPermissions(t *testing.T) {
	cert, roots := certificate(t)
	may := func(say, hear string, answer *server.ResponsePermission) *server.Permissions { // as doc.go has it
		return &server.Permissions{Publish: &server.SubjectPermission{Allow: strings.Fields(say)},
			Subscribe: &server.SubjectPermission{Allow: strings.Fields(hear)}, Response: answer}
	}
	const ask, listen = "slots.*.pull slots.world.frame.*", "slots.*.pull _INBOX.>"
	checkLeaks(t)
	s := startServer(t, &server.Options{
		TLS: true, TLSTimeout: 5, TLSConfig: &tls.Config{Certificates: []tls.Certificate{cert}},
		Users: []*server.User{
			{Username: "sim", Password: "s", Permissions: may(ask, listen+" $SRV.>", &server.ResponsePermission{MaxMsgs: 1, Expires: time.Minute})},
			{Username: "mute", Password: "m", Permissions: may(ask, listen, nil)},
			{Username: "deaf", Password: "d", Permissions: may(ask, "slots.*.pull", nil)},
			{Username: "eye", Password: "e", Permissions: may("slots.*.pull", "slots.*.frame.*", nil)},
			{Username: "none", Password: "n", Permissions: may("nothing", "nothing", nil)},
			{Username: "root", Password: "r"},
		},
	})
	as := func(user, password string) *nats.Conn {
		nc, err := nats.Connect("tls://"+s.Addr().String(), nats.UserInfo(user, password), nats.Secure(&tls.Config{RootCAs: roots}),
			nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(nc.Close)
		return nc
	}
	w := worldAt(t, "")
	w.arena = newArena(t)
	sim, eye, none := as("sim", "s"), as("eye", "e"), as("none", "n")
	p, err := Publish(t.Context(), sim, "world", w.arena, PublisherConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	w.p = p
	a := newArena(t)
	f, err := Follow(t.Context(), eye, "world", a, FollowerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w.churn(100)
	w.until("the user who may follow does", func() bool { w.tick(); s, err := f.Receive(); return err == nil && s.Seq > 0 })

	blind, err := Follow(t.Context(), none, "world", a, FollowerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer blind.Close()
	w.until("the user who may not gets an error", func() bool { _, err = blind.Receive(); return err != nil })
	checkError(t, err, "relay: follow world", "ermissions")
	_, err = Publish(t.Context(), none, "world", w.arena, PublisherConfig{})
	checkError(t, err, "relay: publish world", "ask whether the name is taken", "slots.world.pull")
	_, err = Publish(t.Context(), as("deaf", "d"), "elsewhere", w.arena, PublisherConfig{})
	checkError(t, err, "relay: publish elsewhere", "ask whether the name is taken", "_INBOX")

	// A publisher that may answer is found and keeps its name. One that may not goes on.
	root := as("root", "r")
	if _, err = Publish(t.Context(), root, "world", w.arena, PublisherConfig{}); !errors.Is(err, ErrTaken) {
		t.Error(err)
	}
	w.until("it is found", func() bool { found, err := Find(context.Background(), root); return len(found) == 1 && err == nil })
	p.Close()
	if w.p, err = Publish(t.Context(), as("mute", "m"), "world", w.arena, PublisherConfig{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.p.Close() })
	second, err := Publish(t.Context(), root, "world", w.arena, PublisherConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	w.until("an answer was not allowed", func() bool { return errors.Is(w.p.nc.LastError(), nats.ErrPermissionViolation) })
	if err := w.p.nc.Flush(); err != nil {
		t.Fatal(err)
	}
	w.tick()
}

// No client gets in without the token, or without TLS where the server has TLS.
func TestEmbeddedIsPrivate(t *testing.T) {
	checkLeaks(t)
	cert, roots := certificate(t)
	for _, c := range []embedded.Config{{}, {Addr: "0.0.0.0:0", TLS: &tls.Config{Certificates: []tls.Certificate{cert}}}} {
		s, err := embedded.Start(c)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		_, addr, _ := strings.Cut(s.URL(), "@")
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			t.Fatal(err)
		}
		if c.TLS == nil && host != "127.0.0.1" {
			t.Errorf("it listens on %s", host)
		}
		addr = net.JoinHostPort("127.0.0.1", port)
		scheme, secure := "nats://", nats.Option(func(*nats.Options) error { return nil })
		if c.TLS != nil {
			scheme, secure = "tls://", nats.Secure(&tls.Config{RootCAs: roots})
			if nc, err := nats.Connect("nats://" + addr); err == nil {
				nc.Close()
				t.Error("a client gets in without TLS")
			}
		}
		for _, who := range []string{"", "wrong@"} {
			if nc, err := nats.Connect(scheme+who+addr, secure); !errors.Is(err, nats.ErrAuthorization) {
				t.Errorf("%q gets in: %v, %v", who, nc, err)
			}
		}
	}
	for _, c := range []embedded.Config{
		{Addr: "0.0.0.0:0"}, {Addr: "example.org:0"}, {Addr: ":4222"}, {Addr: "127.0.0.1"}, {Addr: "127.0.0.1:99999"}, {Token: "a b"},
	} {
		s, err := embedded.Start(c)
		if err == nil {
			s.Close()
		}
		checkError(t, err, "embedded: start a NATS server")
	}
}

func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(c)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
