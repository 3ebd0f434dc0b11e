package demo

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
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/framing"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window/windowtest"
)

// A flight is a publisher in this process: a tank with one cube that flies through it in a tick.
type flight struct {
	arena     *arena.Arena[render.MotionInstance]
	group     arena.Group[render.MotionInstance]
	cube      arena.GroupSpan[render.MotionInstance]
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
	boxes := tankSlots{arena: a}
	if err := boxes.update([]physics.Tank{{Center: mgl32.Vec3{0, 2, 0}, Half: mgl32.Vec3{4, 2, 4}}}); err != nil {
		t.Fatal(err)
	}
	if f.cube, err = f.group.AllocSpan(1, render.MotionInstance{}); err != nil {
		t.Fatal(err)
	}
	f.publisher, err = relay.Publish(t.Context(), nc, name, a, relay.PublisherConfig{Metadata: framing.Framing{Tick: tick}.Metadata()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.publisher.Close() })
	return f
}

// flies publishes the cube on its way, stands a cube that rests half-way.
func (f *flight) flies() { f.commit(mgl32.Vec3{-2, 2, 0}, mgl32.Vec3{2, 2, 0}) }

func (f *flight) stands() { f.commit(mgl32.Vec3{0, 2, 0}, mgl32.Vec3{0, 2, 0}) }

func (f *flight) commit(from, to mgl32.Vec3) {
	m := render.MotionInstance{Color: render.RGB(0xE4572E), Motion: render.Motion{
		From: from, FromTurn: mgl32.QuatIdent(), To: to, ToTurn: mgl32.QuatIdent(), Scale: 1, Start: render.MotionClock(f.began),
	}}
	f.cube.Set(0, &m)
	f.ticks++
	f.group.Commit(arena.Tick{Number: f.ticks, Time: f.began})
}

