package relay

import (
	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

// The control: each change is published once, and waits in a queue of 1,024 messages for the
// viewer. Programs that use NATS do so as a rule.
type plainPublisher struct {
	nc      *nats.Conn
	arena   *arena.Arena[mat4]
	changed *arena.Backlog // a follower of arena
	seq     uint64
}

const plainSubject = "slots.plain"

func (p *plainPublisher) Send() error {
	p.seq++
	for _, part := range wire.Split(nil, p.changed.Ranges(), 64, partBytes) {
		h := wire.Header{SlotBytes: 64, Epoch: 1, Seq: p.seq, Base: p.seq - 1, HighWater: p.changed.HighWater(), Parts: 1}
		if err := p.nc.Publish(plainSubject, wire.Append(nil, h, nil, part, arena.Bytes(p.arena.Mirror()))); err != nil {
			return err
		}
	}
	p.changed.Clear()
	return nil
}

type plainView struct {
	queue chan *nats.Msg
	slots []mat4
}

func newPlainView(nc *nats.Conn) (*plainView, error) {
	v := &plainView{queue: make(chan *nats.Msg, 1024), slots: make([]mat4, 1<<16)}
	_, err := nc.ChanSubscribe(plainSubject, v.queue)
	if err == nil {
		err = nc.Flush()
	}
	return v, err
}

func (v *plainView) apply() error {
	for {
		select {
		case m := <-v.queue:
			var f wire.Frame
			if err := f.Decode(m.Data, wire.Limits{SlotBytes: 64, MaxSlots: 1 << 16}); err != nil {
				return err
			}
			f.CopyTo(arena.Bytes(v.slots))
		default:
			return nil
		}
	}
}
