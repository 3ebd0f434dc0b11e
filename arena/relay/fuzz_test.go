package relay

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/vector"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

// script joins messages, each behind its length.
func script(messages ...[]byte) (b []byte) {
	for _, m := range messages {
		b = append(binary.LittleEndian.AppendUint16(b, uint16(len(m))), m...)
	}
	return b
}

func nextOf(b []byte) (message, rest []byte) {
	if len(b) < 2 {
		return nil, nil
	}
	n := min(int(binary.LittleEndian.Uint16(b)), len(b)-2)
	return b[2 : 2+n], b[2+n:]
}

// No message makes a follower panic or keep more than its window, and afterwards it follows
// an honest publisher.
func FuzzFollower(f *testing.F) {
	info := infoOf[mat4]("world", 7, nil)
	greet := hello{Info: info, Version: version}.append(nil)
	slots := make([]mat4, 100)
	for i := range slots {
		slots[i] = mat4{1, float32(i)}
	}
	whole := wire.Append(nil, wire.Header{SlotBytes: 64, Epoch: 7, Seq: 1, HighWater: 100, Parts: 1}, nil, []arena.Range{{Count: 100}}, arena.Bytes(slots))
	part := func(seq, base uint64, n, of int) []byte {
		return wire.Append(nil, wire.Header{SlotBytes: 64, Epoch: 7, Seq: seq, Base: base, HighWater: 100, Part: n, Parts: of}, nil,
			[]arena.Range{{First: 10 * n, Count: 10}}, arena.Bytes(slots))
	}
	f.Add(script(whole))
	f.Add(script(part(1, 0, 0, 2), part(1, 0, 1, 2), part(2, 1, 0, 1)))
	f.Add(script(part(1, 0, 1, 2), part(1, 0, 0, 2), part(3, 2, 0, 1)))
	f.Add(script(whole, beat{epoch: 7, whole: 2, sent: 1e6}.append(nil), beat{epoch: 7, bye: true}.append(nil)))
	f.Add(script(hello{Info: infoOf[mat4]("world", 8, nil), Version: version, Refused: "no"}.append(nil), whole))
	f.Add(script([]byte(helloMagic+"{}"), []byte(beatMagic), []byte("SLT1"), nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := arena.New(arena.Config[mat4]{MaxSlots: 4096})
		if err != nil {
			t.Fatal(err)
		}
		v := &Follower[mat4]{arena: a, group: a.NewGroup()}
		v.slots = vector.New(v.arena, v.group, mat4{})
		v.init("world", wire.Limits{SlotBytes: 64, MaxSlots: a.Cap()}, fits[mat4], FollowerConfig{Frames: 4})
		v.handle(&nats.Msg{Data: greet})
		for n := 0; len(b) > 0; n++ {
			var m []byte
			m, b = nextOf(b)
			v.handle(&nats.Msg{Data: m})
			kept := int64(0)
			for _, r := range v.ready {
				kept += int64(r.bytes)
			}
			if len(v.ready) > 2*v.cfg.Frames || kept != v.kept {
				t.Fatalf("%d frames are kept, for a viewer of %d; %d bytes, and it says %d", len(v.ready), v.cfg.Frames, kept, v.kept)
			}
			if n%3 == 0 {
				v.Receive()
				a.Descend()
			}
		}
		v.Receive()
		if a.Descend(); v.top > a.Cap() {
			t.Fatalf("%d slots are shown, of %d", v.top, a.Cap())
		}
		v.handleBeat(beat{epoch: v.info.Epoch, bye: true})
		v.handle(&nats.Msg{Data: hello{Info: infoOf[mat4]("world", 1<<60+1, nil), Version: version}.append(nil)})
		next := wire.Header{SlotBytes: 64, Epoch: 1<<60 + 1, Seq: 1, HighWater: 100, Parts: 1}
		v.handle(&nats.Msg{Data: wire.Append(nil, next, nil, []arena.Range{{Count: 100}}, arena.Bytes(slots))})
		if s, err := v.Receive(); err != nil || s.Epoch != next.Epoch {
			t.Fatalf("the honest publisher is not followed: %+v, %v", s, err)
		}
		a.Descend()
		for i := range slots {
			if got := a.Mirror()[v.Index(i)]; got != slots[i] {
				t.Fatalf("slot %d is %v, want %v", i, got, slots[i])
			}
		}
		for i := len(slots); i < v.top; i++ {
			if got := a.Mirror()[v.Index(i)]; got != (mat4{}) {
				t.Fatalf("slot %d is %v, and the publisher has none", i, got)
			}
		}
	})
}

// No message makes a publisher panic or take more viewers than MaxViewers, and it serves an
// honest one.
func FuzzPublisher(f *testing.F) {
	say := pull{session: "A", window: 1 << 20, frames: 4}
	with := func(change func(*pull)) []byte {
		p := say
		p.epoch = 1 // which stands for the publisher's
		change(&p)
		return p.append(nil)
	}
	f.Add(script(with(func(*pull) {}), with(func(p *pull) { p.have, p.got = 1, 1000 })))
	f.Add(script(with(func(p *pull) { p.lost = true }), with(func(p *pull) { p.have, p.lost = 1<<63, true })))
	f.Add(script(with(func(p *pull) { p.got = 1 << 63 }), with(func(p *pull) { p.bye = true }), say.append(nil)))
	f.Add(script(with(func(p *pull) { p.window, p.frames = 1<<32-1, 1<<32-1 }), with(func(p *pull) { p.ask = true })))
	f.Add(script(with(func(p *pull) { p.session = "B" }), with(func(p *pull) { p.session = "C" }), appendClaim(nil, 0), []byte(pullMagic)))
	w := newWorld(f, PublisherConfig{MaxViewers: 3})
	w.churn(5000)
	v := w.view(FollowerConfig{})
	w.wait("equal", v)
	f.Fuzz(func(t *testing.T, b []byte) {
		w.t = t
		for len(b) > 0 {
			var m []byte
			m, b = nextOf(b)
			if len(m) >= pullSize && binary.LittleEndian.Uint64(m[8:]) == 1 {
				m = bytes.Clone(m)
				binary.LittleEndian.PutUint64(m[8:], w.p.info.Epoch)
			}
			w.p.handle(&nats.Msg{Data: m})
			w.churn(20)
			w.tick()
			if n := w.p.Stats().Viewers; n > 3 {
				t.Fatalf("%d viewers", n)
			}
		}
		w.p.mu.Lock()
		for s, v := range w.p.sessions { // the liars end
			if len(s) < 20 {
				v.notePull(pull{session: s, bye: true})
			}
		}
		w.p.mu.Unlock()
		w.wait("the honest viewer is served", v)
	})
}
