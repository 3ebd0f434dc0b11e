package record

import (
	"errors"
	"fmt"
	"io"
	"math"
	"sort"

	"github.com/slotstream/slotstream/arena"
)

// goTo brings the state to the log time t:
//
//		chunks   │ K d d d │ d d d d │ d K d d │ d d d d │
//		                                   ▲           t
//		                                   └─ 1 ───────┘ 2 forward
//
//	 1. Look for the last key frame at or before t, from the last chunk that begins before t
//	    backwards. If the state itself is between, it does as well as a key frame.
//	 2. Apply all frames from there to t.
//
// A chunk that is damaged counts as one without a key frame in step 1. Step 2 comes to it
// and returns its error.
func (p *Player[T]) goTo(t uint64) error {
	chunks := p.rec.chunks
	var damage error
	for i := sort.Search(len(chunks), func(i int) bool { return chunks[i].start > t }) - 1; i >= 0; i-- {
		if p.seq > 0 && p.now <= t && i <= p.chunk+1 {
			return p.forward(t)
		}
		switch found, err := p.enter(i, t, false); {
		case errors.Is(err, ErrDamaged):
			damage = err
			continue
		case err != nil:
			return err
		case !found:
			continue
		}
		if err := p.forward(t); p.seq > 0 || !errors.Is(err, ErrDamaged) {
			return err
		} else {
			damage = err
		}
	}
	if damage != nil {
		return damage
	}
	// t is before the first key frame.
	for i := range chunks {
		if found, err := p.enter(i, math.MaxUint64, true); found {
			return p.forward(t)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// enter puts the player in front of a key frame in chunk i at or before t: the first one or
// the last. If there is none, or after an error, the player is where it was.
func (p *Player[T]) enter(i int, t uint64, first bool) (found bool, err error) {
	if p.rec.chunks[i].keys == no {
		return false, nil
	}
	records := p.records
	if i != p.chunk || len(records) == 0 {
		if records, err = p.unpacker.unpack(p.rec, i, p.spare); err != nil {
			return false, err
		}
		p.spare = records
	}
	at := 0
	for f, more, _ := nextFrame(records, 0); more && f.logTime <= t; f, more, _ = nextFrame(records, f.next) {
		if f.key {
			at, found = f.at, true
			if first {
				break
			}
		}
	}
	if found {
		if i != p.chunk || len(p.records) == 0 {
			p.records, p.spare = records, p.records
		}
		p.chunk, p.at, p.seq = i, at, 0
	}
	return found, nil
}

// nextChunk unpacks the chunk after the present one. It returns io.EOF after the last.
func (p *Player[T]) nextChunk() error {
	if p.chunk+1 >= len(p.rec.chunks) {
		return io.EOF
	}
	records, err := p.unpacker.unpack(p.rec, p.chunk+1, p.spare)
	if err != nil {
		return err
	}
	p.records, p.spare, p.at = records, p.records, 0
	p.chunk++
	return nil
}

// forward applies the frames up to t, and the first one in any case.
func (p *Player[T]) forward(t uint64) error {
	for {
		f, found, err := nextFrame(p.records, p.at)
		switch {
		case err != nil:
			return err
		case !found:
			p.at = len(p.records)
			if err := p.nextChunk(); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
			continue
		case p.seq > 0 && f.logTime > t:
			return nil
		}
		if err := p.apply(f); err != nil {
			return err
		}
		p.at = f.next
	}
}

// apply brings the state one frame further.
func (p *Player[T]) apply(m frame) error {
	f, err := p.rec.decode(m, p.chunk, p.seq)
	if err != nil {
		return err
	}
	top := f.HighWater
	p.ranges = p.ranges[:0]
	for g := range f.Ranges() {
		p.ranges = append(p.ranges, g)
		top = max(top, g.End())
	}
	if top > p.most {
		return fmt.Errorf("record: play: %d slots into an arena of %d: set Config.MaxSlots of the arena to as many: %w", top, p.most, arena.ErrFull)
	}
	if more := top*f.SlotBytes - len(p.image); more > 0 {
		p.image = append(p.image, make([]byte, more)...)
	}
	if f.Base == 0 { // it has everything: other slots are not there
		clear(p.image[top*f.SlotBytes:])
		p.top = top
		p.changed.Clear()
		p.ranges = append(p.ranges[:0], arena.Range{First: 0, Count: len(p.image) / f.SlotBytes})
	}
	p.top = max(p.top, top)
	p.changed.Add(p.ranges, nil)
	p.decoder.CopyTo(p.image, &f)
	p.seq, p.now = f.Seq, m.logTime
	p.mergedTicks = f.MergeTicks(p.mergedTicks[:0], p.ticks)
	p.ticks, p.mergedTicks = p.mergedTicks, p.ticks
	return nil
}
