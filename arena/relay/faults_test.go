package relay

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay/embedded"
)

// A sender and a looker are the two ends of a test: of relay, or of the control.
type sender interface{ Send() error }

// send descends and sends, as a publisher's program does in each frame.
func send(a interface{ Descend() arena.Delta }, p sender) error {
	a.Descend()
	return p.Send()
}

type looker interface {
	look() error             // applies what there is
	seen(i int) (mat4, bool) // slot i of the publisher, if it has shown yet
}

func (v *view) look() error {
	var err error
	if v.shown, err = v.f.Receive(); err == nil {
		v.arena.Descend()
	}
	return err
}

func (v *view) seen(i int) (mat4, bool) {
	if i >= v.f.top {
		return mat4{}, false
	}
	return v.arena.Mirror()[v.f.Index(i)], true
}

func (v *plainView) look() error { return v.apply() }

func (v *plainView) seen(i int) (mat4, bool) { return v.slots[i], v.slots[i] != mat4{} }

// A course is a world whose viewer misses ticks. It has a group of slots that are all set in
// each tick, in frames of several messages, and lone slots that are set now and then.
type course struct {
	arena *arena.Arena[mat4]
	group arena.Group[mat4]
	span  arena.GroupSpan[mat4]
	lone  []arena.Slot[mat4]
	tick  uint64
	wait  time.Duration // for the end
}

func newCourse(t *testing.T, slots int) *course {
	c := &course{arena: newArena(t), wait: 20 * time.Second}
	c.group = c.arena.NewGroup()
	var err error
	if c.span, err = c.group.AllocSpan(slots, mat4{1}); err != nil {
		t.Fatal(err)
	}
	for range 3000 {
		s, err := c.arena.Alloc(mat4{1, 0, 1})
		if err != nil {
			t.Fatal(err)
		}
		c.lone = append(c.lone, s)
	}
	return c
}

// step makes a tick of the world, and sends it by p.
func (c *course) step(p sender) error {
	c.tick++
	for i := range c.span.Len() {
		c.span.Set(i, &mat4{1, float32(c.tick), float32(i)})
	}
	c.group.Commit(arena.Tick{Number: c.tick})
	for i := range 3 {
		c.lone[int(c.tick*3+uint64(i))%len(c.lone)].Store(&mat4{1, float32(c.tick), 1})
	}
	return send(c.arena, p)
}

// mixed returns an error if two slots of the group show different ticks.
func (c *course) mixed(l looker) error {
	first, ok := l.seen(c.span.Index(0))
	for i := range c.span.Len() {
		if m, seen := l.seen(c.span.Index(i)); seen != ok || m[1] != first[1] {
			return fmt.Errorf("a mixed tick: slot 0 shows %v, slot %d %v", first[1], i, m[1])
		}
	}
	return nil
}

// end sends until the viewer shows the same as the publisher.
func (c *course) end(p sender, l looker) (err error) {
	for end := time.Now().Add(c.wait); ; time.Sleep(time.Millisecond) {
		if err := send(c.arena, p); err != nil {
			return err
		}
		if err := l.look(); err != nil {
			return err
		}
		if err := c.mixed(l); err != nil {
			return err
		}
		if err = c.differs(l); err == nil || time.Now().After(end) {
			return err
		}
	}
}

func (c *course) differs(l looker) error {
	for i, want := range c.arena.Mirror() {
		if m, _ := l.seen(i); m != want {
			return fmt.Errorf("in the end slot %d is %v, and the publisher's %v", i, m[:3], want[:3])
		}
	}
	return nil
}

