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
	// ErrFull is returned by Alloc and AllocSpan when the arena has too few free slots.
	ErrFull = errors.New("arena: full: give Config a larger MaxSlots")

	// ErrStale is returned by Free for a handle that was freed before.
	ErrStale = errors.New("arena: stale handle: freed before")
)

// Config sets the layout of an arena. The zero value is ready for use.
type Config[T any] struct {
	// ChunkSlots is the number of slots in a chunk, the unit of growing and scanning:
	// a power of two from 64 to 1<<20; 1024 if 0.
	ChunkSlots int

	// MaxSlots is the number of slots that the arena can ever hold; 1<<20 if 0.
	// New reserves address space for twice MaxSlots values. Slots that you do not use
	// cost no memory. The memory lies outside of the Go heap, so GOMEMLIMIT does not
	// count it. The garbage collector gives it back with the arena and its handles.
	MaxSlots int

	// Hidden is the value that a freed slot shows. The default is the zero T: a zero
	// matrix draws nothing.
	Hidden T
}

// An Arena holds slots of type T that many goroutines write and one goroutine reads.
//
// Writers use the handles that Alloc, AllocSpan and NewGroup return. The reader calls
// Descend, which brings its private Mirror up to date. Any goroutine may allocate and
// free. T is any type without pointers whose size is a multiple of 4. An Arena comes from
// [New]; its zero value is not ready for use.
type Arena[T any] struct {
	core
	mirror []T // the reader's; MaxSlots long, never moves
}

// New returns an empty arena. It fails if a number of cfg is out of range, if T holds
// pointers or its size is not a multiple of 4, or if the system has no address space for
// MaxSlots (ErrOutOfMemory).
func New[T any](cfg Config[T]) (*Arena[T], error) {
	typ := reflect.TypeFor[T]()
	size := typ.Size()
	if size == 0 || size%4 != 0 {
		return nil, fmt.Errorf("arena: new: %v has %d bytes: pad it to a multiple of 4", typ, size)
	}
	if !pointerFree(typ) {
		return nil, fmt.Errorf("arena: new: %v holds pointers: use a type without pointers, slices, maps and strings", typ)
	}
	slots, limit := cfg.ChunkSlots, cfg.MaxSlots
	if slots == 0 {
		slots = 1024
	}
	if limit == 0 {
		limit = 1 << 20
	}
	if slots < 64 || slots > 1<<20 || bits.OnesCount(uint(slots)) != 1 {
		return nil, fmt.Errorf("arena: new: ChunkSlots is %d: use a power of two from 64 to 1048576", slots)
	}
	if most := min(math.MaxInt32, math.MaxInt/4/(int(size)+overhead)); limit < 0 || limit > most {
		return nil, fmt.Errorf("arena: new: MaxSlots is %d: use 1 to %d", limit, most)
	}
	a := &Arena[T]{}
	if err := a.core.init(slots, limit, size, unsafe.Pointer(&cfg.Hidden)); err != nil {
		return nil, fmt.Errorf("arena: new: MaxSlots is %d, with slots of %d bytes: %w", limit, size, err)
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

// Alloc takes the lowest free index and stores initial there. The next Descend reports
// it. The error is ErrFull if no index is free, and ErrOutOfMemory if the system has no
// memory for another chunk. Any goroutine may call Alloc.
func (a *Arena[T]) Alloc(initial T) (Slot[T], error) {
	c, at, err := a.alloc(unsafe.Pointer(&initial))
	if err != nil {
		return Slot[T]{}, err
	}
	return Slot[T]{c, at, c.gens[at].Load()}, nil
}

// AllocSpan takes the lowest run of n free indices and stores initial in each. Its errors
// are those of Alloc. It panics if n is not positive. Any goroutine may call AllocSpan.
//
// The versions of 16 neighbouring slots share a cache line. Where speed matters, give each
// writer's span a multiple of 16 slots.
func (a *Arena[T]) AllocSpan(n int, initial T) (Span[T], error) {
	if n <= 0 {
		panicNoSlots(n)
	}
	s, err := a.allocSpan(n, unsafe.Pointer(&initial))
	return Span[T]{s}, err
}

func panicNoSlots(n int) { panic(fmt.Sprintf("arena: AllocSpan of %d slots: use 1 or more", n)) }

// Len returns the number of slots in use. Any goroutine may call it.
func (a *Arena[T]) Len() int { return int(a.live.Load()) }

// Cap returns the number of slots that the arena can hold, MaxSlots. It never changes. Any
// goroutine may call it.
func (a *Arena[T]) Cap() int { return a.limit }

// Hidden returns the value that a freed slot shows, Config.Hidden. It never changes. Any
// goroutine may call it.
func (a *Arena[T]) Hidden() T { return *(*T)(a.hidden) }

// HighWater returns one past the highest index in use. It falls when the highest slots
// are freed. Any goroutine may call it. To draw or copy the mirror, use Delta.HighWater,
// which belongs to the mirror.
func (a *Arena[T]) HighWater() int { return int(a.high.Load()) }

// Mirror returns the reader's snapshot, indexed by slot. It is always the same memory.
// Only Descend changes it, and it is long enough for every Range and HighWater that a
// Descend has returned so far. Only the reader's goroutine may look at it. Keep the arena
// reachable as long as you use the slice: the slice alone does not keep the memory.
func (a *Arena[T]) Mirror() []T { return a.mirror[:a.covered] }

// Descend brings the mirror up to date and adds the changes to every follower's Backlog. The
// Delta that it returns lists them. Its cost grows with the number of touched chunks and of
// changed values. Descend never waits for a writer.
//
// One goroutine at a time may call Descend: the reader. A second call at the same time
// panics. The reader may call it any number of times a frame.
func (a *Arena[T]) Descend() Delta { return a.descend() }
