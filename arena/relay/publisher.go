package relay

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
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
	// ErrTaken is the cause of Publish's error if another publisher of the name is alive.
	ErrTaken = errors.New("the name is taken")

	// ErrClosed is the cause of errors of a Publisher or Follower that was closed.
	ErrClosed = errors.New("closed")
)

// A Publisher sends what an arena shows to all followers of a name. Send and Close are
// for the reader's goroutine, which calls Descend. Stats is for any goroutine.
//
// Invariant: a viewer has all slots of the mirror, or they are in flight to it, except
// the ranges in its backlog.
type Publisher[T any] struct{ publisher }

type publisher struct {
	info    Info
	cfg     PublisherConfig
	follow  func() *arena.Backlog // the arena
	mirror  func() []byte         // the memory of all slots
	nc      *nats.Conn            // the publisher's own
	service micro.Service

	// for Send
	seq     uint64
	viewers []*viewer
	made    []*frame       // frames encoded by the present Send
	all     [1]arena.Range // the ranges of a frame that holds everything
	pool    pool

	mu       sync.Mutex
	hello    hello              // Send reads its Number without mu: only SetMetadata writes it
	greeting []byte             // hello as a message, which nobody changes
	sessions map[string]*viewer // every viewer, by its session
	arrived  []*viewer          // viewers that Send does not have yet
	settled  bool               // the name is this publisher's own: it takes viewers
	closed   bool
	senders  sync.WaitGroup

	maxPayload                       atomic.Int64          // the server's limit for a message, when last looked at
	refused                          atomic.Pointer[error] // why the server serves this publisher no more
	failed                           atomic.Pointer[error] // of a message since the last Send
	frames, bytes, conflated, resent atomic.Int64
	age                              atomic.Int64
}

// Publish offers what a shows to followers, under a name that CheckName accepts. It opens
// a connection of its own to the server that nc is connected to; nc stays the caller's.
// Nothing is sent before the first Send.
//
// Publish fails if it cannot reach the server, if another publisher of the name is alive
// (ErrTaken), if the server's permissions do not let it ask whether one is, or if a slot
// or the metadata does not fit one message of the server. ctx bounds only the start:
// connecting, and asking whether the name is taken, which takes a second if the last
// publisher died without Close. The Publisher lives until Close.
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
	return binary.LittleEndian.Uint64(b[:]) | 1 // 0 means no publisher
}

func (p *publisher) start(ctx context.Context, nc *nats.Conn, info Info, cfg PublisherConfig) (err error) {
	if err := errors.Join(checkName(info.Name), cfg.check()); err != nil {
		return err
	}
	p.info, p.cfg = info, cfg.withDefaults()
	p.hello = hello{Info: info, Version: version, Number: 1, Expire: p.cfg.Expire}
	p.greeting = p.hello.append(nil)
	p.sessions, p.pool = map[string]*viewer{}, make(pool, 4)
	if p.nc, err = dial(ctx, nc, "slotstream publisher "+info.Name, p.noteRefusal, p.noteAcceptance); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			p.nc.Close()
		}
	}()
	p.lookAtServer()
	if err := fitsMessage(info.SlotBytes, int(p.maxPayload.Load())); err != nil {
		return err
	}
	// The answer to Find has a few words more than the hello, and some for each key.
	if err := p.metadataFits(len(p.greeting) + len(userKey)*len(info.Metadata) + 512); err != nil {
		return err
	}
	// Subscribe before asking, or the claim of a publisher that starts now is missed.
	sub, err := p.nc.Subscribe(pullSubject(info.Name), p.handle)
	if err != nil {
		return err
	}
	if err := sub.SetPendingLimits(64<<10, 16<<20); err != nil {
		return err
	}
	if err := p.claim(ctx); err != nil {
		return err
	}
	p.service, err = micro.AddService(p.nc, micro.Config{
		Name: serviceName, Version: "1.0.0", Description: "slots of an arena", Metadata: info.serviceMetadata(),
	})
	if err != nil {
		return err
	}
	wait, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := p.nc.FlushWithContext(wait); err != nil { // Find lists it from here on
		return err
	}
	p.mu.Lock()
	p.settled = true
	p.mu.Unlock()
	return nil
}

// lookAtServer notes the server's limit. It can wait for the network, as each method of
// the connection can: Send uses what was noted last.
func (p *publisher) lookAtServer() { p.maxPayload.Store(p.nc.MaxPayload()) }

