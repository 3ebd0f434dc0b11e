package arena

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"reflect"
	"unsafe"
)

var (
	// ErrFull is returned by Alloc and AllocSpan when MaxSlots leaves no room
	// for what was asked.
	ErrFull = errors.New("arena: full: MaxSlots leaves no room")

	// ErrStale is returned by Free for a handle that was freed before.
	ErrStale = errors.New("arena: stale handle: freed before")
)

// Config says how an arena is laid out. Its zero value is ready for use.
type Config[T any] struct {
	// ChunkSlots is the number of slots in a chunk, the unit of growth and of
	// scanning: a power of two, 64 or more; 1024 if 0.
	ChunkSlots int

	// MaxSlots is the number of slots that the arena can ever hold; 1<<20 if 0.
	// Address space is reserved at once, twice MaxSlots values; memory is used as
	// chunks are. It lies outside of the Go heap, where GOMEMLIMIT does not count
	// it, and goes back to the system with the arena.
	MaxSlots int

	// Hidden is the value that a freed slot shows. The zero T if left out: a
	// zero matrix draws nothing.
	Hidden T
}

// An Arena holds slots of type T that many goroutines write and one reads.
//
// Writers go through the handles that Alloc and AllocSpan give out; the reader
// calls Descend, which brings its private Mirror up to date. Any goroutine may
// allocate and free.
//
// T is any type without pointers whose size is a multiple of 4.
type Arena[T any] struct {
	core
	mirror []T // the reader's; MaxSlots long, never moves
}

// New returns an empty arena. It fails where the configuration is out of range, T
// holds pointers or has a size that is not a multiple of 4, or there is no address
// space for MaxSlots (ErrOutOfMemory).
func New[T any](cfg Config[T]) (*Arena[T], error) {
	typ := reflect.TypeFor[T]()
	size := typ.Size()
	if size == 0 || size%4 != 0 {
		return nil, fmt.Errorf("arena: new: %v has %d bytes: a slot needs a multiple of 4", typ, size)
	}
	if !pointerFree(typ) {
		return nil, fmt.Errorf("arena: new: %v holds pointers: a slot is plain bytes", typ)
	}
	slots, limit := cfg.ChunkSlots, cfg.MaxSlots
	if slots == 0 {
		slots = 1024
	}
	if limit == 0 {
		limit = 1 << 20
	}
	if slots < 64 || slots > 1<<20 || bits.OnesCount(uint(slots)) != 1 {
		return nil, fmt.Errorf("arena: new: ChunkSlots is %d: want a power of two from 64 to 1048576", slots)
	}
	if most := min(math.MaxInt32, math.MaxInt/4/(int(size)+overhead)); limit < 0 || limit > most {
		return nil, fmt.Errorf("arena: new: MaxSlots is %d: want 1 to %d", limit, most)
	}
	a := &Arena[T]{}
	if err := a.core.init(slots, limit, size, unsafe.Pointer(&cfg.Hidden)); err != nil {
		return nil, fmt.Errorf("arena: new: MaxSlots is %d, of %d bytes: %w", limit, size, err)
	}
	a.mirror = unsafe.Slice((*T)(a.memory.mirror), limit)
	return a, nil
}

func pointerFree(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return t.Len() == 0 || pointerFree(t.Elem())
	case reflect.Struct:
		for f := range t.Fields() {
			if !pointerFree(f.Type) {
				return false
			}
		}
		return true
	default:
		return t.Kind() >= reflect.Bool && t.Kind() <= reflect.Complex128
	}
}

// Alloc takes the lowest free index and publishes initial there: the next
// Descend reports it. ErrFull if no index is free, ErrOutOfMemory if there is no
// memory for its chunk. Any goroutine may call it.
func (a *Arena[T]) Alloc(initial T) (Slot[T], error) {
	c, at, err := a.alloc(unsafe.Pointer(&initial))
	if err != nil {
		return Slot[T]{}, err
	}
	return Slot[T]{c, at, c.gens[at].Load()}, nil
}

// AllocSpan takes the lowest n free indices that are consecutive and publishes
// initial in each. ErrFull if there is no such run; it panics if n is not
// positive. Any goroutine may call it.
//
// Two goroutines that write neighbouring slots of 16 share a cache line of
// versions: give each writer's span a multiple of 16 slots where speed matters.
func (a *Arena[T]) AllocSpan(n int, initial T) (Span[T], error) {
	if n <= 0 {
		panicNoSlots(n)
	}
	s, err := a.allocSpan(n, unsafe.Pointer(&initial))
	return Span[T]{s}, err
}

func panicNoSlots(n int) { panic(fmt.Sprintf("arena: AllocSpan of %d slots: want 1 or more", n)) }

// Len returns the number of live slots. Any goroutine may call it.
func (a *Arena[T]) Len() int { return int(a.live.Load()) }

// Cap returns the number of slots that the arena can hold, MaxSlots. It never changes.
func (a *Arena[T]) Cap() int { return a.limit }

// Hidden returns the value that a freed slot shows. It never changes.
func (a *Arena[T]) Hidden() T { return *(*T)(a.hidden) }

// ChunkSlots returns the number of slots in a chunk. It never changes.
func (a *Arena[T]) ChunkSlots() int { return a.slots }

// HighWater returns one past the highest index in use. It falls when the top is
// freed. Any goroutine may call it; whoever draws or copies the mirror goes by
// Delta.HighWater instead, which belongs to that mirror.
func (a *Arena[T]) HighWater() int { return int(a.high.Load()) }

// Mirror returns the reader's snapshot, indexed by slot. It is always the same
// memory, changed by Descend only, and long enough for every Range and HighWater
// that a Descend has returned so far. Only the reader's goroutine may look at it,
// while it holds the arena: the memory goes with that, not with the slice.
func (a *Arena[T]) Mirror() []T { return a.mirror[:a.covered] }

// Descend brings the mirror up to date and says what changed. It costs what the
// touched chunks cost, and never waits for a writer.
//
// One goroutine at a time may call it, the reader; a second at the same time
// panics.
func (a *Arena[T]) Descend() Delta { return a.descend() }
