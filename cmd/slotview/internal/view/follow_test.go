//go:build !js

package view

import (
	"image"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/arena/relay/embedded"
	"github.com/slotstream/slotstream/cmd/internal/framing"
	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window/windowtest"
)

// A flight is a publisher in this process: a body that flies through its world in a tick.
type flight struct {
	arena     *arena.Arena[render.MotionInstance]
	group     arena.Group[render.MotionInstance]
	body      arena.GroupSpan[render.MotionInstance]
	publisher *relay.Publisher[render.MotionInstance]
	began     time.Duration // on the publisher's clock
	tick      time.Duration
	ticks     uint64
}

func newFlight(t *testing.T, nc *nats.Conn, name string, began, tick time.Duration) *flight {
	t.Helper()
	a, err := arena.New(arena.Config[render.MotionInstance]{})
	if err != nil {
		t.Fatal(err)
	}
	f := &flight{arena: a, group: a.NewGroup(), began: began, tick: tick}
	if f.body, err = f.group.AllocSpan(1, render.MotionInstance{}); err != nil {
		t.Fatal(err)
	}
	says := framing.Framing{Tick: tick, Lo: mgl32.Vec3{-4, 0, -4}, Hi: mgl32.Vec3{4, 4, 4}}
	if f.publisher, err = relay.Publish(t.Context(), nc, name, a, relay.PublisherConfig{Metadata: says.Metadata()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.publisher.Close() })
	return f
}

// flies publishes the body on its way, stands one that rests half-way.
func (f *flight) flies() { f.commit(mgl32.Vec3{-2, 2, 0}, mgl32.Vec3{2, 2, 0}) }

func (f *flight) stands() { f.commit(mgl32.Vec3{0, 2, 0}, mgl32.Vec3{0, 2, 0}) }

func (f *flight) commit(from, to mgl32.Vec3) {
	m := render.MotionInstance{Color: render.RGB(0xE4572E), Motion: render.Motion{
		From: from, FromTurn: mgl32.QuatIdent(), To: to, ToTurn: mgl32.QuatIdent(), Scale: 1, Start: render.MotionClock(f.began),
	}}
	f.body.Set(0, &m)
	f.ticks++
	f.group.Commit(arena.Tick{Number: f.ticks, Time: f.began})
}

// shown draws until the last ticks of all publishers are there.
func shown(t *testing.T, s *stage.Scene, target render.Target, flights ...*flight) {
	t.Helper()
	windowtest.Wait(t, "the last ticks", func() bool {
		all := true
		for i, f := range flights {
			f.arena.Descend()
			if err := f.publisher.Send(); err != nil {
				t.Fatal(err)
			}
			followed := s.Source.(*Viewer).feeds[i].(*followed)
			all = all && followed.shown.Tick == arena.Tick{Number: f.ticks, Time: f.began}
		}
		if _, err := s.Draw(target); err != nil {
			t.Fatal(err)
		}
		return all
	})
}