// metadataFits returns an error if the server takes no message of size bytes.
func (p *publisher) metadataFits(size int) error {
	if limit := int(p.maxPayload.Load()); size > limit {
		return fmt.Errorf("the publisher's metadata, %d bytes with what describes it, does not fit a message: "+
			"raise the server's max_payload, %d", size, limit)
	}
	return nil
}

// shortHello returns a hello without metadata. If refused is not empty, it tells the
// follower why it is not served.
func (p *publisher) shortHello(refused string) []byte {
	h := hello{Info: p.info, Version: version, Refused: refused}
	h.Metadata = nil
	return h.append(nil)
}

// SetMetadata replaces PublisherConfig.Metadata from the next Send on. A follower has the new
// metadata with the first frame that it gets then: Shown.Metadata. Followers that come later
// get it at once. Call it when what the metadata says has changed, before the Send that shows
// the change; the call costs little if nothing has. It does not wait for the network.
//
// An error says that the metadata is too large or not UTF-8, and the old one stays. Find goes
// on to list the metadata of Publish. A follower of a version before SetMetadata keeps the
// metadata that it began with. SetMetadata is for the goroutine that calls Send. A Publisher
// that was closed returns ErrClosed.
func (p *publisher) SetMetadata(meta map[string]string) error {
	if err := p.setMetadata(meta); err != nil {
		return fmt.Errorf("relay: publish %s: %w", p.info.Name, err)
	}
	return nil
}

func (p *publisher) setMetadata(meta map[string]string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	if maps.Equal(meta, p.hello.Metadata) {
		return nil
	}
	if err := checkMetadata("metadata", meta); err != nil {
		return err
	}
	h := p.hello
	h.Metadata, h.Number = maps.Clone(meta), h.Number%mostTold+1
	greeting := h.append(nil)
	if err := p.metadataFits(len(greeting)); err != nil {
		return err
	}
	p.hello, p.greeting = h, greeting
	return nil
}

// noteRefusal keeps an error for Send, until the server accepts the connection again. Not
// all refusals matter: without the right to answer Find and other publishers' claims, and
// to receive Find's questions, a publisher still serves its followers.
func (p *publisher) noteRefusal(err error) {
	const ours, service, answer = ` to "slots.`, ` to "$SRV.`, ` for Publish to "`
	text := err.Error()
	if strings.Contains(text, ours) || !strings.Contains(text, service) && !strings.Contains(text, answer) {
		p.refused.CompareAndSwap(nil, &err)
	}
}

func (p *publisher) noteAcceptance() { p.refused.Store(nil) }

// noteError keeps the error of a message for the next Send. While there is no server,
// messages are lost as planned. A connection that ended is a refusal.
func (p *publisher) noteError(err error) {
	if err != nil && !isAway(err) {
		p.failed.CompareAndSwap(nil, &err)
	}
}

// isAway reports whether a message was not sent because there is no server now.
func isAway(err error) bool {
	return errors.Is(err, nats.ErrReconnectBufExceeded) || errors.Is(err, nats.ErrConnectionReconnecting) ||
		errors.Is(err, nats.ErrConnectionClosed)
}

// handle takes a message to the name. One goroutine of the connection calls it.
func (p *publisher) handle(m *nats.Msg) {
	if epoch, ok := parseClaim(m.Data); ok && m.Reply != "" {
		p.answerClaim(m, epoch)
	} else if q, err := parsePull(m.Data); err == nil {
		if q.seek { // the server may be another one by now
			p.lookAtServer()
		}
		if answer := p.handlePull(q); answer != nil {
			p.noteError(p.nc.Publish(frameSubject(p.info.Name, q.session), answer))
		}
	}
}

// handlePull gives the pull to its viewer. It returns an answer for a follower that has
// no viewer here.
func (p *publisher) handlePull(q pull) (answer []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	v := p.sessions[q.session]
	switch {
	case !p.settled, p.closed, q.bye && (v == nil || q.epoch != p.info.Epoch):
		return nil
	case q.epoch != p.info.Epoch && !q.seek: // it follows another publisher of the name, which is alive
		return nil
	case q.epoch != p.info.Epoch:
		if err := p.metadataFits(len(p.greeting)); err != nil {
			p.noteError(err)
			return p.shortHello(err.Error())
		}
		return p.greeting
	case v == nil && len(p.sessions) >= p.cfg.MaxViewers:
		return p.shortHello(fmt.Sprintf("the publisher serves %d viewers already: raise its MaxViewers, or follow a publisher that repeats it",
			p.cfg.MaxViewers))
	case v == nil:
		v = newViewer(p, q)
		p.sessions[q.session] = v
		p.arrived = append(p.arrived, v)
		p.senders.Go(v.sendAll)
	}
	v.notePull(q) // before Send sees the viewer: Send forgets viewers that have been silent
	return nil
}

