package relay

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena/internal/wire"
)

// A receiver is the part of a Follower that does not depend on the type of the slots. It
// assembles frames, keeps them for Receive, and sends pulls.
//
//	NATS ── handle ──► ready ── takeReady ──► Receive
//	            │                                │ stored
//	NATS ◄─ pullLoop ◄───────────────────────────┘
//
// Invariant: ready holds two windows of bytes and one frame at most, no matter what comes.
type receiver struct {
	name, session string
	cfg           FollowerConfig
	nc            *nats.Conn // the follower's own
	fits          func(*hello) error
	limits        wire.Limits
	closing       sync.Once
	loop          sync.WaitGroup // pullLoop
	stop          chan struct{}  // closed by Close
	pullNow       chan struct{}  // wakes pullLoop
	arrived       chan struct{}

	// for handle, which one goroutine of the connection calls
	assembly assembly
	unpulled int // bytes received since a pull was last asked for

	mu      sync.Mutex
	info    Info          // of the publisher that is followed; Epoch 0: none. Written by handle
	told    uint32        // the number of its description
	expire  time.Duration // of the same publisher
	ended   bool          // it said goodbye
	offline error         // why the server serves this follower no more
	refusal error         // why no publisher is followed, or why no frame comes
	changed chan struct{} // closed, and made anew, when one of these changes
	ready   []assembled   // frames for Receive
	kept    int64         // the bytes of these
	have    uint64        // the last frame received of this publisher; 0: the next one must hold everything
	applied uint64        // the last frame that Receive stored; 0: likewise
	got     uint64        // bytes received, of frames of any publisher
	heard   time.Time     // the publisher's last message
	asked   time.Time     // when lost frames were last asked for, if nothing was stored since
	misses  int           // how often they were asked for since then
	lost    bool          // the next pull asks for lost frames
	epochs  int           // publishers followed, one after the other
	stats   FollowerStats // without Heard
}

func (f *receiver) start(ctx context.Context, nc *nats.Conn, name string, limits wire.Limits, fits func(*hello) error, cfg FollowerConfig) (err error) {
	if err := errors.Join(checkName(name), cfg.check()); err != nil {
		return err
	}
	f.init(name, limits, fits, cfg)
	if f.nc, err = dial(ctx, nc, "slotstream follower of "+name, f.setOffline, func() { f.setOffline(nil) }); err != nil {
		return err
	}
	sub, err := f.nc.Subscribe(frameSubject(name, f.session), f.handle)
	if err == nil { // the window keeps what is pending below this
		err = sub.SetPendingLimits(-1, 4*min(f.cfg.Window, maxWindow/4)+16<<20)
	}
	if err != nil {
		f.nc.Close()
		return err
	}
	f.loop.Go(f.pullLoop)
	return nil
}

func (f *receiver) init(name string, limits wire.Limits, fits func(*hello) error, cfg FollowerConfig) {
	f.name, f.session, f.cfg, f.fits = name, rand.Text(), cfg.withDefaults(), fits
	f.limits, f.assembly.maxSlots = limits, limits.MaxSlots
	f.stop, f.changed = make(chan struct{}), make(chan struct{})
	f.pullNow, f.arrived = make(chan struct{}, 1), make(chan struct{}, 1)
}

// shut ends the connection, and reports whether it was the first to do so.
func (f *receiver) shut() (first bool) {
	f.closing.Do(func() {
		first = true
		close(f.stop)
		f.loop.Wait()
		f.nc.Close()
	})
	return first
}

func (f *receiver) isClosed() bool {
	select {
	case <-f.stop:
		return true
	default:
		return false
	}
}

// handle takes a message.
func (f *receiver) handle(m *nats.Msg) {
	switch b := m.Data; {
	case bytes.HasPrefix(b, []byte(beatMagic)):
		if h, err := parseBeat(b); err == nil {
			f.handleBeat(h)
		}
	case bytes.HasPrefix(b, []byte(helloMagic)):
		if h, err := parseHello(b); err == nil && h.Name == f.name {
			f.handleHello(h)
		}
	default:
		f.handlePart(b)
	}
}

