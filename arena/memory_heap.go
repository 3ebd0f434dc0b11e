//go:build !unix || race

package arena

import "unsafe"

// mostHeap bounds a mirror on the Go heap: the runtime ends the process where it
// gets no memory, and cannot be asked.
const mostHeap = 1 << 34

// mostWasm is mostHeap of a WebAssembly program, which has 4 GiB in all.
const mostWasm = 1 << 30

func (m *memory) reserve(uintptr) error {
	if uint64(m.limit) > mostHeap || onWasm && m.limit > mostWasm {
		return ErrOutOfMemory
	}
	m.mirror = aligned(m.limit)
	return nil
}

// lend returns the block of chunk n, zero bytes.
func (m *memory) lend(int) (unsafe.Pointer, error) { return aligned(m.block), nil }
