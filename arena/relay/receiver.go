package relay

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena/internal/wire"
)

// A receiver puts messages together, and says what the publisher must know. Whatever
// comes, it keeps no more than frames that it has asked for: two windows, and a frame that
// is not whole yet.
//
//	NATS ── receive ──► ready ── take ──► Receive
//	             │                            │
//	NATS ◄─ talk ◄────────────────────────────┘
type receiver struct {
	name, session string
	config        FollowerConfig
	nc            *nats.Conn // its own
	fits          func(*Info) error
	limits        wire.Limits
	closing       sync.Once
	talking       sync.WaitGroup
	stop          chan struct{} // closed by Close
	tell          chan struct{} // talk has something to say
	arrived       chan struct{}

	// receive's, which is one goroutine's
	parts  []wire.Frame // of a frame that is not whole yet
	slots  int          // in them
	size   int          // bytes of these
	unsaid int          // bytes received since talk was last told

	mu      sync.Mutex
	info    Info          // of the publisher that is followed; Epoch 0: of none. Written by receive
	dead    bool          // it has said good bye
	refusal error         // why there is none, or why no frame comes
	changed chan struct{} // closed when one of these has changed
	ready   []received
	kept    int       // bytes of these
	have    uint64    // the last whole frame received of info.Epoch; 0: whatever there was does not help
	applied uint64    // the last that was applied, likewise
	got     uint64    // bytes
	heard   time.Time // the publisher
	asked   time.Time // for what was lost, and nothing was applied since
	misses  int       // how often so, in a row
	lost    bool      // to be said
	stats   FollowerStats
}

// A received frame is whole.
type received struct {
	parts []wire.Frame
	bytes int
}

// FollowerStats counts what a follower has done.
type FollowerStats struct {
	Frames  int       // received whole
	Bytes   int       // received
	Lost    int       // times that something was missing
	Refused int       // messages that could not be used
	Epochs  int       // publishers followed, one after the other
	Heard   time.Time // the publisher's last sign of life
}

func (f *receiver) start(ctx context.Context, nc *nats.Conn, name string, slotBytes int, fits func(*Info) error, cfg FollowerConfig) (err error) {
	if err := errors.Join(checkName(name), cfg.check()); err != nil {
		return err
	}
	f.name, f.session, f.config, f.fits = name, rand.Text(), cfg.filled(), fits
	f.limits = wire.Limits{SlotBytes: slotBytes, MaxSlots: cfg.MaxSlots}
	f.stop, f.changed = make(chan struct{}), make(chan struct{})
	f.tell, f.arrived = make(chan struct{}, 1), make(chan struct{}, 1)
	if f.nc, err = dial(ctx, nc, "slotstream follower of "+name, f.refuse); err != nil {
		return err
	}
	sub, err := f.nc.Subscribe(frameSubject(name, f.session), f.receive)
	if err == nil {
		err = sub.SetPendingLimits(-1, 4*min(f.config.Window, mostWindow/4)+16<<20) // the window keeps it below
	}
	if err != nil {
		f.nc.Close()
		return err
	}
	f.talking.Go(f.talk)
	return nil
}

// end reports whether it was the first.
func (f *receiver) end() (first bool) {
	f.closing.Do(func() {
		first = true
		close(f.stop)
		f.talking.Wait()
		f.nc.Close()
	})
	return first
}

// receive looks at a message.
func (f *receiver) receive(m *nats.Msg) {
	switch b := m.Data; {
	case bytes.HasPrefix(b, []byte(beatMagic)):
		if h, err := parseBeat(b); err == nil {
			f.beat(h)
		}
	case bytes.HasPrefix(b, []byte(helloMagic)):
		if h, err := parseHello(b); err == nil && h.Name == f.name {
			f.meet(h)
		}
	default:
		f.part(b)
	}
}

