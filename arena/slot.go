package arena

import "unsafe"

// A Slot is a handle on one value. Any number of goroutines may use it at once. Copies are
// the same handle. The zero Slot is stale: Store and Load report false, Free returns
// ErrStale.
type Slot[T any] struct {
	chunk   *chunk
	at, gen uint32 // place in the chunk; the generation that the handle was given
}

// Store copies *v to the slot. A Descend that starts after Store returned shows this value
// or a later one. If several goroutines store at once, the last one wins: values never mix. Store
// reports false, and changes nothing, if the slot has been freed. It does not allocate.
func (s Slot[T]) Store(v *T) bool {
	if kernels {
		return storeKernel(s.chunk, s.at, s.gen, unsafe.Pointer(v))
	}
	return s.chunk.store(s.at, s.gen, unsafe.Pointer(v))
}

// Load copies the slot's newest value to *v, no matter which goroutine stored it. It waits
// for a Store that is under way. It reports false, and changes nothing, if the slot has
// been freed. It does not allocate.
func (s Slot[T]) Load(v *T) bool {
	return s.chunk.load(s.at, s.gen, unsafe.Pointer(v))
}

// Free hides the slot and gives its index back. From then on the handle is stale: Store
// reports false. The error is ErrStale if the slot was freed before. Free waits for a Store
// that is under way. Any goroutine may call it.
func (s Slot[T]) Free() error {
	if s.chunk == nil {
		return ErrStale
	}
	return s.chunk.core.free(s.chunk, s.at, s.gen)
}

// Index returns the slot's place in the mirror and in the GPU's buffer. It panics for the
// zero Slot.
func (s Slot[T]) Index() int {
	if s.chunk == nil {
		panic("arena: Index of the zero Slot: get one from Arena.Alloc")
	}
	return s.chunk.first + int(s.at)
}
