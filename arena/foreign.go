package arena

import (
	"slices"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/slotstream/slotstream/arena/internal/foreign"
)

// foreignGroup is a group of one span whose committer is another process: it has the group's place,
// its tick and its way into the mirror (step G8), and exchanges buffers in a foreign.Block.
//
// Invariant: of the block's three buffers the reader has front, which is in the reader's memory
// only, so no writer can take it away. The reader exchanges it for the middle buffer, and looks no
// more at a block whose middle word was none that the protocol allows.
//
// There is no step G5. The reader looks at the middle word of every block: a bit that several
// writers share is one that each of them could clear for the others.
type foreignGroup struct {
	group
	span member // values and news are the block's

	next  atomic.Pointer[foreign.Block] // waits for a Descend; set by Attach
	block *foreign.Block                // the reader's; nil if no block is looked at
}

// foreigns is the core's part of them. An idle Descend loads one word for each block.
type foreigns struct {
	list    atomic.Pointer[[]*foreignGroup] // replaced under core.mu
	changed atomic.Bool                     // the list, a group's next or a block's Ended

	// the reader's
	seen    *[]*foreignGroup // the list that arrange found
	middles []*atomic.Uint32
	owners  []*foreignGroup // of middles
	moves   []move
}

// A move changes a group's block once its last commit is in the mirror.
type move struct {
	group *foreignGroup
	to    *foreign.Block // nil: only detach
}

func init() {
	foreign.New = func(arena any, slots int, initial unsafe.Pointer) (foreign.Group, error) {
		return arena.(interface {
			newForeign(int, unsafe.Pointer) (foreign.Group, error)
		}).newForeign(slots, initial)
	}
}

func (a *core) newForeign(n int, initial unsafe.Pointer) (foreign.Group, error) {
	s, err := a.allocSpan(n, initial)
	if err != nil {
		return nil, err
	}
	f := new(foreignGroup)
	f.core = a
	f.span.group, f.span.first, f.span.n, f.span.gen, f.span.now = &f.group, s.first, s.n, s.gen, s.now
	f.members.Store(&[]*member{&f.span})
	for b := range f.buffers {
		f.buffers[b].changed = *f.members.Load()
	}
	a.groups.enter(&f.group, &a.mu)
	a.changeForeigns(func(all []*foreignGroup) []*foreignGroup { return append(all, f) })
	return f, nil
}

// changeForeigns replaces the list by a changed copy.
func (a *core) changeForeigns(do func([]*foreignGroup) []*foreignGroup) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []*foreignGroup
	if p := a.foreigns.list.Load(); p != nil {
		all = slices.Clone(*p)
	}
	all = do(all)
	a.foreigns.list.Store(&all)
	a.foreigns.changed.Store(true)
}

func (f *foreignGroup) Index() int     { return f.span.first }
func (f *foreignGroup) Number() uint64 { return f.number }

func (f *foreignGroup) Attach(b *foreign.Block) bool {
	if !f.next.CompareAndSwap(nil, b) {
		return false
	}
	f.core.foreigns.changed.Store(true)
	return true
}

func (f *foreignGroup) Withdraw(b *foreign.Block) bool {
	if !f.next.CompareAndSwap(b, nil) {
		return false
	}
	close(b.Detached)
	return true
}

func (f *foreignGroup) Detach(b *foreign.Block) {
	b.Ended.Store(true)
	f.core.foreigns.changed.Store(true)
}

func (f *foreignGroup) Free() {
	if f.free() != nil {
		return
	}
	f.core.changeForeigns(func(all []*foreignGroup) []*foreignGroup {
		return slices.DeleteFunc(all, func(other *foreignGroup) bool { return other == f })
	})
	if b := f.next.Load(); b != nil {
		f.Withdraw(b)
	}
}

// takeForeign looks at every block and takes fresh commits (steps G6 and G7).
func (a *core) takeForeign() {
	if a.foreigns.changed.Load() {
		a.foreigns.arrange()
	}
	for i, middle := range a.foreigns.middles {
		if middle.Load()&fresh != 0 && a.foreigns.owners[i].take() {
			a.groups.taken = append(a.groups.taken, &a.foreigns.owners[i].group)
		}
	}
}

// arrange lists the blocks to look at, and the moves for after the look.
func (s *foreigns) arrange() {
	s.changed.Store(false) // before what follows: changed is set after the change
	if s.seen != nil {
		for _, f := range *s.seen {
			if f.span.closed.Load() { // freed; the list may not have it any more
				f.detach()
			}
		}
	}
	s.seen = s.list.Load()
	clear(s.owners) // keep nothing of freed groups alive
	s.middles, s.owners = s.middles[:0], s.owners[:0]
	for _, f := range *s.seen {
		next := f.next.Load()
		if next != nil || f.block != nil && f.block.Ended.Load() {
			s.moves = append(s.moves, move{f, next})
		}
		if f.block != nil {
			s.middles, s.owners = append(s.middles, f.block.Middle), append(s.owners, f)
		}
	}
}

// take is group.take, and believes nothing: no writer that keeps to the protocol takes fresh back,
// or gives the reader's own buffer, or a fourth.
func (f *foreignGroup) take() bool {
	old := f.block.Middle.Swap(f.front)
	b := old &^ fresh
	if old&fresh == 0 || b > 2 || b == f.front {
		f.block.Broken = true
		f.detach()
		return false
	}
	f.front = b
	tick := f.block.Ticks[b]
	f.buffers[b].tick = Tick{Number: tick[0].Load(), Time: time.Duration(tick[1].Load())}
	return true
}

// detach has the group look at no block. What the writer left in the block is not read again.
func (f *foreignGroup) detach() {
	if f.block == nil {
		return
	}
	close(f.block.Detached)
	f.block = nil
	f.core.foreigns.changed.Store(true)
}

// moveBlocks carries the moves out, now that the mirror has the last commits of the blocks that
// go. It reports whether it attached a block: there may be a commit in it already.
func (a *core) moveBlocks() (attached bool) {
	s := &a.foreigns
	for _, m := range s.moves {
		f := m.group
		if m.to == nil {
			f.detach()
			continue
		}
		if !f.next.CompareAndSwap(m.to, nil) { // withdrawn
			s.changed.Store(true) // the block that is there may have ended
			continue
		}
		f.detach()
		if m.to.Seed {
			size := a.size
			moveBytes(m.to.Values[0], unsafe.Add(a.image, uintptr(f.span.first)*size), uintptr(f.span.n)*size)
		}
		f.block, f.front = m.to, 2
		f.span.news, f.span.values = m.to.News, m.to.Values
		s.changed.Store(true)
		close(m.to.Attached)
		attached = true
	}
	clear(s.moves)
	s.moves = s.moves[:0]
	return attached
}
