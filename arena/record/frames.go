package record

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

// A Frame tells what one frame of a recording holds, without the values of its slots.
type Frame struct {
	Time      time.Duration     // counted from the first frame, as Seek takes it
	Key       bool              // it holds all slots, and the ticks of all groups
	Slots     int               // how many slots it holds
	Bytes     int               // of it in the file, before compression
	HighWater int               // slots of the arena at that moment, as arena.Delta has it
	Ticks     []arena.GroupTick // of the groups that committed, ascending by group; From is the zero Tick
}

// Frames yields the frames of the recording in order. Seek shows the last of the frames that
// have one Time. Frames reads and unpacks each chunk of the file once, and holds one of them
// in memory. Ticks is valid until the next frame.
//
// An error that wraps ErrDamaged stands for frames that cannot be read. The frames from the
// next key frame on follow. Any other error is the file's, and ends the sequence. Frames
// before the first key frame are left out: no Player can show them.
func (r *Recording) Frames() iter.Seq2[Frame, error] {
	return func(yield func(Frame, error) bool) {
		var u unpacker
		defer u.close()
		var records []byte
		var ticks []arena.GroupTick
		seq := uint64(0) // of the frame before; 0: only a key frame can follow
		for i := range r.chunks {
			var err error
			if records, err = u.unpack(r, i, records); err != nil {
				if seq = 0; !yield(Frame{}, err) || !errors.Is(err, ErrDamaged) {
					return
				}
				continue
			}
			for m, more, err := nextFrame(records, 0); more || err != nil; m, more, err = nextFrame(records, m.next) {
				if err == nil && seq == 0 && !m.key {
					continue
				}
				var f wire.Frame
				if err == nil {
					f, err = r.decode(m, i, seq)
				}
				if err != nil {
					if seq = 0; !yield(Frame{}, err) {
						return
					}
					if !more { // the rest of the chunk cannot be read
						break
					}
					continue
				}
				seq, ticks = f.Seq, ticks[:0]
				for t := range f.Ticks() {
					ticks = append(ticks, t)
				}
				if !yield(Frame{Time: time.Duration(m.logTime - r.start), Key: m.key, Slots: f.Slots, Bytes: len(m.data), HighWater: f.HighWater, Ticks: ticks}, nil) {
					return
				}
			}
		}
	}
}

// decode decodes a frame of chunk i, which follows the frame seq. It returns an error that
// wraps ErrDamaged if the frame is damaged or does not follow.
func (r *Recording) decode(m frame, i int, seq uint64) (f wire.Frame, err error) {
	if err := f.Decode(m.data, wire.Limits{SlotBytes: r.slotBytes, MaxSlots: math.MaxInt32}); err != nil {
		return f, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	c := r.chunks[i]
	switch {
	case f.Base != 0 && f.Base != seq:
		return f, fmt.Errorf("%w: frames %d to %d are missing", ErrDamaged, seq+1, f.Base)
	case r.time(m.logTime) != time.Duration(f.Time) || m.logTime < c.start || m.logTime > c.end:
		return f, fmt.Errorf("%w: a frame of %v in a chunk from %v to %v", ErrDamaged, r.time(m.logTime), r.time(c.start), r.time(c.end))
	}
	return f, nil
}
