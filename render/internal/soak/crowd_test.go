package soak

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/slotstream/slotstream/arena"
)

// A crowd is many goroutines that write one arena as fast as they can.
type crowd struct {
	arena *arena.Arena[value]

	stop   atomic.Bool
	done   sync.WaitGroup
	most   atomic.Int64 // live slots that the crowd grows or shrinks to; over the arena's capacity: it runs full
	stored atomic.Int64 // slots
	full   atomic.Int64 // ErrFull
	stale  atomic.Int64 // calls through freed handles, all refused
	failed atomic.Pointer[error]

	// Every turn of a writer holds rest shared; who holds it alone may look at what the writers know.
	rest    sync.RWMutex
	writers []writer

	birth sync.Mutex // lives are given out in the order of allocation
	lives uint32     // birth

	table [64]atomic.Pointer[entry] // slots that several goroutines write
}

// A writer knows what it has stored last.
type writer interface {
	turn(rng *rand.Rand) error
	// last calls yield for each slot that the writer holds, with the last store.
	last(yield func(index int, k key))
}

func newCrowd(a *arena.Arena[value], goroutines int) *crowd {
	c := &crowd{arena: a}
	for i := range goroutines {
		switch i % 3 {
		case 0:
			c.writers = append(c.writers, &spans{crowd: c})
		case 1:
			c.writers = append(c.writers, &fountain{crowd: c})
		case 2:
			c.writers = append(c.writers, &crossing{crowd: c})
		}
	}
	return c
}

// start sends the writers off; end stops them and says what they complained about.
func (c *crowd) start() {
	for i, w := range c.writers {
		c.done.Go(func() {
			rng := rand.New(rand.NewPCG(1, uint64(i)))
			for !c.stop.Load() && c.failed.Load() == nil {
				c.rest.RLock()
				err := w.turn(rng)
				c.rest.RUnlock()
				if err != nil {
					c.failed.CompareAndSwap(nil, &err)
				}
				runtime.Gosched() // the reader has a processor among many
			}
		})
	}
}

func (c *crowd) end() error {
	c.stop.Store(true)
	c.done.Wait()
	return c.err()
}

