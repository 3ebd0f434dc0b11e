package relay

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

// followNobody makes a follower that gets messages only from the test.
func followNobody(t *testing.T, w *world, cfg FollowerConfig) *Follower[mat4] {
	t.Helper()
	f, err := Follow(t.Context(), w.connect(), "nobody", newArena(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// followed returns how many publishers were followed, one after the other.
func followed(f *receiver) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.epochs
}

// messageOf makes a message whose slots have no words in common.
func messageOf(h wire.Header, slots int) *nats.Msg {
	values := make([]mat4, slots)
	for i := range values {
		for k := range values[i] {
			values[i][k] = float32(16*i + k)
		}
	}
	h.SlotBytes, h.HighWater = 64, slots
	if h.Parts == 0 {
		h.Parts = 1
	}
	return &nats.Msg{Data: wire.Append(nil, h, nil, []arena.Range{{Count: slots}}, arena.Bytes(values))}
}

// A follower that stands still keeps two windows of bytes and one frame at most, also if a
// publisher sends more than it may.
func TestFollowerKeepsWindow(t *testing.T) {
	const window, slots = 1 << 18, 1000
	w := newWorld(t, PublisherConfig{})
	f := followNobody(t, w, FollowerConfig{Window: window})
	f.handle(&nats.Msg{Data: hello{Info: infoOf[mat4]("nobody", 5, nil), Version: version}.append(nil)})
	for seq := range uint64(30) {
		f.handle(messageOf(wire.Header{Epoch: 5, Seq: seq + 1, Base: seq}, slots))
	}
	frame := len(messageOf(wire.Header{Epoch: 5}, slots).Data)
	if kept, most := len(f.ready)*frame, 2*window+frame; kept > most || kept < window {
		t.Errorf("%d bytes are kept, want at most %d", kept, most)
	}
	refused := f.Stats().Refused
	padded := messageOf(wire.Header{Epoch: 5, Seq: 40, Parts: 100}, 1).Data
	padded = slices.Insert(padded, 80+16, make([]byte, 1<<16)...)
	binary.LittleEndian.PutUint32(padded[68:], 16+1<<16)
	table := crc32.MakeTable(crc32.Castagnoli)
	sum := crc32.Update(crc32.Checksum(padded[:76], table), table, padded[80:80+16+1<<16])
	binary.LittleEndian.PutUint32(padded[76:], sum)
	var decoded wire.Frame
	if err := decoded.Decode(padded, f.limits); err != nil {
		t.Fatal(err)
	}
	f.handle(&nats.Msg{Data: padded})
	if f.Stats().Refused != refused+1 || len(f.assembly.parts) != 0 {
		t.Error("64 KiB behind the ranges of one slot are kept")
	}
}

// A message of epoch 0 is ignored: no publisher has that epoch.
func TestNobodysFrames(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	f := followNobody(t, w, FollowerConfig{})
	f.handle(messageOf(wire.Header{Seq: 1}, 10))
	f.handle(&nats.Msg{Data: beat{whole: 5, sent: 1e6}.append(nil)})
	if s, err := f.Receive(); s.Seq != 0 || err != nil || f.Stats().Lost != 0 {
		t.Errorf("%+v, %v: shown, and no publisher was followed", s, err)
	}
}

// A message that was refused is an error until a beat tells that nothing is missing, also if
// nothing changes any more.
func TestRefusalEnds(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	w.churn(100)
	v := w.view(FollowerConfig{Quiet: 10 * time.Millisecond})
	w.wait("equal", v)
	nc, subject := w.connect(), frameSubject("world", v.f.session)
	var err error
	w.until("it is refused", func() bool {
		if err := nc.Publish(subject, []byte("corrupt message")); err != nil {
			t.Fatal(err)
		}
		_, err = v.f.Receive()
		return err != nil
	})
	checkError(t, err, "relay: follow world", "corrupt message")
	w.until("it is over", func() bool { w.tick(); return v.look() == nil })
}

// A publisher says goodbye to a viewer that was silent for too long, and goes on: its
// follower does not go over to another publisher.
func TestForgottenViewerStays(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	f := followNobody(t, w, FollowerConfig{Quiet: time.Minute})
	f.handle(&nats.Msg{Data: hello{Info: infoOf[mat4]("nobody", 5, nil), Version: version}.append(nil)})
	f.handle(messageOf(wire.Header{Epoch: 5, Seq: 1}, 10))
	f.handle(&nats.Msg{Data: beat{epoch: 5, bye: true}.append(nil)})
	f.handle(messageOf(wire.Header{Epoch: 5, Seq: 2}, 10))
	f.handle(&nats.Msg{Data: hello{Info: infoOf[mat4]("nobody", 3, nil), Version: version}.append(nil)})
	if n := followed(&f.receiver); n != 1 {
		t.Errorf("%d publishers were followed, and the first one lives", n)
	}
}

// A follower whose arena is full keeps what it shows. When the publisher needs less, it goes
// on.
func TestNoRoomIsNeeded(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	grow := func(n int) arena.Span[mat4] {
		s, err := w.arena.AllocSpan(n, mat4{float32(n)})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	few, err := arena.New(arena.Config[mat4]{MaxSlots: 4096})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := few.AllocSpan(2048, mat4{9}); err != nil {
		t.Fatal(err)
	}
	f, err := Follow(t.Context(), w.connect(), "world", few, FollowerConfig{Quiet: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	v := &view{w: w, arena: few, f: f}
	apply := func() error { w.tick(); return v.look() }
	small := grow(100)
	w.wait("equal", v)
	large := grow(3000)
	w.until("there is no room", func() bool { return errors.Is(apply(), arena.ErrFull) })
	if m, ok := v.seen(small.Index(50)); !ok || m != (mat4{100}) {
		t.Errorf("slot 50 is %v, and it has shown", m)
	}
	large.Free()
	w.until("it is needed no more", func() bool { return apply() == nil && v.equal() })

	if err := f.Close(); err != nil { // and again for a follower that has never shown anything
		t.Fatal(err)
	}
	few.Descend()
	if v.f, err = Follow(t.Context(), w.connect(), "world", few, FollowerConfig{Quiet: 5 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.f.Close() })
	large = grow(3000)
	w.until("there is no room again", func() bool { return errors.Is(apply(), arena.ErrFull) })
	large.Free()
	w.until("it is needed no more again", func() bool { return apply() == nil && v.equal() })
}

// Receive of a closed follower returns ErrClosed, also if frames wait.
func TestReceiveAfterClose(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	v := w.view(FollowerConfig{})
	w.churn(100)
	w.wait("equal", v)
	w.until("frames wait", func() bool { w.churn(10); w.tick(); return v.f.Stats().Frames > 10 })
	if err := v.f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := v.f.Receive(); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}
