package info

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
)

// A tally counts the frames of a recording.
type tally struct {
	frames, keys    int
	bytes, keyBytes int
	slots           int // the most that there were
	changed, most   int // slots in frames that are not key frames: all together, and in one of them
	first, last     time.Duration
	groups          map[uint64]*group
	damages         []error // the first few
}

// A group is one of the recorded arena.
type group struct {
	ticks       int // that frames tell of
	first, last arena.Tick
}

const mostDamages = 5

// count goes through all frames.
func count(ctx context.Context, rec *record.Recording) (*tally, error) {
	t := &tally{groups: map[uint64]*group{}}
	for f, err := range rec.Frames() {
		switch {
		case ctx.Err() != nil:
			return nil, errors.New("interrupted")
		case errors.Is(err, record.ErrDamaged):
			if len(t.damages) < mostDamages {
				t.damages = append(t.damages, err)
			}
			continue
		case err != nil:
			return nil, err
		}
		t.add(f)
	}
	return t, nil
}

func (t *tally) add(f record.Frame) {
	if t.frames == 0 {
		t.first = f.Time
	}
	t.last = f.Time
	t.frames++
	t.bytes += f.Bytes
	t.slots = max(t.slots, f.HighWater)
	if f.Key {
		t.keys++
		t.keyBytes += f.Bytes
	} else {
		t.changed += f.Slots
		t.most = max(t.most, f.Slots)
	}
	for _, g := range f.Ticks {
		old := t.groups[g.Group]
		switch {
		case old == nil:
			t.groups[g.Group] = &group{ticks: 1, first: g.To, last: g.To}
		case old.last != g.To: // a key frame tells the ticks of all groups, also those that did not commit
			old.last = g.To
			old.ticks++
		}
	}
}

func (t *tally) groupNumbers() []uint64 { return slices.Sorted(maps.Keys(t.groups)) }