// part takes a message of a frame.
func (f *receiver) part(b []byte) {
	f.mu.Lock()
	f.got += uint64(len(b))
	f.stats.Bytes += len(b)
	f.mu.Unlock()
	if f.unsaid += len(b); f.unsaid >= f.config.Window/4 {
		f.unsaid = 0
		poke(f.tell)
	}
	var w wire.Frame
	err := w.Decode(b, f.limits)
	if err == nil && w.Packing != wire.Raw && w.Packing != wire.Common {
		err = fmt.Errorf("%w: packing %d, which is for files", wire.ErrFormat, w.Packing)
	}
	if err != nil {
		f.cut()
		f.refuse(err)
		return
	}
	if w.Epoch != f.info.Epoch || w.Epoch == 0 {
		return // of a publisher that is not followed any more, or of a second one
	}
	if n := len(f.parts); w.Part != n || n > 0 && (w.Seq != f.parts[0].Seq || w.Parts != f.parts[0].Parts) {
		if f.cut(); w.Part != 0 {
			f.gap()
			return
		}
	}
	f.parts, f.slots, f.size = append(f.parts, w), f.slots+w.Slots, f.size+len(b)
	switch {
	case f.slots > f.limits.MaxSlots, w.Slots == 0 && w.Parts > 1, len(b) > mostHead+w.Slots*(w.SlotBytes+rangeBytes):
		f.cut()
		f.refuse(fmt.Errorf("%w: a frame of more than %d slots, or of empty parts, or of more bytes than these take",
			wire.ErrFormat, f.limits.MaxSlots))
	case len(f.parts) < w.Parts:
		f.mu.Lock()
		f.alive()
		f.mu.Unlock()
	default:
		f.frame(received{slices.Clone(f.parts), f.size})
		f.cut()
	}
}

// cut forgets the parts of a frame.
func (f *receiver) cut() { f.parts, f.slots, f.size = f.parts[:0], 0, 0 }

// alive takes note that the publisher was heard, which may have said good bye to one that
// had been silent. Under mu.
func (f *receiver) alive() { f.heard, f.dead = time.Now(), false }

// frame takes one that is whole. It brings what has changed since Base, and more does not
// hurt: whoever is at Base or later goes to Seq by it.
func (f *receiver) frame(r received) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h := r.parts[0].Header
	f.alive()
	instead := h.Base <= f.applied // of those that wait: it brings the same, as that is now
	switch {
	case h.Seq <= f.have: // sent again
	case h.Base > f.have:
		f.missed()
	case !instead && (len(f.ready) >= 2*f.config.Frames || f.kept/2 >= f.config.Window):
		f.stats.Refused++
	default:
		if instead {
			f.ready, f.kept = nil, 0
		}
		f.have = h.Seq
		f.ready, f.kept = append(f.ready, r), f.kept+r.bytes
		f.stats.Frames++
		f.serve()
		poke(f.arrived)
	}
}

// beat takes a sign of life.
func (f *receiver) beat(h beat) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if h.epoch != f.info.Epoch {
		return
	}
	f.alive()
	switch {
	case h.bye:
		f.dead = true
		poke(f.tell) // there may be another one already
	case h.whole > f.have || h.sent > f.got:
		f.missed()
	default: // whatever was refused, nothing is missing
		f.serve()
	}
}

// meet takes what a publisher says of itself. It is followed if nobody is, or whoever was
// has ended or fallen silent.
func (f *receiver) meet(h hello) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	switch {
	case h.Epoch == f.info.Epoch:
		f.alive()
		if h.Refused != "" {
			f.refusal = errors.New(h.Refused)
			f.change()
		}
		return
	case f.info.Epoch != 0 && !f.dead && now.Sub(f.heard) < 4*f.config.Quiet:
		return
	}
	if err := f.fits(&h.Info); err != nil {
		f.refusal = err
		f.change()
		return
	}
	f.info, f.dead, f.refusal = h.Info, false, nil
	f.have, f.applied, f.ready, f.kept = 0, 0, nil, 0
	f.heard, f.asked, f.misses, f.lost = now, time.Time{}, 0, false
	f.cut()
	f.stats.Epochs++
	f.change()
	poke(f.tell)
}

func (f *receiver) gap() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.missed()
}

