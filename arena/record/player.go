package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
	"time"
	"unsafe"

	"github.com/foxglove/mcap/go/mcap"
	"github.com/klauspost/compress/zstd"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/vector"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

// A Player shows moments of a recording in an arena: in spans of a group of its own, each
// moment with one commit. It belongs to one goroutine at a time, a writer of the arena.
//
// Slot i of what was recorded is slot i of the player's: in an arena that nothing else is
// in, at the same index.
type Player[T any] struct {
	rec    *Recording
	group  arena.Group[T]
	slots  *vector.Vector[T]
	hidden T // the arena's

	zstd     *zstd.Decoder
	unpacker wire.Unpacker
	limits   wire.Limits
	most     int // slots that the arena can hold

	closed  bool
	chunk   int    // that messages are of; -1 before the first
	raw     []byte // its messages; empty if the next chunk could not be unpacked
	at      int    // of the next of them
	image   []byte // all slots that there ever were, as of now
	top     int    // of the image's slots, how many there are now
	now     time.Duration
	seq     uint64            // of the last frame; 0: image is of no moment
	ticks   []arena.GroupTick // of image
	before  []arena.GroupTick // the last Seek
	spare   []arena.GroupTick
	shown   arena.Tick    // that was committed last
	changed arena.Backlog // of image, and not shown
	ranges  []arena.Range // of the frame being applied
}

// NewPlayer makes a player of rec in a, which shows nothing yet. It is an error if the
// slots were laid out otherwise than T.
func NewPlayer[T any](rec *Recording, a *arena.Arena[T]) (*Player[T], error) {
	size := int(unsafe.Sizeof(*new(T)))
	if layout := arena.Layout[T](); rec.slotBytes != size || rec.layout != layout {
		return nil, fmt.Errorf("record: slots of %d bytes, %s, cannot be played into an arena of %d bytes, %s: use a type laid out as the recorded one",
			rec.slotBytes, rec.layout, size, layout)
	}
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(mostChunk))
	if err != nil {
		return nil, fmt.Errorf("record: make a decoder: %w", err)
	}
	p := &Player[T]{rec: rec, group: a.NewGroup(), hidden: a.Hidden(), zstd: d, chunk: -1, most: a.Cap(), limits: wire.Limits{SlotBytes: size, MaxSlots: math.MaxInt32}}
	p.slots = vector.New(a, p.group, p.hidden)
	return p, nil
}

// Seek shows the moment t after the first frame; before it the first, and past the end
// the last. From one moment to a later one nearby it goes on from where it is, else from
// the key frame before t.
//
// An error that wraps ErrDamaged tells that the moment cannot be shown: the last one
// before the damage is. Later moments may be sound. One that wraps arena.ErrFull tells that
// the arena has too few slots.
func (p *Player[T]) Seek(t time.Duration) error {
	if p.closed {
		return ErrClosed
	}
	p.before = append(p.before[:0], p.ticks...)
	chunks := p.rec.chunks
	begin := chunks[0].start
	if t = begin + max(t, 0); t < begin { // there is no time as late as that
		t = math.MaxInt64
	}
	last := max(sort.Search(len(chunks), func(i int) bool { return chunks[i].start > t })-1, 0)
	err := p.seek(t, last)
	wire.CompareTicks(p.ticks, p.before)
	if showErr := p.show(); showErr != nil {
		return showErr
	}
	return err
}

// seek brings image to t, which lies in chunk last or behind it.
func (p *Player[T]) seek(t time.Duration, last int) error {
	key := last
	for key > 0 && !p.rec.chunks[key].key {
		key--
	}
	for {
		var err error
		// It may be a chunk further than last already, whose first message it has found to be later than t; or stand
		// before a key frame that is damaged.
		if !(p.seq > 0 && p.now <= t && p.chunk >= key-1) {
			err = p.rewind(key)
		}
		if err == nil {
			err = p.forward(t)
		}
		if p.seq > 0 || key == 0 || !errors.Is(err, ErrDamaged) {
			return err
		}
		// Nothing from there on can be shown, or the index lies, and it begins with no key frame.
		for key--; key > 0 && !p.rec.chunks[key].key; key-- {
		}
	}
}

// rewind goes to the beginning of a chunk.
func (p *Player[T]) rewind(chunk int) error {
	p.seq = 0
	if p.chunk == chunk && len(p.raw) > 0 {
		p.at = 0
		return nil
	}
	p.chunk = chunk - 1
	return p.nextChunk()
}

// nextChunk unpacks the chunk after the present one; io.EOF behind the last.
func (p *Player[T]) nextChunk() error {
	if p.chunk+1 >= len(p.rec.chunks) {
		return io.EOF
	}
	raw, err := p.rec.unpack(p.chunk+1, p.zstd, p.raw[:0])
	if err != nil {
		p.raw, p.at = p.raw[:0], 0 // which has lost what it held
		return err
	}
	p.raw, p.at = raw, 0
	p.chunk++
	return nil
}