// The courses: faults of a network and of a viewer.
var courses = map[string]struct {
	lost  uint8 // percent
	slots int
	run   func(*course, sender, looker) error
}{
	"one message in ten is lost": {10, 10_000, func(c *course, p sender, l looker) error {
		for seen, n := false, 0; n < 200; _, seen = l.seen(c.span.Index(0)) {
			if seen { // its first messages may have been lost
				n++
			}
			if err := c.step(p); err != nil {
				return err
			}
			time.Sleep(time.Millisecond)
			if err := l.look(); err != nil {
				return err
			}
			if err := c.mixed(l); err != nil {
				return err
			}
		}
		return nil
	}},
	"the viewer stands still for 3,000 ticks": {0, 100, func(c *course, p sender, l looker) error {
		for range 3000 {
			if err := c.step(p); err != nil {
				return err
			}
			if c.tick%100 == 0 { // so that the network keeps up where the control could not blame it
				time.Sleep(time.Millisecond)
			}
		}
		return nil
	}},
}

// A viewer shows whole ticks, and in the end the same as the publisher, no matter how many
// messages are lost and how long the viewer stands still.
func TestFaults(t *testing.T) {
	for name, k := range courses {
		t.Run(name, func(t *testing.T) {
			checkLeaks(t)
			w := worldAt(t, lossyServer(t, k.lost))
			c := newCourse(t, k.slots)
			w.arena = c.arena
			w.publishArena(PublisherConfig{})
			v := w.view(FollowerConfig{})
			if err := k.run(c, w.p, v); err != nil {
				t.Fatal(err)
			}
			if err := c.end(w.p, v); err != nil {
				t.Fatal(err)
			}
			s, f := w.p.Stats(), v.f.Stats()
			t.Logf("%d frames, %d conflated, %d resent; the follower missed something %d times", s.Frames, s.Conflated, s.Resent, f.Lost)
			if k.lost > 0 && (s.Resent == 0 || f.Lost == 0) {
				t.Error("nothing was lost: this tested nothing")
			}
			if k.lost == 0 && s.Conflated == 0 {
				t.Error("the viewer never fell behind: this tested nothing")
			}
		})
	}
}

// The control fails in each course.
func TestFaultsFindPlainQueue(t *testing.T) {
	for name, k := range courses {
		t.Run(name, func(t *testing.T) {
			checkLeaks(t)
			w := worldAt(t, lossyServer(t, k.lost))
			c := newCourse(t, k.slots)
			c.wait = 0
			nc := w.connect()
			p := &plainPublisher{nc: nc, arena: c.arena, changed: c.arena.Follow()}
			v, err := newPlainView(w.connect())
			if err != nil {
				t.Fatal(err)
			}
			if err = k.run(c, p, v); err == nil {
				if err := nc.Flush(); err != nil { // nothing is on its way when the end is looked at
					t.Fatal(err)
				}
				err = c.end(p, v)
			}
			if err == nil {
				t.Error("nothing was found")
			}
			t.Log(err)
		})
	}
}

// The server ends, and comes back at its address. Publisher and viewer go on, and Send does
// not wait for it.
func TestServerRestarts(t *testing.T) {
	checkLeaks(t)
	s, err := embedded.Start(embedded.Config{})
	if err != nil {
		t.Fatal(err)
	}
	w := worldAt(t, s.URL())
	w.publish(PublisherConfig{})
	v := w.view(FollowerConfig{})
	w.churn(2000)
	w.wait("equal", v)
	for range 3 {
		at, err := url.Parse(s.URL())
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		for range 20 {
			w.churn(200)
			w.tick()
			v.apply()
		}
		if s, err = embedded.Start(embedded.Config{Addr: at.Host, Token: at.User.Username()}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		w.wait("equal, as the server is back", v)
	}
	if e := followed(&v.f.receiver); e != 1 {
		t.Errorf("%d publishers were followed, and there was one", e)
	}
}

// A publisher ends, with a goodbye or without one, and another one takes its place.
func TestPublisherRestarts(t *testing.T) {
	for name, end := range map[string]func(*world){
		"closed": func(w *world) { w.p.Close() },
		"killed": func(w *world) { w.p.nc.Close() }, // as seen from elsewhere
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, PublisherConfig{})
			early, seldom := w.view(FollowerConfig{Quiet: 20 * time.Millisecond}), w.view(FollowerConfig{Quiet: 20 * time.Millisecond})
			w.churn(3000)
			w.wait("equal", early)
			for range 3 {
				end(w)
				was := len(w.arena.Mirror())
				w.publish(PublisherConfig{})
				w.churn(100)
				w.tick()
				if now := len(w.arena.Mirror()); now >= was {
					t.Fatalf("%d slots after %d: it should have fewer", now, was)
				}
				w.wait("equal after a restart", early, seldom)
				w.churn(2000)
				w.wait("equal", early)
			}
			if e := followed(&early.f.receiver); e != 4 {
				t.Errorf("%d publishers followed, want 4", e)
			}
		})
	}
}

