//go:build unix && !race

package arena

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A region is address space that was mapped once. It is never unmapped: given back,
// its pages go to the system, and its addresses to the next arena of that size. So
// whoever reads a mirror whose arena is gone sees zeros, or another arena's values,
// and nothing that belongs to anybody else.
type region struct {
	base unsafe.Pointer
	size uintptr
}

var regions struct {
	sync.Mutex
	free map[uintptr][]region // by size
	lent uintptr              // bytes since the last collection that we asked for
}

// reserve maps the mirror and the blocks: zeros to read, without memory.
func (m *memory) reserve(chunks uintptr) error {
	page := uintptr(os.Getpagesize())
	up := func(n uintptr) uintptr { return (n + page - 1) &^ (page - 1) }
	r, err := takeRegion(up(m.limit) + up(chunks*m.block))
	if err != nil {
		return err
	}
	m.mirror, m.blocks = r.base, unsafe.Add(r.base, up(m.limit))
	runtime.AddCleanup(m, giveRegion, r)
	return nil
}

// lend makes chunk n's part of the mirror and its block usable, and returns the
// block, zero bytes.
func (m *memory) lend(n int) (unsafe.Pointer, error) {
	from := uintptr(n) * m.part
	block := unsafe.Add(m.blocks, uintptr(n)*m.block)
	if err := usable(unsafe.Add(m.mirror, from), min(m.part, m.limit-from)); err != nil {
		return nil, err
	}
	if err := usable(block, m.block); err != nil {
		return nil, err
	}
	collect(m.part + m.block)
	return block, nil
}

// usable has the system lend memory to n bytes at p, when they are touched.
func usable(p unsafe.Pointer, n uintptr) error {
	off := uintptr(p) % uintptr(os.Getpagesize())
	if err := unix.Mprotect(unsafe.Slice((*byte)(unsafe.Add(p, -int(off))), n+off), unix.PROT_READ|unix.PROT_WRITE); err != nil {
		return fmt.Errorf("%w: %d bytes: %w", ErrOutOfMemory, n, err)
	}
	return nil
}

// collect has the garbage collector look for arenas that are gone, once a gigabyte:
// it does not see how much memory hangs on them.
func collect(lent uintptr) {
	regions.Lock()
	regions.lent += lent
	due := regions.lent >= 1<<30
	if due {
		regions.lent = 0
	}
	regions.Unlock()
	if due {
		go runtime.GC()
	}
}

func takeRegion(size uintptr) (region, error) {
	regions.Lock()
	defer regions.Unlock()
	if free := regions.free[size]; len(free) > 0 {
		r := free[len(free)-1]
		regions.free[size] = free[:len(free)-1]
		return r, nil
	}
	p, err := unix.MmapPtr(-1, 0, nil, size, unix.PROT_READ, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return region{}, fmt.Errorf("%w: %d bytes of address space: %w", ErrOutOfMemory, size, err)
	}
	return region{p, size}, nil
}

// giveRegion gives the pages back to the system, and keeps the addresses.
func giveRegion(r region) {
	if _, err := unix.MmapPtr(-1, 0, r.base, r.size, unix.PROT_READ, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_FIXED); err != nil {
		return // not known to be zero: never use it
	}
	regions.Lock()
	defer regions.Unlock()
	if regions.free == nil {
		regions.free = map[uintptr][]region{}
	}
	regions.free[r.size] = append(regions.free[r.size], r)
}
