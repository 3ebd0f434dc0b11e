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

// A Follower shows in an arena what a publisher's shows: in spans of a group of its own,
// so that a Descend of the arena finds one moment of the publisher's. Receive, Index and
// Close are for one goroutine at a time.
//
// Invariant: the group's last commit is the publisher's arena as of the frame shown.
type Follower[T any] struct {
	arena *arena.Arena[T]
	group arena.Group[T]
	slots *vector.Vector[T]
	top   int // one past the highest slot that was ever shown
	shown Shown
	receiver
}

// Shown is the moment of the publisher's that Receive has stored.
type Shown struct {
	Epoch     uint64     // of the publisher: another after a restart; 0 before the first frame
	Seq       uint64     // of the frame
	Tick      arena.Tick // of the publisher's groups, the one whose Time is latest; of equal Times the larger Number
	Time      time.Time  // when the publisher sent it, on its clock
	HighWater int        // how many slots the publisher draws: those from there on are hidden
}

// Follow shows in a what is published under name, there already or not. It opens a
// connection of its own to where nc leads, and fails where that does. Nothing shows
// before Receive. ctx bounds Follow, and not the Follower's life.
func Follow[T any](ctx context.Context, nc *nats.Conn, name string, a *arena.Arena[T], cfg FollowerConfig) (*Follower[T], error) {
	f := &Follower[T]{arena: a, group: a.NewGroup()}
	f.slots = vector.New(a, f.group, a.Hidden())
	if cfg.MaxSlots == 0 {
		cfg.MaxSlots = a.Cap()
	}
	if err := f.start(ctx, nc, name, int(unsafe.Sizeof(*new(T))), fits[T], cfg); err != nil {
		return nil, fmt.Errorf("relay: follow %s: %w", name, errors.Join(err, f.group.Free()))
	}
	return f, nil
}

// Receive stores the frames that have come whole since it was last called, commits them
// under Shown.Tick, and says what is shown now. The next Descend has it. Receive
// when it suits, every frame for instance; the publisher sends no more than the window
// before.
//
// An error says why nothing newer can be shown: the publisher's slots do not fit, the
// arena has no room for them, or the publisher takes no more viewers. It lasts until that
// has changed. ErrClosed is for good.
func (f *Follower[T]) Receive() (Shown, error) {
	frames, err := f.take()
	done := 0
	for _, r := range frames {
		if err = f.store(r.parts); err != nil {
			break
		}
		done++
	}
	if done > 0 {
		f.group.Commit(f.shown.Tick)
	}
	f.took(frames, done)
	if err != nil {
		return f.shown, fmt.Errorf("relay: follow %s: %w", f.name, err)
	}
	return f.shown, nil
}

// store stages one frame, or nothing of it.
func (f *Follower[T]) store(parts []wire.Frame) error {
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
	if h.Base == 0 { // everything is in it: what it does not have was never there
		hidden := f.arena.Hidden()
		for i := need; i < f.top; i++ {
			f.slots.Set(i, &hidden)
		}
		f.top = need
	}
	f.top = max(f.top, need)
	f.shown = Shown{Epoch: h.Epoch, Seq: h.Seq, Tick: h.Tick, Time: time.Unix(0, h.Time), HighWater: h.HighWater}
	return nil
}

// Index returns the arena index of the publisher's slot i, which must be below what was
// Shown's HighWater once.
func (f *Follower[T]) Index(i int) int { return f.slots.Index(i) }

// Close says good bye, and frees the slots: they are hidden with the next Descend. A
// second Close does nothing.
func (f *Follower[T]) Close() error {
	if !f.end() {
		return nil
	}
	return f.group.Free()
}
