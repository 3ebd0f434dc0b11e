package relay

import (
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
)

// A viewer is a follower as its publisher sees it. It has a goroutine, the only one that
// waits for the network or for the follower to make room.
//
//	Send ── give ──► queue ── sendAll ──► NATS ──► follower
//	  ▲                ▲                              │
//	acknowledge ───────┴── notePull ◄── handle ◄── pull
type viewer struct {
	p       *publisher
	session string
	subject string

	// for Send
	backlog *arena.Backlog // what the follower does not have, and is not under way to it
	last    uint64         // the last frame given; 0: the next frame must hold everything
	sent    []sending      // frames given and not acknowledged, oldest first
	bytes   int64          // of these
	owed    bool           // the next frame is due even if nothing changed
	lossy   bool           // messages were lost, and no frame was acknowledged since
	told    uint32         // the number of the description that it has, or that is under way; 0: it takes no other
	toldAt  uint64         // the first frame given after that description
	spare   []sending      // their ranges and ticks are used again

	mu       sync.Mutex
	changed  sync.Cond // wakes sendAll: queue, pull.got, pull.ask or closed has changed
	pull     pull      // all pulls taken together
	pulled   time.Time // the last of them
	queue    []queued
	resets   int // counts resets of the queue: a frame that was taken from it before is not sent to its end
	closed   bool
	whole    uint64 // the last frame of which all messages were sent
	outBytes uint64 // bytes of frames that were sent, to compare with pull.got
}

// A sending is a frame that is under way to a viewer.
type sending struct {
	seq    uint64
	bytes  int
	time   time.Time
	ranges []arena.Range
	ticks  []arena.GroupTick
}

type queued struct {
	f        *frame
	seq      uint64
	greeting []byte // goes before the frame; nil: none does
}

func newViewer(p *publisher, q pull) *viewer {
	v := &viewer{p: p, session: q.session, subject: frameSubject(p.info.Name, q.session), outBytes: q.got, told: q.told}
	v.changed.L = &v.mu
	return v
}

// notePull adds a pull to what the earlier ones said.
func (v *viewer) notePull(q pull) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.pulled = time.Now()
	q.got = max(q.got, v.pull.got)
	if !q.lost { // a follower that lost frames has less than an earlier pull may have said
		q.have = max(q.have, v.pull.have)
	}
	q.lost, q.ask, q.bye = q.lost || v.pull.lost, q.ask || v.pull.ask, q.bye || v.pull.bye
	v.pull = q
	v.changed.Signal()
}

// acknowledge takes what the pulls said since the last Send.
func (v *viewer) acknowledge(now time.Time) (lost, gone bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	have, lost := v.pull.have, v.pull.lost
	if v.pull.bye || now.Sub(v.pulled) > v.p.cfg.Expire {
		return false, true
	}
	if have > v.last { // of an earlier viewer of the session, which was forgotten
		have, lost = 0, lost || v.last != 0
	}
	v.pull.lost = false
	for len(v.sent) > 0 && v.sent[0].seq <= have {
		v.dropSending()
		v.lossy = false
	}
	// NATS keeps the order of messages: a description that did not come before the frame
	// behind it is lost, and so is one that was in a queue that is reset below.
	if told := v.pull.told; told != v.told && told != 0 && (lost || have >= v.toldAt) {
		v.told = told
	}
	v.owed = v.owed || v.told != 0 && v.told != v.p.hello.Number
	if !lost {
		return false, false
	}
	// The follower has frame have. Everything after it is pending again, and the next frame
	// builds on have: it does not matter which of the frames between arrive after all.
	for _, s := range slices.Backward(v.sent) { // the newest first: Add keeps a tick that is pending already
		v.backlog.Add(s.ranges, s.ticks)
	}
	for len(v.sent) > 0 {
		v.dropSending()
	}
	if v.last = have; have == 0 {
		v.backlog.Stop()
		v.backlog = v.p.follow()
	}
	v.owed, v.lossy = true, true
	v.resetQueue()
	return true, false
}

// dropSending removes the oldest frame that is under way.
func (v *viewer) dropSending() {
	v.bytes -= int64(v.sent[0].bytes)
	v.spare = append(v.spare, v.sent[0])
	v.sent = append(v.sent[:0], v.sent[1:]...)
}

// hasAll reports whether the follower has everything, or has it under way.
func (v *viewer) hasAll() bool {
	return v.last != 0 && !v.owed && len(v.backlog.Ranges()) == 0 && len(v.backlog.Ticks()) == 0
}