// Worlds of other processes are drawn on the clocks of their publishers, by their ticks, and beside each other.
func TestFollowedWorldsHaveTheirOwnClocksAndPlaces(t *testing.T) {
	nc := connect(t)
	flights := []*flight{newFlight(t, nc, "a", 1000*time.Second, time.Second), newFlight(t, nc, "b", 3*time.Hour, 3*time.Second)}
	s, v, target := openScene(t, Config{NATS: nc, Follow: []string{"a", "b"}})
	v.Run()
	// picture draws one world at a time on its publisher's clock.
	picture := func(i int, at time.Duration) *image.NRGBA {
		t.Helper()
		s.Renderer.Now = at + v.layers[i].parted()[0].clock.offset
		if _, err := s.Renderer.Frame(target, &s.Camera, v.layers[i].Batches(nil)...); err != nil {
			t.Fatal(err)
		}
		img, err := target.Image()
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	for _, f := range flights {
		f.stands()
	}
	shown(t, s, target, flights...)
	s.Fit(320, 180)
	var x [2]float64
	for i, f := range flights {
		x[i] = red(picture(i, f.began))
	}
	if !(x[0] > 25 && x[1] < 295 && math.Abs(x[1]-x[0]) > 25) { // beside each other, and within the picture
		t.Errorf("the bodies are at %.1f and %.1f of 320 pixels", x[0], x[1])
	}
	for _, f := range flights {
		f.flies()
	}
	shown(t, s, target, flights...)
	for i, f := range flights {
		half, end := red(picture(i, f.began+f.tick/2)), red(picture(i, f.began+2*f.tick))
		if math.Abs(half-x[i]) > 1 || math.Abs(end-half) < 5 {
			t.Errorf("world %d: the body flies by %.1f, which is half-way, and ends at %.1f; want %.1f half-way", i, half, end, x[i])
		}
	}
}

// red returns how far right the red pixels are, on average.
func red(img *image.NRGBA) (x float64) {
	n := 0.0
	for j := range img.Rect.Dy() {
		for i := range img.Rect.Dx() {
			if c := img.NRGBAAt(i, j); int(c.R) > int(c.B)+60 {
				x, n = x+float64(i), n+1
			}
		}
	}
	return x / n
}

// A publisher that is restarted with longer ticks is drawn by them. A recording of its world ends with an error, since
// the first publisher's ticks do not fit.
func TestRestartWithAnotherTick(t *testing.T) {
	nc := connect(t)
	first := newFlight(t, nc, "a", 1000*time.Second, time.Second)
	s, v, target := openStage(t, Config{NATS: nc, Follow: []string{"a"}}, stage.Outputs{Record: filepath.Join(t.TempDir(), "a.mcap")})
	v.Run()
	first.stands()
	shown(t, s, target, first)
	part := func() *part { return v.layers[0].parted()[0] }
	if p := part(); p.tick != time.Second || s.Failed() {
		t.Fatalf("a tick of %v, outputs failed: %v", p.tick, s.Failed())
	}
	if err := first.publisher.Close(); err != nil {
		t.Fatal(err)
	}
	second := newFlight(t, nc, "a", 5*time.Second, 4*time.Second)
	second.stands()
	shown(t, s, target, second)
	if p := part(); p.tick != 4*time.Second {
		t.Errorf("after the restart a tick of %v, want 4s", p.tick)
	}
	if _, err := s.Draw(target); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err == nil || !strings.Contains(err.Error(), "the publisher of a was restarted") {
		t.Errorf("the recording ends with %v", err)
	}
}

// A publisher ends, and another one comes under the same name: the same program, or one with other slots. The server is
// killed, and comes back at its address. Each time the window shows the last state meanwhile, says that the
// publisher is silent, and goes on with the first tick that comes.
func TestPublisherAndServerComeBack(t *testing.T) {
	server, err := embedded.Start(embedded.Config{Token: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	at := server.URL()
	dial := func() *nats.Conn {
		t.Helper()
		nc, err := nats.Connect(at, nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond), nats.ReconnectJitter(0, 0))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(nc.Close)
		return nc
	}
	nc := dial()
	p := newWalker(t, nc, "walker")
	w := watch(t, Config{NATS: dial(), Follow: []string{"walker"}})
	p.step()
	w.shows(t, p)
	silent := func(what string) {
		t.Helper()
		windowtest.Wait(t, what, func() bool { w.picture(t); return w.layers[0].parted()[0].silent })
		if n, _, _ := w.layers[0].seen(); n != 1 {
			t.Errorf("%s: %d bodies are left", what, n)
		}
	}
	if err := p.publisher.Close(); err != nil {
		t.Fatal(err)
	}
	silent("a publisher that ends")
	p = newWalker(t, nc, "walker")
	for range 3 {
		p.step()
	}
	w.shows(t, p)

	server.Close()
	silent("a server that is killed")
	p.step() // nobody hears of it for now
	host := strings.TrimPrefix(at[strings.LastIndex(at, "@")+1:], "nats://")
	if server, err = embedded.Start(embedded.Config{Addr: host, Token: "secret"}); err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	w.shows(t, p)
	if len(w.layers) != 1 || w.layers[0].parted()[0].name != "walker" {
		t.Errorf("%d layers", len(w.layers))
	}

	if err := p.publisher.Close(); err != nil {
		t.Fatal(err)
	}
	silent("another publisher that ends")
	f := newFlight(t, dial(), "walker", time.Second, time.Second)
	f.stands()
	shown(t, w.scene, w.target, f)
	w.picture(t)
	if n, _, _ := w.layers[len(w.layers)-1].seen(); n != 1 || len(w.layers) != 2 {
		t.Errorf("of other slots, %d bodies in %d layers", n, len(w.layers))
	}
}
