package relay

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

// A speaker publishes a slot whose value is the number of its metadata.
type speaker struct {
	*world
	slot arena.Slot[mat4]
	n    int
}

func newSpeaker(t *testing.T, w *world) *speaker {
	w.arena = newArena(t)
	slot, err := w.arena.Alloc(mat4{})
	if err != nil {
		t.Fatal(err)
	}
	w.publishArena(PublisherConfig{Metadata: said(0)})
	return &speaker{world: w, slot: slot}
}

func said(n int) map[string]string { return map[string]string{"number": fmt.Sprint(n), "": "always"} }

func (s *speaker) say(n int) {
	s.t.Helper()
	s.n = n
	s.slot.Store(&mat4{float32(n)})
	if err := s.p.SetMetadata(said(n)); err != nil {
		s.t.Fatal(err)
	}
	s.tick()
}

// heard returns the numbers that the view shows: of the metadata, and of the slot. Both are -1 without metadata.
func (s *speaker) heard(v *view) (number, slot int) {
	v.apply()
	if len(v.shown.Metadata) == 0 {
		return -1, -1
	}
	if _, err := fmt.Sscan(v.shown.Metadata["number"], &number); err != nil || !maps.Equal(v.shown.Metadata, said(number)) {
		s.t.Fatalf("the metadata is %v", v.shown.Metadata)
	}
	m, _ := v.seen(s.slot.Index())
	return number, int(m[0])
}

func (s *speaker) until(what string, views ...*view) {
	s.t.Helper()
	s.world.until(what, func() bool {
		s.tick()
		all := true
		for _, v := range views {
			number, slot := s.heard(v)
			all = all && number == s.n && slot == s.n
		}
		return all
	})
}

// Each frame has the metadata that held when it was sent: for followers that watch, that are slow, that come late, and
// that follow a publisher with more or less than before.
func TestSetMetadata(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	w.p.Close()
	s := newSpeaker(t, w)
	early, slow := s.view(FollowerConfig{}), s.view(FollowerConfig{Frames: 1})
	s.until("the first", early, slow)
	changes := 0
	for n := 1; n < 400; n++ {
		s.say(n / 4)
		for _, v := range []*view{early, slow} {
			was, before := v.shown.Metadata, v.shown.Metadata["number"]
			number, slot := s.heard(v)
			if number != slot {
				t.Fatalf("the slot is %d, and the metadata that of %d", slot, number)
			}
			if before != v.shown.Metadata["number"] {
				changes++
			} else if now := v.shown.Metadata; fmt.Sprintf("%p", was) != fmt.Sprintf("%p", now) {
				t.Fatal("the same metadata is another map")
			}
		}
		if n%4 == 0 {
			time.Sleep(time.Millisecond) // most frames arrive, some join
		}
	}
	s.until("the last", early, slow)
	if changes < 10 {
		t.Errorf("%d changes were seen", changes)
	}
	late := s.view(FollowerConfig{})
	s.until("a late follower", late)
	info, err := late.f.Info(t.Context())
	if err != nil || !maps.Equal(info.Metadata, said(s.n)) {
		t.Errorf("%v, %v", info, err)
	}
	// Metadata changes while nothing else does.
	frames := early.f.Stats().Frames
	if err := s.p.SetMetadata(said(s.n)); err != nil {
		t.Fatal(err)
	}
	s.tick()
	if err := s.p.SetMetadata(nil); err != nil {
		t.Fatal(err)
	}
	s.world.until("no metadata", func() bool { s.tick(); early.apply(); return len(early.shown.Metadata) == 0 })
	if n := early.f.Stats().Frames - frames; n != 1 {
		t.Errorf("%d frames for one change", n)
	}
	// The next publisher of the name says something else.
	s.p.Close()
	s = newSpeaker(t, s.world)
	s.say(7)
	s.until("another publisher", early, slow, late)
}

// Where messages are lost, the last metadata arrives. Numbers of descriptions begin again at the end of their 24 bits.
func TestSetMetadataWithLosses(t *testing.T) {
	checkLeaks(t)
	s := newSpeaker(t, worldAt(t, lossyServer(t, 40)))
	s.p.hello.Number = mostTold - 20
	v := s.view(FollowerConfig{Quiet: 5 * time.Millisecond})
	s.until("the first", v)
	for n := range 40 {
		s.say(n)
		if n%3 == 0 {
			s.until(fmt.Sprint("number ", n), v)
		}
	}
	if number := s.p.hello.Number; number > 40 {
		t.Errorf("the last number is %d", number)
	}
}

// A follower of an older version, which does not say what it has been told, gets frames, and no description behind the
// first. A publisher of an older version is followed with the metadata of its beginning.
func TestSetMetadataOfOlderVersions(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	nc := w.connect()
	messages := make(chan *nats.Msg, 100)
	if _, err := nc.ChanSubscribe(frameSubject("world", "old"), messages); err != nil {
		t.Fatal(err)
	}
	ask := func(have uint64) {
		q := pull{session: "old", epoch: w.p.info.Epoch, have: have, window: 1 << 20, frames: 4}
		b := q.append(nil)
		if !bytes.Equal(b[4:8], make([]byte, 4)) {
			t.Fatalf("the flags are % x", b[4:8])
		}
		if err := nc.Publish(pullSubject("world"), b); err != nil {
			t.Fatal(err)
		}
	}
	ask(0)
	for n := range 5 {
		if err := w.p.SetMetadata(said(n)); err != nil {
			t.Fatal(err)
		}
		w.churn(10)
		var m *nats.Msg
		w.until("a frame", func() bool {
			w.tick()
			select {
			case m = <-messages:
				return true
			default:
				return false
			}
		})
		if bytes.HasPrefix(m.Data, []byte(helloMagic)) {
			t.Fatalf("after %d changes it gets %s", n+1, m.Data)
		}
		ask(uint64(n))
	}

	f := followNobody(t, w, FollowerConfig{Quiet: time.Hour})
	old := hello{Info: infoOf[mat4]("nobody", 5, said(3)), Version: version}
	text := bytes.Replace(old.append(nil), []byte(`"Number":0,`), nil, 1)
	if bytes.Contains(text, []byte("Number")) {
		t.Fatalf("%s", text)
	}
	f.handle(&nats.Msg{Data: text})
	m := messageOf(wire.Header{Epoch: 5, Seq: 1}, 10)
	f.handle(m)
	if shown, err := f.Receive(); err != nil || !maps.Equal(shown.Metadata, said(3)) {
		t.Errorf("%v, %v", shown, err)
	}
}

// What SetMetadata does not take leaves what there was.
func TestSetMetadataRefuses(t *testing.T) {
	checkLeaks(t)
	s := newSpeaker(t, worldAt(t, startServer(t, &server.Options{MaxPayload: 4 << 10}).ClientURL()))
	v := s.view(FollowerConfig{})
	for want, bad := range map[string]map[string]string{
		"UTF-8": {"a": "\xff"}, "65537 bytes: use at most 65536": {"a": strings.Repeat("a", 1<<16)}, "max_payload": {"a": strings.Repeat("a", 4<<10)},
	} {
		checkError(t, s.p.SetMetadata(bad), "relay: publish world: ", want)
	}
	s.until("the first", v)
	if err := s.p.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.p.SetMetadata(said(1)); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}