// connect starts a server for the test, and connects to it.
func connect(t *testing.T) *nats.Conn {
	t.Helper()
	server, err := embedded.Start(embedded.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	nc, err := nats.Connect(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// Worlds of other processes are drawn on the clocks of their publishers, by their ticks, and beside each other.
func TestFollowedWorldsHaveTheirOwnClocksAndPlaces(t *testing.T) {
	nc := connect(t)
	flights := []*flight{newFlight(t, nc, "a", 1000*time.Second, time.Second), newFlight(t, nc, "b", 3*time.Hour, 3*time.Second)}
	s, target := openScene(t, 640, 180, Config{NATS: nc, Follow: []string{"a", "b"}})
	worlds := s.source.(*followed).worlds

	publish := func(do func(*flight)) {
		t.Helper()
		for _, f := range flights {
			do(f)
		}
		windowtest.Wait(t, "a tick of both", func() bool {
			for _, f := range flights {
				f.arena.Descend()
				if err := f.publisher.Send(); err != nil {
					t.Fatal(err)
				}
			}
			draw(t, s, target)
			return worlds[0].shown.Tick.Number == flights[0].ticks && worlds[1].shown.Tick.Number == flights[1].ticks
		})
	}
	// picture draws one world at a time on its publisher's clock.
	picture := func(i int, at time.Duration) *image.NRGBA {
		t.Helper()
		s.renderer.Now = at - s.source.(*followed).ahead(worlds[i])
		if _, err := s.renderer.Frame(target, &s.camera, worlds[i].slots.drawn); err != nil {
			t.Fatal(err)
		}
		img, err := target.Image()
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	publish((*flight).stands)
	s.fit(640, 180, margins{})
	var x [2]float64
	for i, f := range flights {
		x[i], _ = middle(picture(i, f.began))
	}
	if x[0] < 50 || x[1] > 590 || x[1] < x[0]+100 { // beside each other, and within the picture
		t.Errorf("the cubes are at %.1f and %.1f of 640 pixels", x[0], x[1])
	}
	publish((*flight).flies)
	for i, f := range flights {
		half, _ := middle(picture(i, f.began+f.tick/2))
		end, _ := middle(picture(i, f.began+2*f.tick))
		if math.Abs(half-x[i]) > 1 || end < half+10 {
			t.Errorf("world %d: the cube flies by %.1f, which is half-way, and ends at %.1f; want %.1f half-way", i, half, end, x[i])
		}
	}
}

// Worlds stand beside each other, in a field that is nearly square.
func TestWorldsMakeANearlySquareField(t *testing.T) {
	world := []physics.Tank{{Center: mgl32.Vec3{6, 5, 5}, Half: mgl32.Vec3{6, 5, 5}}} // 12 m wide, 10 m deep
	var placed []physics.Tank
	for i, want := range []mgl32.Vec3{{}, {0, 0, 15}, {17, 0, 0}, {0, 0, 30}} {
		by := beside(placed, world)
		if by != want {
			t.Errorf("world %d is moved by %v, want %v", i, by, want)
		}
		placed = append(placed, physics.Tank{Center: world[0].Center.Add(by), Half: world[0].Half})
	}
}

// The offset follows a publisher's clock slowly, and jumps with it.
func TestRemoteClock(t *testing.T) {
	var c remoteClock
	const there = time.Hour
	if moved := c.heard(there, time.Second); moved != 0 || c.offset != time.Second-there {
		t.Errorf("at first: %v, moved %v", c.offset, moved)
	}
	if moved := c.heard(there+time.Second, 2*time.Second+80*time.Millisecond); moved != 10*time.Millisecond || c.offset != time.Second-there+moved {
		t.Errorf("80 ms late: %v, moved %v", c.offset, moved)
	}
	if moved := c.heard(5*time.Second, 3*time.Second); moved != 0 || c.offset != -2*time.Second {
		t.Errorf("after a restart: %v, moved %v", c.offset, moved)
	}
}

// While the first publisher goes on, the clock of the viewer is the publisher's, so that a recording fits. If the
// publisher is restarted, the clock of the viewer goes on, and the batch's clock is the new publisher's.
func TestFollowedClockGoesOnAfterARestart(t *testing.T) {
	w := new(followedWorld)
	s := &followed{worlds: []*followedWorld{w}}
	s.heard(0, time.Hour, time.Second)
	if s.behind != time.Second-time.Hour || s.ahead(w) != 0 {
		t.Errorf("behind by %v, the world ahead by %v", s.behind, s.ahead(w))
	}
	s.heard(0, time.Hour+time.Second, 2*time.Second+80*time.Millisecond)
	if s.behind != time.Second-time.Hour+10*time.Millisecond || s.ahead(w) != 0 {
		t.Errorf("behind by %v, the world ahead by %v", s.behind, s.ahead(w))
	}
	behind := s.behind
	s.heard(0, time.Second, 4*time.Second) // restarted: its clock is 3 s behind the time since the viewer began
	if s.behind != behind || s.ahead(w) != behind-3*time.Second {
		t.Errorf("behind by %v, the world ahead by %v", s.behind, s.ahead(w))
	}
}

// A publisher that is restarted with longer ticks is drawn by them. What records its world ends with an error, and is
// not blended with the first publisher's ticks.
func TestRestartWithAnotherTick(t *testing.T) {
	nc := connect(t)
	first := newFlight(t, nc, "a", 1000*time.Second, time.Second)
	record := filepath.Join(t.TempDir(), "a.mcap")
	s, target := openScene(t, 320, 180, Config{NATS: nc, Follow: []string{"a"}, Record: record})
	w := s.source.(*followed).worlds[0]
	shows := func(f *flight) {
		t.Helper()
		f.stands()
		windowtest.Wait(t, "a tick of the publisher", func() bool {
			f.arena.Descend()
			if err := f.publisher.Send(); err != nil {
				t.Fatal(err)
			}
			draw(t, s, target)
			return w.shown.Epoch == w.told && w.shown.Tick == arena.Tick{Number: f.ticks, Time: f.began}
		})
	}
	shows(first)
	if w.tick != time.Second || s.sinks.failed() {
		t.Fatalf("a tick of %v, sinks failed: %v", w.tick, s.sinks.failed())
	}
	if err := first.publisher.Close(); err != nil {
		t.Fatal(err)
	}
	shows(newFlight(t, nc, "a", 5*time.Second, 4*time.Second))
	if w.tick != 4*time.Second {
		t.Errorf("after the restart a tick of %v, want 4s", w.tick)
	}
	draw(t, s, target)
	if err := s.sinks.close(func(string) {}); err == nil || !strings.Contains(err.Error(), "the publisher of a was restarted") {
		t.Errorf("the recording ends with %v", err)
	}
}