// Send sends to every viewer what it does not have: all that any Descend found, no matter
// which part of the program called it. A viewer that has no room gets them by a later
// Send, with the values of then. Call Send after Descend, in each frame, even if nothing
// changed: viewers that arrived meanwhile wait for it.
//
// Send does not descend, and never waits for the network. Viewers that need the same slots
// share one copy of them.
//
// An error says that the publisher was closed (ErrClosed), that the server refuses its
// connection or its messages, or that a message is larger than the server's max_payload.
// The viewers without an error get their frames all the same.
func (p *publisher) Send() error {
	if err := p.send(); err != nil {
		return fmt.Errorf("relay: publish %s: %w", p.info.Name, err)
	}
	return nil
}

func (p *publisher) send() error {
	if err := p.unable(); err != nil {
		return err
	}
	now := time.Now()
	p.updateViewers(now)
	p.seq++
	var age time.Duration
	var failed error // the first of this Send
	for _, v := range p.viewers {
		switch {
		case v.hasAll():
		case !v.hasRoom():
			p.conflated.Add(1)
		default:
			f, err := p.encodeFor(v, now)
			if err != nil {
				failed = cmp.Or(failed, err)
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
		p.pool.release(f)
	}
	p.made = p.made[:0]
	p.age.Store(int64(age))
	if err := p.failed.Swap(nil); err != nil {
		failed = errors.Join(*err, failed)
	}
	return failed
}

// unable returns why the publisher cannot send anything at all.
func (p *publisher) unable() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	if err := p.refused.Load(); err != nil {
		return *err
	}
	return nil
}

// updateViewers takes in new viewers and their pulls, and forgets those that are gone.
func (p *publisher) updateViewers(now time.Time) {
	p.mu.Lock()
	for _, v := range p.arrived {
		v.backlog = p.follow()
	}
	p.viewers = append(p.viewers, p.arrived...)
	p.arrived = p.arrived[:0]
	p.mu.Unlock()
	p.viewers = slices.DeleteFunc(p.viewers, func(v *viewer) bool {
		lost, gone := v.acknowledge(now)
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

// encodeFor returns a frame with v's backlog. It may have been made for another viewer.
func (p *publisher) encodeFor(v *viewer, now time.Time) (*frame, error) {
	partSize := partBytes
	if v.lossy {
		partSize = lossyPartBytes
	}
	ranges, ticks, highWater := v.backlog.Ranges(), v.backlog.Ticks(), v.backlog.HighWater()
	if v.last == 0 { // everything, except what was freed at the end
		p.all[0].Count = highWater
		ranges = p.all[:min(highWater, 1)]
	}
	for _, f := range p.made {
		if f.base == v.last && f.partSize == partSize && slices.Equal(f.ranges, ranges) && slices.Equal(f.ticks, ticks) {
			return f, nil
		}
	}
	f := p.pool.get()
	f.users.Store(1) // Send itself, until it is through with all viewers
	if err := f.encode(wire.Header{
		SlotBytes: p.info.SlotBytes, Epoch: p.info.Epoch, Seq: p.seq, Base: v.last,
		Time: now.UnixNano(), HighWater: highWater,
	}, ticks, ranges, p.mirror(), partSize, int(p.maxPayload.Load())); err != nil {
		p.pool.release(f)
		return nil, err
	}
	p.made = append(p.made, f)
	return f, nil
}

// Close ends the publisher and frees the name. Followers keep what they show; frames that
// are in flight to them may be lost. A second Close does nothing. Close is for the
// goroutine that calls Send.
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
	p.viewers = nil
	p.senders.Wait()
	p.nc.FlushTimeout(time.Second)
	err := p.service.Stop()
	p.nc.Close()
	if err != nil && !isAway(err) {
		return fmt.Errorf("relay: close publisher %s: %w", p.info.Name, err)
	}
	return nil
}
