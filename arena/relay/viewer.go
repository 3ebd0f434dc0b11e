package relay

import (
	"sync"
	"time"

	"github.com/slotstream/slotstream/arena"
)

// A viewer is what a publisher knows of one follower. It costs what is in its backlog and
// what is on its way, and a goroutine: the only one that ever waits for the network, or
// for the follower to make room.
//
//	Send ─── give ──► queue ── send ──► NATS ──► follower
//	  ▲                 ▲                           │
//	  └──── meet ───────┴────────── hear ◄── pull ──┘
type viewer struct {
	p       *publisher
	session string
	subject string

	// Send's
	backlog *arena.Backlog
	shown   arena.Tick
	owed    bool      // it gets a frame even if nothing has changed
	lossy   bool      // it has lost something, and applied nothing since
	last    uint64    // the last frame given; 0: the next one must hold everything
	sent    []sending // what was given and is not applied, oldest first
	bytes   int       // of these
	spare   []sending // whose ranges and ticks are used again

	mu     sync.Mutex
	wake   sync.Cond // of send: queue, got, ask or over have changed
	said   pull      // as of all pulls
	heard  time.Time // the last of them
	queue  []queued
	resets int // of the queue: what was taken from it before is not sent any further
	over   bool
	whole  uint64 // the last frame that was sent to the end
	out    uint64 // bytes sent, as said.got counts them
}

// sending is a frame that a viewer has been given.
type sending struct {
	seq    uint64
	bytes  int
	time   time.Time
	ranges []arena.Range
	ticks  []arena.GroupTick
}

type queued struct {
	f   *frame
	seq uint64
}

func newViewer(p *publisher, q pull) *viewer {
	v := &viewer{p: p, session: q.session, subject: frameSubject(p.info.Name, q.session), out: q.got}
	v.wake.L = &v.mu
	return v
}

// hear takes a pull.
func (v *viewer) hear(q pull) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.heard = time.Now()
	if q.got = max(q.got, v.said.got); !q.lost { // else what it has received behind that does not count
		q.have = max(q.have, v.said.have)
	}
	q.lost, q.ask, q.bye = q.lost || v.said.lost, q.ask || v.said.ask, q.bye || v.said.bye
	v.said = q
	v.wake.Signal()
}

// meet takes what was heard since the last Send.
func (v *viewer) meet(now time.Time) (lost, gone bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	have, lost := v.said.have, v.said.lost
	if v.said.bye || now.Sub(v.heard) > v.p.config.Expire {
		return false, true
	}
	if have > v.last { // of a time when it was another viewer here: Expire has passed
		have, lost = 0, lost || v.last != 0
	}
	v.said.lost = false
	for len(v.sent) > 0 && v.sent[0].seq <= have {
		v.forget()
		v.lossy = false
	}
	if !lost {
		return false, false
	}
	// It has frame have, and everything behind it is pending again. Its next frame
	// brings all that has changed since have, so it does not matter what else comes.
	for len(v.sent) > 0 {
		v.backlog.Add(v.sent[0].ranges, v.sent[0].ticks)
		v.forget()
	}
	if v.last = have; have == 0 {
		v.backlog.Stop()
		v.backlog = v.p.follow()
	}
	v.owed, v.lossy = true, true
	v.drop()
	return true, false
}

// tick is the latest of the ticks that the viewer shows with its next frame.
func (v *viewer) tick() arena.Tick {
	for _, t := range v.backlog.Ticks() {
		if later(t.To, v.shown) {
			v.shown = t.To
		}
	}
	return v.shown
}

func later(x, y arena.Tick) bool {
	return x.Time > y.Time || x.Time == y.Time && x.Number > y.Number
}

// forget takes the oldest frame off the list.
func (v *viewer) forget() {
	v.bytes -= v.sent[0].bytes
	v.spare = append(v.spare, v.sent[0])
	v.sent = append(v.sent[:0], v.sent[1:]...)
}

// hasRoom reports whether it may be given a frame. Two windows of bytes may wait here, so
// that the one on the network never runs dry.
func (v *viewer) hasRoom() bool {
	v.mu.Lock()
	window, frames := v.window(), int(min(v.said.frames, uint32(v.p.config.Frames)))
	v.mu.Unlock()
	return len(v.sent) < frames && v.bytes/2 < window
}

func (v *viewer) window() int { return int(min(v.said.window, uint32(v.p.config.Window))) }

// give puts the frame, which holds the backlog, into the queue.
func (v *viewer) give(f *frame, seq uint64, now time.Time) {
	var s sending
	if n := len(v.spare); n > 0 {
		s, v.spare = v.spare[n-1], v.spare[:n-1]
	}
	v.sent = append(v.sent, sending{
		seq: seq, bytes: len(f.data), time: now,
		ranges: append(s.ranges[:0], v.backlog.Ranges()...), ticks: append(s.ticks[:0], v.backlog.Ticks()...),
	})
	v.bytes += len(f.data)
	v.last, v.owed = seq, false
	v.backlog.Clear()
	f.users.Add(1)
	v.mu.Lock()
	v.queue = append(v.queue, queued{f, seq})
	v.mu.Unlock()
	v.wake.Signal()
}

// drop empties the queue: what was sent and not received is lost. Under mu.
func (v *viewer) drop() {
	v.resets++
	for _, q := range v.queue {
		v.p.pool.leave(q.f)
	}
	clear(v.queue)
	v.queue = v.queue[:0]
	v.out, v.whole = v.said.got, v.last
}

// close ends send, which says good bye.
func (v *viewer) close() {
	v.mu.Lock()
	v.drop()
	v.over = true
	v.mu.Unlock()
	v.wake.Signal()
}

// send is the viewer's goroutine.
func (v *viewer) send() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for {
		for len(v.queue) == 0 && !v.over {
			if !v.answer() {
				v.wake.Wait()
			}
		}
		if v.over {
			v.say(beat{bye: true})
			return
		}
		q := v.queue[0]
		v.queue = append(v.queue[:0], v.queue[1:]...)
		if v.sendFrame(q.f) {
			v.whole = q.seq
		}
		v.p.pool.leave(q.f)
	}
}

// sendFrame reports whether the frame was sent to its end.
func (v *viewer) sendFrame(f *frame) bool {
	from, resets := 0, v.resets
	for _, to := range f.parts {
		for n := to - from; v.resets == resets && !v.room(n); {
			if !v.answer() {
				v.wake.Wait()
			}
		}
		v.answer()
		if v.resets != resets {
			return false
		}
		v.out += uint64(to - from)
		v.mu.Unlock()
		v.p.nc.Publish(v.subject, f.data[from:to]) // what is not sent is lost, and the viewer finds out
		v.mu.Lock()
		from = to
	}
	return v.resets == resets
}

// room reports whether n more bytes may be on the network: they fit the window, or
// nothing else is there.
func (v *viewer) room(n int) bool {
	return v.out <= v.said.got || v.out-v.said.got+uint64(n) <= uint64(v.window())
}

// answer says a beat if the viewer has asked for one, and reports whether it did.
func (v *viewer) answer() bool {
	if !v.said.ask || v.over {
		return false
	}
	v.said.ask = false
	v.say(beat{whole: v.whole, sent: v.out})
	return true
}

// say sends a beat. A viewer that nothing comes to asks for one: so it is where to see
// whether it is another server by now. Under mu, which it lets go for as long as that takes.
func (v *viewer) say(b beat) {
	b.epoch = v.p.info.Epoch
	v.mu.Unlock()
	v.p.look()
	v.p.nc.Publish(v.subject, b.append(nil))
	v.mu.Lock()
}