// hasRoom reports whether the viewer may be given a frame. Two windows of bytes may be
// under way: one on the network, one in the queue, so that the network never waits for
// Send.
func (v *viewer) hasRoom() bool {
	v.mu.Lock()
	window, frames := v.window(), int(min(v.pull.frames, uint32(v.p.cfg.Frames)))
	v.mu.Unlock()
	return len(v.sent) < frames && v.bytes/2 < int64(window)
}

func (v *viewer) window() int { return int(min(v.pull.window, uint32(v.p.cfg.Window))) }

// give queues a frame that holds the backlog.
func (v *viewer) give(f *frame, seq uint64, now time.Time) {
	var s sending
	if n := len(v.spare); n > 0 {
		s, v.spare = v.spare[n-1], v.spare[:n-1]
	}
	v.sent = append(v.sent, sending{
		seq: seq, bytes: len(f.data), time: now,
		ranges: append(s.ranges[:0], v.backlog.Ranges()...), ticks: append(s.ticks[:0], v.backlog.Ticks()...),
	})
	v.bytes += int64(len(f.data))
	v.last, v.owed = seq, false
	v.backlog.Clear()
	f.users.Add(1)
	q := queued{f: f, seq: seq}
	if number := v.p.hello.Number; v.told != 0 && v.told != number {
		q.greeting, v.told, v.toldAt = v.p.greeting, number, seq
	}
	v.mu.Lock()
	v.queue = append(v.queue, q)
	v.mu.Unlock()
	v.changed.Signal()
}

// resetQueue empties the queue: its frames count as lost. With v.mu held.
func (v *viewer) resetQueue() {
	v.resets++
	for _, q := range v.queue {
		v.p.pool.release(q.f)
	}
	clear(v.queue)
	v.queue = v.queue[:0]
	v.outBytes, v.whole = v.pull.got, v.last
}

// close ends sendAll, which says goodbye to the follower.
func (v *viewer) close() {
	v.mu.Lock()
	v.resetQueue()
	v.closed = true
	v.mu.Unlock()
	v.changed.Signal()
}

// sendAll is the viewer's goroutine: it sends what is in the queue.
func (v *viewer) sendAll() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for {
		for len(v.queue) == 0 && !v.closed {
			if !v.answerAsk() {
				v.changed.Wait()
			}
		}
		if v.closed {
			v.sendBeat(beat{bye: true})
			return
		}
		q := v.queue[0]
		v.queue = append(v.queue[:0], v.queue[1:]...)
		if q.greeting != nil {
			v.mu.Unlock()
			v.p.noteError(v.p.nc.Publish(v.subject, q.greeting))
			v.mu.Lock()
		}
		if v.sendFrame(q.f) {
			v.whole = q.seq
		}
		v.p.pool.release(q.f)
	}
}

// sendFrame sends the messages of a frame, each when there is room for it. It reports
// whether it sent all of them. With v.mu held, except while it waits.
func (v *viewer) sendFrame(f *frame) (all bool) {
	from, resets := 0, v.resets
	for _, to := range f.parts {
		for n := to - from; v.resets == resets && !v.hasRoomFor(n); {
			if !v.answerAsk() {
				v.changed.Wait()
			}
		}
		v.answerAsk()
		if v.resets != resets {
			return false
		}
		v.outBytes += uint64(to - from)
		v.mu.Unlock()
		// A message that is not sent is lost. The next beat tells the follower, which asks
		// for the frame again. Send makes the messages smaller by then, where they were too
		// large for the server.
		if err := v.p.nc.Publish(v.subject, f.data[from:to]); errors.Is(err, nats.ErrMaxPayload) {
			v.p.lookAtServer()
		} else {
			v.p.noteError(err)
		}
		v.mu.Lock()
		from = to
	}
	return v.resets == resets
}

// hasRoomFor reports whether n more bytes may be on the network: they fit the window, or
// nothing else is under way.
func (v *viewer) hasRoomFor(n int) bool {
	return v.outBytes <= v.pull.got || v.outBytes-v.pull.got+uint64(n) <= uint64(v.window())
}

// answerAsk sends a beat if the follower asked for one, and reports whether it did.
func (v *viewer) answerAsk() bool {
	if !v.pull.ask || v.closed {
		return false
	}
	v.pull.ask = false
	v.sendBeat(beat{whole: v.whole, sent: v.outBytes})
	return true
}

// sendBeat sends a beat. It also looks at the server, which may be another one by now: a
// follower that receives nothing asks for beats. With v.mu held, except while it sends.
func (v *viewer) sendBeat(b beat) {
	b.epoch = v.p.info.Epoch
	v.mu.Unlock()
	v.p.lookAtServer()
	v.p.noteError(v.p.nc.Publish(v.subject, b.append(nil)))
	v.mu.Lock()
}