var errNoKey = fmt.Errorf("%w: a chunk does not begin with a key frame", ErrDamaged)

// forward applies frames up to t, the first one in any case.
func (p *Player[T]) forward(t time.Duration) error {
	for {
		for p.at >= len(p.raw) {
			switch err := p.nextChunk(); {
			case err == io.EOF:
				return nil
			case err != nil:
				return err
			}
		}
		m, next, err := p.message()
		if err != nil {
			return err
		}
		if m.Data == nil {
			p.at = next
			continue
		}
		if p.seq > 0 && time.Duration(m.LogTime) > t {
			return nil
		}
		if err := p.apply(m); err != nil {
			return err
		}
		p.at = next
	}
}

// message is the next of the chunk; without Data if it is another record, as other tools put there.
func (p *Player[T]) message() (m mcap.Message, next int, err error) {
	left := p.raw[p.at:]
	var n uint64
	if len(left) >= 9 {
		n = binary.LittleEndian.Uint64(left[1:])
	}
	if len(left) < 9 || n > uint64(len(left)-9) {
		return m, 0, fmt.Errorf("%w: a message sticks out of its chunk", ErrDamaged)
	}
	if mcap.OpCode(left[0]) != mcap.OpMessage {
		return m, p.at + 9 + int(n), nil
	}
	if err := guarded(func() error { return m.PopulateFrom(left[9:9+n], false) }); err != nil {
		return m, 0, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return m, p.at + 9 + int(n), nil
}

// apply brings image one frame further.
func (p *Player[T]) apply(m mcap.Message) error {
	var f wire.Frame
	if err := f.Decode(m.Data, p.limits); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	c := p.rec.chunks[p.chunk]
	switch at := time.Duration(m.LogTime); {
	case f.Base != 0 && p.seq == 0:
		return errNoKey
	case f.Base != 0 && f.Base != p.seq:
		return fmt.Errorf("%w: frames %d to %d are missing", ErrDamaged, p.seq+1, f.Base)
	case int64(m.LogTime) != f.Time || at < c.start || at > c.end || p.at == 0 && at != c.start:
		return fmt.Errorf("%w: a frame of %v in a chunk from %v to %v", ErrDamaged, at, c.start, c.end)
	}
	top := f.HighWater
	p.ranges = p.ranges[:0]
	for g := range f.Ranges() {
		p.ranges = append(p.ranges, g)
		top = max(top, g.End())
	}
	if top > p.most {
		return fmt.Errorf("record: play: %d slots into an arena of %d: give it as many by MaxSlots: %w", top, p.most, arena.ErrFull)
	}
	if more := top*p.limits.SlotBytes - len(p.image); more > 0 {
		p.image = append(p.image, make([]byte, more)...)
	}
	if f.Base == 0 { // everything is in it: what it does not have was never there
		clear(p.image[top*p.limits.SlotBytes:])
		p.top = top
		p.changed.Clear()
		p.ranges = append(p.ranges[:0], arena.Range{First: 0, Count: len(p.image) / p.limits.SlotBytes})
	}
	p.top = max(p.top, top)
	p.changed.Add(p.ranges, nil)
	p.unpacker.CopyTo(p.image, &f)
	p.seq, p.now = f.Seq, time.Duration(m.LogTime)
	p.spare = f.MergeTicks(p.spare[:0], p.ticks)
	p.ticks, p.spare = p.spare, p.ticks
	return nil
}

// show stores what has changed, and commits it.
func (p *Player[T]) show() error {
	tick := wire.Latest(p.ticks)
	if len(p.changed.Ranges()) == 0 && tick == p.shown {
		return nil
	}
	values := unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(p.image))), len(p.image)/p.limits.SlotBytes)
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

// Ticks returns the tick of each group that was recorded, ascending by group: To is that of
// the moment shown, From that of the moment before the last Seek. Number and Time are those
// that the recorded program committed. A group that was freed is listed until the next key
// frame. The slice is valid until the next Seek.
//
// The player has one group for all of them. It commits the tick whose Time is latest, of
// equal Times the one with the larger Number.
func (p *Player[T]) Ticks() []arena.GroupTick { return p.ticks }

// Now is the moment that is shown: that of the frame, after the first one.
func (p *Player[T]) Now() time.Duration { return max(0, p.now-p.rec.chunks[0].start) }

// Close frees the player's slots; a second one does nothing. The recording stays open.
func (p *Player[T]) Close() error {
	if p.closed {
		return nil
	}
	p.closed = true
	p.zstd.Close()
	return p.group.Free()
}
