package relay

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unsafe"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/vector"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

// A Follower shows in an arena what a publisher's arena shows. It puts the slots into
// spans of a group of its own, so a Descend of the arena finds one moment of the
// publisher's. Several followers may share an arena: each has its own slots.
//
// Receive, Index and Close are for one goroutine at a time, which need not be the one that
// calls Descend. The other methods are for any goroutine.
//
// Invariant: the group's last commit is the publisher's mirror as of the frame shown.
type Follower[T any] struct {
	arena *arena.Arena[T]
	group arena.Group[T]
	slots *vector.Vector[T]
	top   int // one past the highest slot that was ever shown
	shown Shown
	ticks groupTicks
	receiver
}

// Shown is the moment of the publisher's arena that Receive has stored.
type Shown struct {
	Epoch     uint64    // the publisher's: another one after its restart; 0 before the first frame
	Seq       uint64    // number of the frame, which ascends within an epoch
	Time      time.Time // when the publisher sent it, by the publisher's clock
	HighWater int       // number of slots that the publisher draws: the slots above it are hidden

	// Metadata is what the publisher said of its slots when it sent the frame: do not change
	// the map. While it stays the same it is the same map.
	Metadata map[string]string

	// Tick is the latest of Ticks, by Time and then by Number. The follower's group
	// commits it: one tick for all groups.
	Tick arena.Tick

	// Ticks has the tick of each of the publisher's groups that committed, ascending by
	// group: To is shown now, From was shown before this Receive. A group that the
	// publisher freed stays in the list until a frame that holds everything. The slice is
	// valid until the next Receive.
	Ticks []arena.GroupTick
}

// Follow shows in a what is published under name, now or later. It opens a connection of
// its own to the server that nc is connected to; nc stays the caller's. Follow fails if it
// cannot reach the server. It does not wait for a publisher, and nothing shows before
// Receive. ctx bounds only the start. The Follower lives until Close.
func Follow[T any](ctx context.Context, nc *nats.Conn, name string, a *arena.Arena[T], cfg FollowerConfig) (*Follower[T], error) {
	f := &Follower[T]{arena: a, group: a.NewGroup()}
	f.slots = vector.New(a, f.group, a.Hidden())
	limits := wire.Limits{SlotBytes: int(unsafe.Sizeof(*new(T))), MaxSlots: a.Cap()}
	if err := f.start(ctx, nc, name, limits, fits[T], cfg); err != nil {
		return nil, fmt.Errorf("relay: follow %s: %w", name, errors.Join(err, f.group.Free()))
	}
	return f, nil
}

// Receive stores all frames that have arrived since the last Receive, commits them to the
// follower's group under Shown.Tick, and returns the moment that is stored now: the next
// Descend shows it. It does not wait. Call Receive as often as you like, in each frame of
// the program for example: between two calls the publisher sends no more than the window.
//
// An error says why nothing newer can be shown: the publisher's slots do not fit, the
// arena has no room for them (arena.ErrFull), the publisher serves no more viewers, or the
// server refuses the connection. The error stays until its cause is gone; what was shown
// stays in the arena. After Close, Receive returns ErrClosed.
func (f *Follower[T]) Receive() (Shown, error) {
	frames, err := f.takeReady()
	done, all, epoch := 0, true, f.shown.Epoch
	f.ticks.begin()
	for _, r := range frames {
		if err = f.store(r); err != nil {
			break
		}
		all = f.ticks.merge(r.parts, f.assembly.maxGroups()) && all
		done++
	}
	f.ticks.end(f.shown.Epoch == epoch)
	f.shown.Tick, f.shown.Ticks = wire.Latest(f.ticks.shown), f.ticks.shown
	if done > 0 {
		f.group.Commit(f.shown.Tick)
	}
	f.stored(frames, done)
	if !all {
		f.startOver()
	}
	if err != nil {
		return f.shown, fmt.Errorf("relay: follow %s: %w", f.name, err)
	}
	return f.shown, nil
}

// store stages the slots of a frame, all of them or none.
func (f *Follower[T]) store(r assembled) error {
	parts := r.parts
	h := parts[0].Header
	need := h.HighWater
	for i := range parts {
		for r := range parts[i].Ranges() {
			need = max(need, r.End())
		}
	}
	if err := f.slots.Grow(need); err != nil {
		return err
	}
	for i := range parts {
		n := 0 // slots of the part that are staged
		for r := range parts[i].Ranges() {
			for r.Count > 0 {
				slots := f.slots.Stage(r.First, r.Count)
				parts[i].CopySlots(arena.Bytes(slots), n)
				n += len(slots)
				r = arena.Range{First: r.First + len(slots), Count: r.Count - len(slots)}
			}
		}
	}
	if h.Base == 0 { // the frame holds everything: slots beyond it do not exist
		hidden := f.arena.Hidden()
		for i := need; i < f.top; i++ {
			f.slots.Set(i, &hidden)
		}
		f.top = need
	}
	f.top = max(f.top, need)
	f.shown = Shown{Epoch: h.Epoch, Seq: h.Seq, Time: time.Unix(0, h.Time), HighWater: h.HighWater, Metadata: r.metadata}
	return nil
}

// Index returns the arena index of the publisher's slot i: its place in the mirror and in
// the GPU's buffer. It panics unless i is below a HighWater that Receive has returned.
func (f *Follower[T]) Index(i int) int { return f.slots.Index(i) }

// Close ends the follower and frees its slots: the next Descend hides them. The publisher
// forgets the follower at once. A second Close does nothing.
func (f *Follower[T]) Close() error {
	if !f.shut() {
		return nil
	}
	return f.group.Free()
}
