//go:build unix && !race

package arena

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A region is address space of ours. It is never unmapped: given back, its pages go
// to the system, and its addresses to arenas that come later. So whoever reads a
// mirror whose arena is gone sees zeros, or another arena's values, and nothing that
// belongs to anybody else.
type region struct {
	base unsafe.Pointer
	size uintptr
}

func (r region) end() uintptr { return uintptr(r.base) + r.size }

var regions struct {
	sync.Mutex
	free regionList
	lent uintptr // bytes since the last collection that we asked for
}

// reserve maps the mirror and the blocks: zeros to read, without memory.
func (m *memory) reserve(chunks uintptr) error {
	page := uintptr(os.Getpagesize())
	up := func(n uintptr) uintptr { return (n + page - 1) &^ (page - 1) }
	size := up(m.limit) + up(chunks*m.block)
	r, err := takeRegion(size)
	// Cleanups run side by side and in no order: the one that counts may come after ours.
	for try := 0; err != nil && try < 3; try++ {
		collectNow()
		r, err = takeRegion(size)
	}
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

// collectNow has the garbage collector give back what arenas had that are gone: where
// an address has 32 bits, two dozen of them have it all. (Not where the system lends no
// memory: the collector needs some itself, and ends the process.)
func collectNow() {
	done := make(chan struct{})
	runtime.AddCleanup(&region{}, func(done chan struct{}) { close(done) }, done)
	runtime.GC()
	select {
	case <-done:
	case <-time.After(time.Second): // somebody's cleanup keeps all others waiting
	}
}

func takeRegion(size uintptr) (region, error) {
	regions.Lock()
	defer regions.Unlock()
	if r, ok := regions.free.take(size); ok {
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
	regions.free.give(r)
}

// regionList is free regions by address, no two of which touch.
type regionList []region

// take takes size bytes from the smallest region that has them.
func (l *regionList) take(size uintptr) (region, bool) {
	best := -1
	for i, r := range *l {
		if r.size >= size && (best < 0 || r.size < (*l)[best].size) {
			best = i
		}
	}
	if best < 0 {
		return region{}, false
	}
	r := &(*l)[best]
	taken := region{r.base, size}
	if r.size -= size; r.size == 0 {
		*l = slices.Delete(*l, best, best+1)
	} else {
		r.base = unsafe.Add(r.base, size)
	}
	return taken, true
}

// give puts r back, as one region with those that it touches.
func (l *regionList) give(r region) {
	i, _ := slices.BinarySearchFunc(*l, r, func(f, r region) int { return cmp.Compare(uintptr(f.base), uintptr(r.base)) })
	if i < len(*l) && r.end() == uintptr((*l)[i].base) {
		r.size += (*l)[i].size
		*l = slices.Delete(*l, i, i+1)
	}
	if i > 0 && (*l)[i-1].end() == uintptr(r.base) {
		(*l)[i-1].size += r.size
		return
	}
	*l = slices.Insert(*l, i, r)
}