// handlePart takes a message of a frame.
func (f *receiver) handlePart(b []byte) {
	f.mu.Lock()
	f.got += uint64(len(b))
	f.stats.Bytes += int64(len(b))
	f.mu.Unlock()
	if f.unpulled += len(b); f.unpulled >= f.cfg.Window/4 {
		f.unpulled = 0
		wake(f.pullNow)
	}
	var m wire.Frame
	err := m.Decode(b, f.limits)
	if err == nil && m.Differences {
		err = fmt.Errorf("%w: differences are for files", wire.ErrFormat)
	}
	if err != nil {
		f.assembly.reset()
		f.refuse(err)
		return
	}
	if m.Epoch != f.info.Epoch || m.Epoch == 0 {
		return // of a publisher that is not followed
	}
	gap, err := f.assembly.add(m, len(b))
	frame, whole := f.assembly.take()
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case err != nil:
		f.refuseLocked(err)
	case gap:
		f.requestLost()
	case whole:
		f.noteAlive()
		f.handleFrame(frame)
	default:
		f.noteAlive()
	}
}

// noteAlive notes that the publisher lives. It may have said goodbye, and not ended: it
// forgot a follower that was silent. With f.mu held.
func (f *receiver) noteAlive() { f.heard, f.ended = time.Now(), false }

// handleFrame takes a frame that is whole. It holds all changes since Base: a follower that
// has Base, or a later frame, has Seq with it. With f.mu held.
func (f *receiver) handleFrame(r assembled) {
	h := r.parts[0].Header
	replaces := h.Base <= f.applied // all frames that wait: it has the same slots, as they are now
	switch {
	case h.Seq <= f.have: // a second time
	case h.Base > f.have:
		f.requestLost()
	case !replaces && (len(f.ready) >= 2*f.cfg.Frames || f.kept/2 >= int64(f.cfg.Window)):
		f.stats.Refused++
	default:
		if replaces {
			f.ready, f.kept = nil, 0
		}
		f.have = h.Seq
		r.metadata = f.info.Metadata
		f.ready, f.kept = append(f.ready, r), f.kept+int64(r.bytes)
		f.stats.Frames++
		f.setRefusal(nil)
		wake(f.arrived)
	}
}

// handleBeat takes a sign of life.
func (f *receiver) handleBeat(h beat) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if h.epoch != f.info.Epoch {
		return
	}
	f.noteAlive()
	switch {
	case h.bye:
		f.ended = true
		wake(f.pullNow) // its successor may be there already
	case h.whole > f.have || h.sent > f.got:
		f.requestLost()
	default: // nothing is missing, so a message that was refused does not matter
		f.setRefusal(nil)
	}
}

// handleHello takes a publisher's description of itself. The follower goes over to that
// publisher if it follows none, or one that has ended or is silent. What the publisher that
// it follows says anew is true of the frames behind it.
func (f *receiver) handleHello(h hello) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	known := h.Epoch == f.info.Epoch
	if known {
		f.noteAlive()
	} else if !f.seeks(now) {
		return
	}
	err := f.fits(&h)
	if h.Refused != "" {
		err = errors.New(h.Refused)
	}
	switch {
	case err != nil:
		f.setRefusal(err)
	case known && h.Number != f.told:
		f.info, f.told = h.Info, h.Number
	case !known:
		f.info, f.told, f.expire, f.ended = h.Info, h.Number, h.Expire, false
		f.have, f.applied, f.ready, f.kept = 0, 0, nil, 0
		f.heard, f.asked, f.misses, f.lost = now, time.Time{}, 0, false
		f.assembly.reset()
		f.epochs++
		f.refusal = nil
		f.noteChange()
		wake(f.pullNow)
	}
}

// seeks reports whether the follower would follow another publisher. With f.mu held.
func (f *receiver) seeks(now time.Time) bool {
	return f.info.Epoch == 0 || f.ended || now.Sub(f.heard) >= 4*f.cfg.Quiet
}

// requestLost has the next pull ask for everything since the last frame. It asks once,
// and again if nothing comes: messages that were under way meanwhile say nothing new. With
// f.mu held.
func (f *receiver) requestLost() {
	now := time.Now()
	if now.Sub(f.asked) < f.cfg.Quiet<<min(f.misses, 5)/2 {
		return
	}
	f.asked, f.lost = now, true
	f.misses++
	f.stats.Lost++
	wake(f.pullNow)
}

// refuse notes a message that cannot be used.
func (f *receiver) refuse(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refuseLocked(err)
}

func (f *receiver) refuseLocked(err error) {
	f.stats.Refused++
	f.setRefusal(err)
}

// setRefusal changes why no frame comes. With f.mu held.
func (f *receiver) setRefusal(err error) {
	if f.refusal != err {
		f.refusal = err
		f.noteChange()
	}
}

