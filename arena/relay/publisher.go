package relay

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

var (
	// ErrTaken is wrapped by Publish's error where another publisher of the name is
	// alive.
	ErrTaken = errors.New("the name is taken")

	// ErrClosed is wrapped by errors of what has been closed.
	ErrClosed = errors.New("closed")
)

// A Publisher sends what an arena shows to its followers. Send and Close are for the
// goroutine that descends.
//
// Invariant: a viewer has, or has on its way, everything but the ranges in its backlog.
type Publisher[T any] struct{ publisher }

type publisher struct {
	info    Info
	config  PublisherConfig
	follow  func() *arena.Backlog // the arena
	mirror  func() []byte         // all slots' memory
	nc      *nats.Conn            // its own
	service micro.Service
	hello   []byte
	full    []byte // a hello to viewers that are too many

	// Send's
	seq     uint64
	viewers []*viewer
	made    []*frame // by the Send under way
	all     [1]arena.Range
	pool    pool

	mu       sync.Mutex
	sessions map[string]*viewer // every viewer that is not gone, by its session
	arrived  []*viewer          // of these, those that Send has not seen yet
	settled  bool               // the name is this publisher's, and viewers are welcome
	closed   bool
	senders  sync.WaitGroup

	most                             atomic.Int64 // bytes of a message that the server takes, as look has seen it last
	failure                          atomic.Pointer[error]
	frames, bytes, conflated, resent atomic.Int64
	age                              atomic.Int64
}

// PublisherStats counts what a publisher has done.
type PublisherStats struct {
	Viewers   int           // now
	Frames    int           // handed to a viewer's sender
	Bytes     int           // of these
	Conflated int           // frames that a viewer had no room for: they go with a later one
	Resent    int           // times that a viewer had lost something, or everything
	Age       time.Duration // of the oldest frame that a viewer has yet to apply, as of the last Send
}

// Publish offers what a shows under a name of letters, digits, - and _. It opens a
// connection of its own to where nc leads. It fails where that does, where another
// publisher of the name is alive (ErrTaken) or it may not ask for one, and where a slot is
// larger than the server's messages. ctx bounds Publish, and not the Publisher's life.
func Publish[T any](ctx context.Context, nc *nats.Conn, name string, a *arena.Arena[T], cfg PublisherConfig) (*Publisher[T], error) {
	p := new(Publisher[T])
	p.follow, p.mirror = a.Follow, func() []byte { return arena.Bytes(a.Mirror()) }
	if err := p.start(ctx, nc, infoOf[T](name, newEpoch(), cfg.Metadata), cfg); err != nil {
		return nil, fmt.Errorf("relay: publish %s: %w", name, err)
	}
	return p, nil
}

func newEpoch() uint64 {
	var b [8]byte
	rand.Read(b[:])
	return binary.LittleEndian.Uint64(b[:]) | 1 // 0 is none
}

func (p *publisher) start(ctx context.Context, nc *nats.Conn, info Info, cfg PublisherConfig) (err error) {
	if err := errors.Join(checkName(info.Name), cfg.check()); err != nil {
		return err
	}
	p.info, p.config = info, cfg.filled()
	p.hello = hello{Info: info}.append(nil)
	p.full = hello{Info: info, Refused: fmt.Sprintf("it has %d viewers already, and takes no more", p.config.MaxViewers)}.append(nil)
	p.sessions, p.pool = map[string]*viewer{}, make(pool, 4)
	if p.nc, err = dial(ctx, nc, "slotstream publisher "+info.Name, p.denied); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			p.nc.Close()
		}
	}()
	p.look()
	if err := fitsMessage(info.SlotBytes, int(p.most.Load())); err != nil {
		return err
	}
	// The service says a few words more, and some for each key.
	if n, most := len(p.hello)+len(userKey)*len(info.Metadata)+512, int(p.most.Load()); n > most {
		return fmt.Errorf("metadata, %d bytes of it in all, does not fit a message of the server's: raise its max_payload, %d", n, most)
	}
	// First the ear, then the question.
	sub, err := p.nc.Subscribe(pullSubject(info.Name), p.hear)
	if err != nil {
		return err
	}
	if err := sub.SetPendingLimits(64<<10, 16<<20); err != nil {
		return err
	}
	if err := p.rivals(ctx); err != nil {
		return err
	}
	p.service, err = micro.AddService(p.nc, micro.Config{
		Name: serviceName, Version: "1.0.0", Description: "slots that change, to be followed", Metadata: info.service(),
	})
	if err != nil {
		return err
	}
	wait, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := p.nc.FlushWithContext(wait); err != nil { // from here on, Find finds it
		return err
	}
	p.mu.Lock()
	p.settled = true
	p.mu.Unlock()
	return nil
}