func (c *crowd) err() error {
	if err := c.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// room says whether the crowd should grow.
func (c *crowd) room() bool { return int64(c.arena.Len()) < c.most.Load() }

// born counts a new life around its allocation.
func (c *crowd) born(alloc func(initial value) error) (life uint32, err error) {
	c.birth.Lock()
	defer c.birth.Unlock()
	c.lives++
	err = alloc(key{newborn, c.lives, 0}.value())
	if errors.Is(err, arena.ErrFull) {
		c.full.Add(1)
	}
	return c.lives, err
}

// complete checks, of a mirror brought up to date while the crowd rests, that every slot shows the last store, that
// free ones show the hidden value, and that the arena counts them right.
func (c *crowd) complete(mirror []value) error {
	live := make(map[int]bool)
	var err error
	expect := func(index int, ok bool, k key) {
		if live[index] && err == nil {
			err = fmt.Errorf("slot %d has two owners", index)
		}
		live[index] = true
		if !ok && err == nil {
			err = fmt.Errorf("slot %d: a store was lost: last %+v, the mirror has %+v", index, k, mirror[index].key())
		}
	}
	for _, w := range c.writers {
		w.last(func(index int, k key) { expect(index, mirror[index] == k.value(), k) })
	}
	for i := range c.table {
		if e := c.table[i].Load(); e != nil { // whichever store of this life was the last
			expect(e.slot.Index(), mirror[e.slot.Index()].key().life == e.life, key{life: e.life})
		}
	}
	for i := range mirror {
		if !live[i] && mirror[i] != (value{}) && err == nil {
			err = fmt.Errorf("slot %d is free but shows %+v", i, mirror[i].key())
		}
	}
	if n := c.arena.Len(); n != len(live) && err == nil {
		err = fmt.Errorf("%d slots are live, the arena says %d", len(live), n)
	}
	return err
}

// spans holds spans of many sizes and writes them in bulk and slot by slot.
type spans struct {
	crowd *crowd
	held  []held
	bulk  []value
}

type held struct {
	span arena.Span[value]
	life uint32
	n    []uint32 // stores, by slot
}

func (w *spans) turn(rng *rand.Rand) error {
	c := w.crowd
	switch i := rng.IntN(64); {
	case len(w.held) == 0 || i < 2 && c.room():
		h := held{n: make([]uint32, 1+rng.IntN(1<<rng.IntN(13)))}
		life, err := c.born(func(v value) (err error) {
			h.span, err = c.arena.AllocSpan(len(h.n), v)
			return err
		})
		if err == nil {
			h.life = life
			w.held = append(w.held, h)
		} else if !errors.Is(err, arena.ErrFull) {
			return err
		}
		return nil
	case i < 2 || i == 2:
		if i == 2 && c.room() {
			return nil
		}
		return w.free(rng.IntN(len(w.held)))
	}
	h := &w.held[rng.IntN(len(w.held))]
	first, count := 0, len(h.n)
	kind := rng.IntN(3)
	if kind > 0 {
		first = rng.IntN(len(h.n))
		count = rng.IntN(len(h.n) - first + 1)
	}
	if kind == 2 { // slot by slot, seen no later than the flush
		step := 1 + rng.IntN(100)
		stored := 0
		for i := first; i < first+count; i += step {
			v := h.next(i)
			if !h.span.Set(i, &v) {
				return fmt.Errorf("Set refused by a live span")
			}
			stored++
		}
		h.span.Flush()
		c.stored.Add(int64(stored))
		return nil
	}
	w.bulk = w.bulk[:0]
	for i := first; i < first+count; i++ {
		w.bulk = append(w.bulk, h.next(i))
	}
	if kind == 0 && !h.span.StoreAll(w.bulk) || kind == 1 && !h.span.StoreRange(first, w.bulk) {
		return fmt.Errorf("a bulk store refused by a live span")
	}
	c.stored.Add(int64(count))
	return nil
}

func (w *spans) free(i int) error {
	c, h := w.crowd, w.held[i]
	w.held[i] = w.held[len(w.held)-1]
	w.held = w.held[:len(w.held)-1]
	if err := h.span.Free(); err != nil {
		return fmt.Errorf("free a live span: %w", err)
	}
	v := h.next(0)
	if h.span.Set(0, &v) || h.span.StoreRange(0, []value{v}) {
		return fmt.Errorf("a freed span took a store")
	}
	c.stale.Add(2)
	return nil
}

func (h *held) next(i int) value {
	h.n[i]++
	return key{uint32(h.span.Index(i)), h.life, h.n[i]}.value()
}

func (w *spans) last(yield func(int, key)) {
	for i := range w.held {
		h := &w.held[i]
		for j, n := range h.n {
			k := key{newborn, h.life, 0}
			if n > 0 {
				k = key{uint32(h.span.Index(j)), h.life, n}
			}
			yield(h.span.Index(j), k)
		}
	}
}

// fountain holds single slots that rise, live for a while and go.
type fountain struct {
	crowd *crowd
	drops []drop
}

type drop struct {
	slot arena.Slot[value]
	last key
}

func (w *fountain) turn(rng *rand.Rand) error {
	c := w.crowd
	for range 4 {
		if len(w.drops) > 0 && !c.room() {
			break
		}
		var d drop
		life, err := c.born(func(v value) (err error) {
			d.slot, err = c.arena.Alloc(v)
			return err
		})
		if errors.Is(err, arena.ErrFull) {
			break
		} else if err != nil {
			return err
		}
		d.last = key{newborn, life, 0}
		w.drops = append(w.drops, d)
	}
	for range min(256, len(w.drops)) {
		d := &w.drops[rng.IntN(len(w.drops))]
		d.last = key{uint32(d.slot.Index()), d.last.life, d.last.n + 1}
		v := d.last.value()
		if !d.slot.Store(&v) {
			return fmt.Errorf("Store refused by a live slot")
		}
		c.stored.Add(1)
	}
	for range min(rng.IntN(6), len(w.drops)) {
		i := rng.IntN(len(w.drops))
		d := w.drops[i]
		w.drops[i] = w.drops[len(w.drops)-1]
		w.drops = w.drops[:len(w.drops)-1]
		if err := d.slot.Free(); err != nil {
			return fmt.Errorf("free a live slot: %w", err)
		}
		v := key{uint32(d.slot.Index()), d.last.life, d.last.n + 1}.value()
		if d.slot.Store(&v) || !errors.Is(d.slot.Free(), arena.ErrStale) {
			return fmt.Errorf("a freed slot took a store or a second Free")
		}
		c.stale.Add(2)
	}
	return nil
}

func (w *fountain) last(yield func(int, key)) {
	for _, d := range w.drops {
		yield(d.slot.Index(), d.last)
	}
}

// crossing stores to slots of the crowd's table, which others store to and free at the same time.
type crossing struct {
	crowd *crowd
	n     uint32
}

type entry struct {
	slot arena.Slot[value]
	life uint32
}

func (w *crossing) turn(rng *rand.Rand) error {
	c := w.crowd
	for range 64 {
		at := &c.table[rng.IntN(len(c.table))]
		e := at.Load()
		if e == nil || rng.IntN(64) == 0 {
			if err := w.replace(at, e); err != nil {
				return err
			}
			continue
		}
		w.n++
		v := key{uint32(e.slot.Index()), e.life, w.n | shared}.value()
		if e.slot.Store(&v) {
			c.stored.Add(1)
		} else {
			c.stale.Add(1) // freed since we looked
		}
	}
	return nil
}

// replace puts a new slot in place of e, unless somebody else did.
func (w *crossing) replace(at *atomic.Pointer[entry], e *entry) error {
	c := w.crowd
	var next entry
	life, err := c.born(func(v value) (err error) {
		next.slot, err = c.arena.Alloc(v)
		return err
	})
	if errors.Is(err, arena.ErrFull) {
		return nil
	} else if err != nil {
		return err
	}
	next.life = life
	out := e
	if !at.CompareAndSwap(e, &next) {
		out = &next
	}
	if out == nil {
		return nil
	}
	if err := out.slot.Free(); err != nil {
		return fmt.Errorf("free a shared slot: %w", err)
	}
	return nil
}

func (w *crossing) last(func(int, key)) {}