// setOffline changes why the server does not serve the follower. The connection calls it.
func (f *receiver) setOffline(err error) {
	if f.isClosed() {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.offline = err
	f.noteChange()
}

// noteChange wakes Info. With f.mu held.
func (f *receiver) noteChange() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// err returns why nothing new can be shown. With f.mu held.
func (f *receiver) err() error {
	if f.offline != nil {
		return f.offline
	}
	return f.refusal
}

// pullLoop sends a pull when there is something new to say, and in regular intervals. It
// is the follower's only goroutine that waits for the network.
func (f *receiver) pullLoop() {
	interval := f.cfg.Quiet
	regularly := time.NewTicker(interval)
	defer regularly.Stop()
	f.sendPull(false, false)
	for {
		ask := false
		select {
		case <-f.stop:
			f.sendPull(false, true)
			return
		case <-f.pullNow:
		case <-regularly.C:
			f.mu.Lock()
			ask = time.Since(f.heard) >= f.cfg.Quiet
			f.mu.Unlock()
		}
		f.sendPull(ask, false)
		if i := f.pullInterval(); i != interval {
			interval = i
			regularly.Reset(i)
		}
	}
}

// pullInterval returns the time between two pulls when nothing happens: Quiet, or a third
// of the time after which the publisher forgets a silent viewer.
func (f *receiver) pullInterval() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.info.Epoch == 0 {
		return f.cfg.Quiet
	}
	return min(f.cfg.Quiet, max(f.expire/3, 10*time.Millisecond))
}

func (f *receiver) sendPull(ask, bye bool) {
	f.mu.Lock()
	p := pull{
		session: f.session, epoch: f.info.Epoch, have: f.applied, got: f.got, seek: f.seeks(time.Now()),
		window: uint32(f.cfg.Window), frames: uint32(f.cfg.Frames), told: f.told, ask: ask, lost: f.lost, bye: bye,
	}
	if p.lost {
		p.have = f.have
	}
	f.lost = false
	f.mu.Unlock()
	if err := f.nc.Publish(pullSubject(f.name), p.append(nil)); err != nil && !isAway(err) {
		f.refuse(fmt.Errorf("send to the publisher: %w", err))
	}
}

// takeReady returns the frames that wait, and why there may be none.
func (f *receiver) takeReady() ([]assembled, error) {
	if f.isClosed() {
		return nil, ErrClosed
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	frames := f.ready
	f.ready, f.kept = nil, 0
	return frames, f.err()
}

// stored notes that the first n of the frames are in the group. There was no room for the
// others: they are kept for the next Receive, and everything is asked for anew, which may
// need less room by now.
func (f *receiver) stored(frames []assembled, n int) {
	if len(frames) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if frames[0].parts[0].Epoch != f.info.Epoch {
		return // another publisher is followed by now
	}
	if n > 0 {
		f.applied, f.asked, f.misses = frames[n-1].parts[0].Seq, time.Time{}, 0
		f.have = max(f.have, f.applied)
		wake(f.pullNow)
	}
	frames = frames[n:]
	if len(frames) == 0 || len(f.ready) > 0 && f.ready[0].parts[0].Base <= f.applied {
		return
	}
	f.ready = append(frames, f.ready...)
	for _, r := range frames {
		f.kept += int64(r.bytes)
	}
	f.have, f.applied = 0, 0
	f.requestLost()
}

// startOver has the publisher send everything.
func (f *receiver) startOver() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.have, f.applied = 0, 0
	f.requestLost()
}

// wake lets the goroutine that waits for c go on.
func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Arrived returns a channel that receives a value when frames have come since the last
// value: wait for it in a loop that has nothing to do before Receive. Any goroutine may
// call it, and receive from the channel.
func (f *receiver) Arrived() <-chan struct{} { return f.arrived }

// Info returns the publisher's description of itself. It waits for a publisher until ctx
// is done. It fails at once if Receive would fail, and with ErrClosed after Close. After a
// restart of the publisher, which Shown.Epoch tells, call Info again: the description may
// have changed. Its Metadata is the newest that has come, and Shown.Metadata that of what is
// shown. Any goroutine may call it.
func (f *receiver) Info(ctx context.Context) (Info, error) {
	for {
		f.mu.Lock()
		info, err, changed := f.info, f.err(), f.changed
		f.mu.Unlock()
		switch {
		case f.isClosed():
			err = ErrClosed
		case err != nil:
		case info.Epoch != 0:
			return info, nil
		default:
			select {
			case <-changed:
				continue
			case <-ctx.Done():
				err = fmt.Errorf("no publisher has this name: %w", ctx.Err())
			case <-f.stop:
				continue
			}
		}
		return Info{}, fmt.Errorf("relay: follow %s: %w", f.name, err)
	}
}
