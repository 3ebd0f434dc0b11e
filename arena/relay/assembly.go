package relay

import (
	"fmt"
	"slices"

	"github.com/slotstream/slotstream/arena/internal/wire"
)

// An assembly puts the messages of one frame together. It refuses messages that would
// take more memory than the slots of an honest frame.
type assembly struct {
	maxSlots int
	parts    []wire.Frame
	slots    int // in parts
	groups   int // with a tick in parts
	size     int // of parts, in bytes
}

// An assembled frame is whole.
type assembled struct {
	parts    []wire.Frame
	bytes    int
	metadata map[string]string // of the publisher, when it sent the frame
}

// maxGroups limits the groups with a tick: a group has slots as a rule.
func (a *assembly) maxGroups() int { return a.maxSlots + 1000 }

// add adds a message of size bytes. gap says that a message before it is missing: the
// frame is lost. An error wraps wire.ErrFormat.
func (a *assembly) add(m wire.Frame, size int) (gap bool, err error) {
	if n := len(a.parts); m.Part != n || n > 0 && (m.Seq != a.parts[0].Seq || m.Parts != a.parts[0].Parts) {
		if a.reset(); m.Part != 0 {
			return true, nil
		}
	}
	a.parts, a.slots, a.groups, a.size = append(a.parts, m), a.slots+m.Slots, a.groups+m.Groups, a.size+size
	if a.slots > a.maxSlots || a.groups > a.maxGroups() || m.Slots+m.Groups == 0 && m.Parts > 1 ||
		size > headBytes+m.Slots*(m.SlotBytes+rangeBytes)+m.Groups*tickBytes {
		a.reset()
		return false, fmt.Errorf("%w: the frame has more than %d slots or %d groups, an empty part, or more bytes than these take",
			wire.ErrFormat, a.maxSlots, a.maxGroups())
	}
	return false, nil
}

// take returns the frame if it is whole, and begins the next one.
func (a *assembly) take() (f assembled, whole bool) {
	if len(a.parts) == 0 || len(a.parts) < a.parts[0].Parts {
		return assembled{}, false
	}
	f = assembled{parts: slices.Clone(a.parts), bytes: a.size}
	a.reset()
	return f, true
}

func (a *assembly) reset() { a.parts, a.slots, a.groups, a.size = a.parts[:0], 0, 0, 0 }