// missed has what was not received sent again; once, for what was on its way behind it
// tells nothing new, and again if that does not come. Under mu.
func (f *receiver) missed() {
	now := time.Now()
	if now.Sub(f.asked) < f.config.Quiet<<min(f.misses, 5)/2 {
		return
	}
	f.asked, f.lost = now, true
	f.misses++
	f.stats.Lost++
	poke(f.tell)
}

// refuse takes note of a message that cannot be used, or of the server's refusal.
func (f *receiver) refuse(err error) {
	if f.closed() {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stats.Refused++
	f.refusal = err
	f.change()
}

// serve takes back a refusal: what is published comes. Under mu.
func (f *receiver) serve() {
	if f.refusal != nil {
		f.refusal = nil
		f.change()
	}
}

// change wakes who waits for info or refusal. Under mu.
func (f *receiver) change() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// talk says how far the follower is, when that has changed and every now and then. It is
// the only goroutine of a follower that may wait for the network.
func (f *receiver) talk() {
	often := time.NewTicker(f.config.Quiet)
	defer often.Stop()
	f.say(false, false)
	for {
		ask := false
		select {
		case <-f.stop:
			f.say(false, true)
			return
		case <-f.tell:
		case <-often.C:
			f.mu.Lock()
			ask = time.Since(f.heard) >= f.config.Quiet
			f.mu.Unlock()
		}
		f.say(ask, false)
	}
}

func (f *receiver) say(ask, bye bool) {
	f.mu.Lock()
	p := pull{
		session: f.session, epoch: f.info.Epoch, have: f.applied, got: f.got,
		window: uint32(f.config.Window), frames: uint32(f.config.Frames), ask: ask, lost: f.lost, bye: bye,
	}
	if p.lost {
		p.have = f.have
	}
	f.lost = false
	f.mu.Unlock()
	f.nc.Publish(pullSubject(f.name), p.append(nil))
}

// take hands out the frames that are ready, and why there may be none.
func (f *receiver) take() ([]received, error) {
	if f.closed() {
		return nil, ErrClosed
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	frames := f.ready
	f.ready, f.kept = nil, 0
	return frames, f.refusal
}

// took says how many of the frames were applied. For the others there is no room: they are
// tried again, and everything is asked for anew, which may need less by now.
func (f *receiver) took(frames []received, done int) {
	if len(frames) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if frames[0].parts[0].Epoch != f.info.Epoch {
		return // meanwhile another one is followed
	}
	if done > 0 {
		f.applied, f.asked, f.misses = frames[done-1].parts[0].Seq, time.Time{}, 0
		f.have = max(f.have, f.applied)
		poke(f.tell)
	}
	frames = frames[done:]
	if len(frames) == 0 || len(f.ready) > 0 && f.ready[0].parts[0].Base <= f.applied {
		return
	}
	f.ready = append(frames, f.ready...)
	for _, r := range frames {
		f.kept += r.bytes
	}
	f.have, f.applied = 0, 0
	f.missed()
}

// closed reports whether end was called.
func (f *receiver) closed() bool {
	select {
	case <-f.stop:
		return true
	default:
		return false
	}
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Arrived has a value when frames have come since it was last received from: for a loop
// that waits for something to Receive.
func (f *receiver) Arrived() <-chan struct{} { return f.arrived }

// Stats may be called from any goroutine.
func (f *receiver) Stats() FollowerStats {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.stats
	s.Heard = f.heard
	return s
}

// Info waits until the publisher has been heard, and returns what it says of itself; or
// an error, if ctx is done before or its slots do not fit. After a restart of the
// publisher, which Shown.Epoch shows, it may say something else.
func (f *receiver) Info(ctx context.Context) (Info, error) {
	for {
		f.mu.Lock()
		info, err, changed := f.info, f.refusal, f.changed
		f.mu.Unlock()
		switch {
		case err != nil:
		case info.Epoch != 0:
			return info, nil
		default:
			select {
			case <-changed:
				continue
			case <-ctx.Done():
				err = fmt.Errorf("nobody publishes it: %w", ctx.Err())
			case <-f.stop:
				err = ErrClosed
			}
		}
		return Info{}, fmt.Errorf("relay: follow %s: %w", f.name, err)
	}
}