// Frames that are larger than the window arrive, and ticks stay whole.
func TestLargerThanWindow(t *testing.T) {
	checkLeaks(t)
	w := worldAt(t, lossyServer(t, 0))
	c := newCourse(t, 30_000)
	w.arena = c.arena
	w.publishArena(PublisherConfig{})
	for _, v := range []*view{w.view(FollowerConfig{Window: 1}), w.view(FollowerConfig{Window: 300 << 10}), w.view(FollowerConfig{Frames: 1})} {
		for range 20 {
			if err := c.step(w.p); err != nil {
				t.Fatal(err)
			}
			if err := v.look(); err != nil {
				t.Fatal(err)
			}
			if err := c.mixed(v); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.end(w.p, v); err != nil {
			t.Fatal(err)
		}
	}
}

// The largest window works, also on machines with an int of 32 bits.
func TestLargestWindow(t *testing.T) {
	w := newWorld(t, PublisherConfig{Window: maxWindow})
	v := w.view(FollowerConfig{Window: maxWindow})
	w.churn(100)
	w.wait("equal", v)
	large := newViewer(&w.p.publisher, pull{session: "A"})
	if large.notePull(pull{window: 1<<32 - 1, frames: 1}); large.window() != maxWindow {
		t.Errorf("a window of %d", large.window())
	}
}

// Two followers share an arena: each has its own slots.
func TestSeveralPublishers(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	a := newArena(t)
	second, err := Publish(t.Context(), w.connect(), "second", a, PublisherConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	s, err := a.AllocSpan(2000, mat4{7})
	if err != nil {
		t.Fatal(err)
	}
	v := w.view(FollowerConfig{})
	f, err := Follow(t.Context(), w.connect(), "second", v.arena, FollowerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w.churn(5000)
	w.until("both are shown", func() bool {
		w.tick()
		if err := send(a, second); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Receive(); err != nil {
			t.Fatal(err)
		}
		return v.equal() && f.top >= s.Len() && v.arena.Mirror()[f.Index(s.Index(1999))] == mat4{7}
	})
	if err := f.Close(); err != nil { // one that ends takes nothing of the other with it
		t.Fatal(err)
	}
	w.wait("the first is as it was", v)
	for i, m := range v.arena.Mirror() {
		if m == (mat4{7}) {
			t.Fatalf("slot %d of the second publisher still shows", i)
		}
	}
}

// Publish and Follow leave the program's connection to the program.
func TestConnectionsAreRelaysOwn(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	nc := w.connect()
	a := newArena(t)
	f, err := Follow(t.Context(), nc, "world", a, FollowerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	nc.Close()
	w.churn(100)
	w.until("it is followed", func() bool { w.tick(); s, err := f.Receive(); return err == nil && s.Seq > 0 })
	if _, err := Follow(t.Context(), nc, "world", a, FollowerConfig{}); err == nil {
		t.Error("a closed connection leads somewhere")
	}
	var none *nats.Conn
	if _, err := Publish(t.Context(), none, "other", a, PublisherConfig{}); err == nil {
		t.Error("no connection leads somewhere")
	}
}
