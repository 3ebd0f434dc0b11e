//go:build unix && !race

package arena

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"
	"weak"

	"golang.org/x/sys/unix"
)

// A region is a range of this package's address space. It is never unmapped. When an arena
// is gone, the pages go back to the system and the addresses to later arenas. A stray read
// of an old mirror finds zeros, or another arena's values, and nothing of the rest of the
// program.
type region struct {
	base unsafe.Pointer
	size uintptr
}

func (r region) end() uintptr { return uintptr(r.base) + r.size }

// A lease is a region that an arena has, or had.
type lease struct {
	region
	holder weak.Pointer[memory]
}

var regions struct {
	sync.Mutex
	free   regionList
	leases map[*lease]bool // those not given back
}

// lent counts bytes since the last collection that we asked for.
var lent atomic.Uintptr

// reserve maps the mirror and the blocks: zeros to read, without memory.
func (m *memory) reserve(chunks uintptr) error {
	page := uintptr(os.Getpagesize())
	up := func(n uintptr) uintptr { return (n + page - 1) &^ (page - 1) }
	size := up(m.limit) + up(chunks*m.block)
	r, err := takeRegion(m, size)
	if err != nil {
		collectNow()
		r, err = takeRegion(m, size)
	}
	if err != nil {
		return err
	}
	m.mirror, m.blocks = r.base, unsafe.Add(r.base, up(m.limit))
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

// collect starts a garbage collection for each gigabyte that arenas took. The collector
// does not see this memory, so it would not look for arenas that are gone.
func collect(n uintptr) {
	if lent.Add(n) >= 1<<30 {
		lent.Store(0)
		go runtime.GC()
	}
}

// collectNow gives back the address space of arenas that are gone. Where addresses have 32
// bits, two dozen arenas fill all of it. collectNow does not wait for cleanups: they may
// come late, or never, behind another cleanup that hangs. (It is no help where the system
// has no memory left: the collector needs some itself, and ends the process.)
func collectNow() {
	runtime.GC()
	regions.Lock()
	defer regions.Unlock()
	for l := range regions.leases {
		if l.holder.Value() == nil {
			l.giveBack()
		}
	}
}

// takeRegion takes size bytes for m, until m is gone.
func takeRegion(m *memory, size uintptr) (region, error) {
	regions.Lock()
	defer regions.Unlock()
	r, ok := regions.free.take(size)
	if !ok {
		p, err := unix.MmapPtr(-1, 0, nil, size, unix.PROT_READ, unix.MAP_ANON|unix.MAP_PRIVATE)
		if err != nil {
			return region{}, fmt.Errorf("%w: %d bytes of address space: %w", ErrOutOfMemory, size, err)
		}
		r = region{p, size}
	}
	l := &lease{r, weak.Make(m)}
	if regions.leases == nil {
		regions.leases = map[*lease]bool{}
	}
	regions.leases[l] = true
	runtime.AddCleanup(m, (*lease).ends, l)
	return r, nil
}

// ends is the cleanup of its holder.
func (l *lease) ends() {
	regions.Lock()
	defer regions.Unlock()
	if regions.leases[l] { // otherwise collectNow gave it back, and another arena may have it
		l.giveBack()
	}
}

// giveBack gives the pages back to the system, and keeps the addresses. Under regions.
func (l *lease) giveBack() {
	delete(regions.leases, l)
	if _, err := unix.MmapPtr(-1, 0, l.base, l.size, unix.PROT_READ, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_FIXED); err != nil {
		return // not known to be zero: never use it
	}
	regions.free.give(l.region)
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
