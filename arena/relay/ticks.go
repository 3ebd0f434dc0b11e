package relay

import (
	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

// groupTicks are the ticks of the publisher's groups. A frame names the groups that
// committed since its base; one that holds everything names all groups.
type groupTicks struct {
	shown  []arena.GroupTick
	before []arena.GroupTick // shown when the present Receive began
	spare  []arena.GroupTick // the next shown is made here
}

func (t *groupTicks) begin() { t.before = append(t.before[:0], t.shown...) }

// merge adds the ticks of a frame. It reports false if the list had more than limit groups
// then, most of which were freed long ago: the list has the frame's own ticks only.
func (t *groupTicks) merge(parts []wire.Frame, limit int) (all bool) {
	t.add(parts)
	if len(t.shown) <= limit {
		return true
	}
	t.shown = t.shown[:0]
	t.add(parts)
	return false
}

func (t *groupTicks) add(parts []wire.Frame) {
	for i := range parts {
		t.spare = parts[i].MergeTicks(t.spare[:0], t.shown)
		t.shown, t.spare = t.spare, t.shown
	}
}

// end sets From of the ticks. The numbers of groups mean nothing in another epoch.
func (t *groupTicks) end(sameEpoch bool) {
	if !sameEpoch {
		t.before = t.before[:0]
	}
	wire.CompareTicks(t.shown, t.before)
}
