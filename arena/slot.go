package arena

import "unsafe"

// A Slot is a handle on one value. Copies are the same handle; any number of
// goroutines may use it at once. The zero Slot is stale.
type Slot[T any] struct {
	chunk   *chunk
	at, gen uint32 // place in the chunk; the generation that the handle was given
}

// Store publishes *v: the next Descend that starts after Store returned sees
// it, or a later one. Of several goroutines the last wins, whole. It reports
// false, and changes nothing, if the slot has been freed. It does not allocate.
func (s Slot[T]) Store(v *T) bool {
	if kernels {
		return storeKernel(s.chunk, s.at, s.gen, unsafe.Pointer(v))
	}
	return s.chunk.store(s.at, s.gen, unsafe.Pointer(v))
}

// Load copies the slot's newest value to *v: what the last Store, of any goroutine,
// left. It waits while one is under way. It reports false, and changes nothing, if the
// slot has been freed. It does not allocate.
func (s Slot[T]) Load(v *T) bool {
	return s.chunk.load(s.at, s.gen, unsafe.Pointer(v))
}

// Free publishes the hidden value in the slot and gives its index back. From then on
// the handle is stale: Store through it reports false. ErrStale if it was stale already.
// It waits for a Store that is under way in that slot. Any goroutine may call it.
func (s Slot[T]) Free() error {
	if s.chunk == nil {
		return ErrStale
	}
	return s.chunk.core.free(s.chunk, s.at, s.gen)
}

// Index returns the slot's place in the mirror and in the GPU's buffer.
func (s Slot[T]) Index() int {
	if s.chunk == nil {
		panic("arena: Index of the zero Slot")
	}
	return s.chunk.first + int(s.at)
}