// rivals asks whether the name is taken, and again while another one is asking too. Its own
// connection does not hear it, so where there is nobody else the server says so at once;
// what has died with its machine, and has the server believe that it lives, does not
// answer in time.
//
// Of two that start at once, the one that subscribed first hears the other's question. If
// its epoch is the smaller one it answers that the name is taken; else, until it is settled,
// that it does not know yet, and is asked again. So at most one of them hears that there is
// nobody. What followers say is for the other one until then.
func (p *publisher) rivals(ctx context.Context) error {
	for {
		wait, cancel := context.WithTimeout(ctx, time.Second)
		m, err := p.nc.RequestWithContext(wait, pullSubject(p.info.Name), appendRival(nil, p.info.Epoch))
		cancel()
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("ask whether the name is taken: %w", ctx.Err())
		case err == nil && string(m.Data) == rivalMagic:
			time.Sleep(10 * time.Millisecond)
			continue
		case err == nil:
			other, _ := parseHello(m.Data)
			return fmt.Errorf("%w: a publisher of slots of %d bytes, epoch %x, is alive: end it, or choose another name",
				ErrTaken, other.SlotBytes, other.Epoch)
		case !errors.Is(err, nats.ErrNoResponders) && !errors.Is(err, context.DeadlineExceeded):
			return fmt.Errorf("ask whether the name is taken: %w", err)
		}
		if denied := p.failure.Load(); denied != nil { // so it was not asked, or not answered
			return fmt.Errorf("ask whether the name is taken: %w", *denied)
		}
		return nil
	}
}

// look sees how large messages may be. Whoever asks the connection anything waits while that
// waits for the network: Send goes by what was seen.
func (p *publisher) look() { p.most.Store(p.nc.MaxPayload()) }

// denied is told what ends publishing. Answers that the publisher may not give, to another
// one that asks for the name or to Find, and questions that it may not hear, do not.
func (p *publisher) denied(err error) {
	const ours, service, answer = ` to "slots.`, ` to "$SRV.`, ` for Publish to "`
	what := err.Error()
	if strings.Contains(what, ours) || !strings.Contains(what, service) && !strings.Contains(what, answer) {
		p.failure.CompareAndSwap(nil, &err)
	}
}

// hear is told whatever is said on the publisher's subject. It is one goroutine's.
func (p *publisher) hear(m *nats.Msg) {
	if epoch, ok := parseRival(m.Data); ok && m.Reply != "" {
		p.mu.Lock()
		mine := p.settled || p.info.Epoch < epoch
		p.mu.Unlock()
		answer := p.hello
		if !mine {
			answer = []byte(rivalMagic)
		}
		m.Respond(answer)
		return
	}
	q, err := parsePull(m.Data)
	if err != nil {
		return
	}
	p.mu.Lock()
	v := p.sessions[q.session]
	switch {
	case !p.settled, p.closed, q.bye && (v == nil || q.epoch != p.info.Epoch):
		p.mu.Unlock()
		return
	case q.epoch != p.info.Epoch:
		p.mu.Unlock()
		p.nc.Publish(frameSubject(p.info.Name, q.session), p.hello)
		return
	case v == nil && len(p.sessions) >= p.config.MaxViewers:
		p.mu.Unlock()
		p.nc.Publish(frameSubject(p.info.Name, q.session), p.full)
		return
	case v == nil:
		v = newViewer(p, q)
		p.sessions[q.session] = v
		p.arrived = append(p.arrived, v)
		p.senders.Go(v.send)
	}
	v.hear(q) // before Send sees it, which forgets whom it never heard
	p.mu.Unlock()
}

