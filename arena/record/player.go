package record

import (
	"fmt"
	"time"
	"unsafe"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/vector"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

// A Player shows moments of a recording in an arena. It owns a group there, and shows each
// moment with one commit of the group. One goroutine at a time may use a Player. It is a
// writer of the arena, so another goroutine may descend meanwhile.
//
// Slot i of the recorded arena is slot i of the Player. In an arena that has nothing else
// it has the same index.
type Player[T any] struct {
	rec    *Recording
	group  arena.Group[T]
	slots  *vector.Vector[T]
	hidden T   // the arena's hidden value
	most   int // slots that the arena can hold
	closed bool

	unpacker unpacker
	chunk    int    // that records are of; -1 before the first
	records  []byte // of the chunk; empty if the next chunk could not be unpacked
	at       int    // of the next record
	spare    []byte // for the records of another chunk

	// The state of the recorded arena at the moment now.
	decoder wire.Unpacker
	seq     uint64 // of the last frame; 0: image is of no moment
	now     uint64 // its log time
	image   []byte // all slots that there ever were
	top     int    // how many of them there are now
	ticks   []arena.GroupTick

	changed     arena.Backlog     // the slots of image that the arena does not show
	shown       arena.Tick        // the last commit
	before      []arena.GroupTick // the last Seek
	ranges      []arena.Range     // of the frame being applied
	mergedTicks []arena.GroupTick
}

// NewPlayer makes a Player of rec in a. Nothing shows before the first Seek. It returns an
// error if T has another layout than the recorded slots.
func NewPlayer[T any](rec *Recording, a *arena.Arena[T]) (*Player[T], error) {
	size := int(unsafe.Sizeof(*new(T)))
	if layout := arena.Layout[T](); rec.slotBytes != size || rec.layout != layout {
		return nil, fmt.Errorf("record: play: slots of %d bytes, %s, in an arena with slots of %d bytes, %s: use a type with the layout of the recorded one",
			rec.slotBytes, rec.layout, size, layout)
	}
	p := &Player[T]{rec: rec, group: a.NewGroup(), hidden: a.Hidden(), most: a.Cap(), chunk: -1}
	p.slots = vector.New(a, p.group, p.hidden)
	return p, nil
}

// Seek shows the moment t after the first frame: the last frame at or before t, the first
// frame if t is before it, the last if t is past the end. The next Descend has it. If t is
// a little later than the moment that is shown, Seek reads the frames between. Otherwise it
// reads from the last key frame before t. A program that plays a recording calls Seek for
// each of its own frames.
//
// An error that wraps ErrDamaged says that the moment cannot be read: the last moment
// before the damage is shown. Later moments may be sound. An error that wraps arena.ErrFull
// says that the arena has too few slots.
//
// If another tool has cut away the beginning of a recording, it does not begin with a key
// frame. For a moment before its first key frame, Seek shows that key frame.
func (p *Player[T]) Seek(t time.Duration) error {
	if p.closed {
		return ErrClosed
	}
	p.before = append(p.before[:0], p.ticks...)
	err := p.goTo(p.rec.log(max(t, 0)))
	wire.CompareTicks(p.ticks, p.before)
	if showErr := p.show(); showErr != nil {
		return showErr
	}
	return err
}

// show stores what has changed, and commits it.
func (p *Player[T]) show() error {
	tick := wire.Latest(p.ticks)
	if len(p.changed.Ranges()) == 0 && tick == p.shown {
		return nil
	}
	values := unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(p.image))), len(p.image)/p.rec.slotBytes)
	if err := p.slots.Grow(len(values)); err != nil {
		return fmt.Errorf("record: play: %w", err)
	}
	for _, r := range p.changed.Ranges() {
		there := min(max(p.top-r.First, 0), r.Count)
		p.slots.StoreRange(r.First, values[r.First:r.First+there])
		for i := r.First + there; i < r.End(); i++ {
			p.slots.Set(i, &p.hidden)
		}
	}
	p.changed.Clear()
	p.group.Commit(tick)
	p.shown = tick
	return nil
}

// Position returns the time of the frame that is shown, counted from the first frame.
func (p *Player[T]) Position() time.Duration {
	return time.Duration(max(p.now, p.rec.start) - p.rec.start)
}

// Ticks returns the tick of each group of the recorded arena, ascending by group number: To
// is the tick at the moment that is shown, From the tick before the last Seek. Number and
// Time are as the recorded program committed them. A group that was freed is listed up to
// the next key frame. The slice is valid until the next Seek.
//
// The Player has one group for all of them. It commits the tick whose Time is latest, and
// whose Number is largest if Times are equal.
func (p *Player[T]) Ticks() []arena.GroupTick { return p.ticks }

// Close frees the player's slots. A second Close does nothing. The Recording stays open.
func (p *Player[T]) Close() error {
	if p.closed {
		return nil
	}
	p.closed = true
	p.unpacker.close()
	return p.group.Free()
}