// Send sends what every Descend since has found, no matter which part of the program
// called it, to each viewer that has room. The others get it later, as it is then. Call
// Send after each Descend, also where nothing changed. It does not descend, and never
// waits for the network. It copies the changed slots once for all viewers that are equally
// far.
//
// An error says that the publisher was closed, may not say or hear anything there, or that
// the server's messages are too small for what a viewer needs; the others get theirs.
func (p *publisher) Send() error {
	if err := p.err(); err != nil {
		return fmt.Errorf("relay: publish %s: %w", p.info.Name, err)
	}
	now := time.Now()
	p.meet(now)
	p.seq++
	var age time.Duration
	var failed error
	for _, v := range p.viewers {
		switch {
		case v.last != 0 && !v.owed && len(v.backlog.Ranges()) == 0 && len(v.backlog.Ticks()) == 0: // it has everything
		case !v.hasRoom():
			p.conflated.Add(1)
		default:
			f, err := p.frame(v, now)
			if err != nil {
				failed = fmt.Errorf("relay: publish %s: %w", p.info.Name, err)
				break
			}
			v.give(f, p.seq, now)
			p.frames.Add(1)
			p.bytes.Add(int64(len(f.data)))
		}
		if len(v.sent) > 0 {
			age = max(age, now.Sub(v.sent[0].time))
		}
	}
	for _, f := range p.made {
		p.pool.leave(f)
	}
	p.made = p.made[:0]
	p.age.Store(int64(age))
	return failed
}

func (p *publisher) err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	if err := p.failure.Load(); err != nil {
		return *err
	}
	return nil
}

// meet takes what viewers have said, and lets go of those that are gone.
func (p *publisher) meet(now time.Time) {
	p.mu.Lock()
	for _, v := range p.arrived {
		v.backlog = p.follow()
	}
	p.viewers = append(p.viewers, p.arrived...)
	p.arrived = p.arrived[:0]
	p.mu.Unlock()
	p.viewers = slices.DeleteFunc(p.viewers, func(v *viewer) bool {
		lost, gone := v.meet(now)
		if lost {
			p.resent.Add(1)
		}
		if gone {
			p.mu.Lock()
			delete(p.sessions, v.session)
			p.mu.Unlock()
			v.close()
			v.backlog.Stop()
		}
		return gone
	})
}

// frame is one with v's backlog, made for another viewer perhaps.
func (p *publisher) frame(v *viewer, now time.Time) (*frame, error) {
	least := partBytes
	if v.lossy {
		least = lossyBytes
	}
	ranges, highWater := v.backlog.Ranges(), v.backlog.HighWater()
	if v.last == 0 { // everything, without what was freed at the end
		p.all[0].Count = highWater
		ranges = p.all[:min(highWater, 1)]
	}
	for _, f := range p.made {
		if f.base == v.last && f.least == least && slices.Equal(f.ranges, ranges) {
			return f, nil
		}
	}
	f := p.pool.get()
	f.users.Store(1) // Send, until every viewer was looked at
	if err := f.encode(wire.Header{
		Packing: wire.Common, SlotBytes: p.info.SlotBytes, Epoch: p.info.Epoch, Seq: p.seq, Base: v.last,
		Time: now.UnixNano(), Tick: v.tick(), HighWater: highWater,
	}, ranges, p.mirror(), least, int(p.most.Load())); err != nil {
		p.pool.leave(f)
		return nil, err
	}
	p.made = append(p.made, f)
	return f, nil
}

// Info is what the publisher says of itself.
func (p *publisher) Info() Info { return p.info }

// Stats may be called from any goroutine.
func (p *publisher) Stats() PublisherStats {
	p.mu.Lock()
	viewers := len(p.sessions)
	p.mu.Unlock()
	return PublisherStats{
		Viewers: viewers, Frames: int(p.frames.Load()), Bytes: int(p.bytes.Load()), Conflated: int(p.conflated.Load()),
		Resent: int(p.resent.Load()), Age: time.Duration(p.age.Load()),
	}
}

// Close says good bye to the viewers, which keep what they show, and makes the name free.
// What is still on its way to them may be lost. A second Close does nothing.
func (p *publisher) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	for _, v := range p.sessions {
		v.close()
	}
	clear(p.sessions)
	p.mu.Unlock()
	for _, v := range p.viewers {
		v.backlog.Stop()
	}
	p.senders.Wait()
	p.nc.FlushTimeout(time.Second)
	err := p.service.Stop()
	p.nc.Close()
	p.viewers = nil
	if err != nil && !errors.Is(err, nats.ErrConnectionClosed) && !errors.Is(err, nats.ErrConnectionReconnecting) {
		return fmt.Errorf("relay: end publishing %s: %w", p.info.Name, err)
	}
	return nil
}
