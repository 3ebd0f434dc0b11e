//go:build cgo

package upload

import (
	"context"
	"fmt"
	"math/bits"
	"runtime/trace"
	"time"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload/internal/native"
)

// Config says how to upload. The zero value is Auto with the default costs and pages of up to 64 MiB.
type Config struct {
	Strategy Strategy // zero: Auto
	Costs    Costs    // zero: DefaultCosts of an unknown adapter

	// PageSlots is the size of a full page in slots. Zero: 64 MiB worth, or what the device can bind if that is less.
	// An arena that needs less gets smaller pages.
	PageSlots int
}

// An Uploader keeps GPU pages equal to the mirror of one arena.
//
// Invariant: after an Upload or a Sync that returned nil, the pages hold, byte for byte, what the mirror holds, as far
// as slots are drawn (Stats.HighWater) or ever were. After one that failed, the slots that could not be written are
// pending and go with the next.
//
// An Uploader belongs to one goroutine at a time, the one that descends, and no other goroutine may use its device
// meanwhile (error scopes are the device's). Writers of the arena need not be stopped: only the mirror is read.
type Uploader[T any] struct {
	core
	arena  *arena.Arena[T]
	device *device
}

// core is the part of an Uploader that does not depend on T: to it a slot is stride bytes.
type core struct {
	gpu              backend
	strategy         Strategy
	costs            Costs
	limits           limits
	minPage, maxPage int // slots

	pages   []Page
	backlog *arena.Backlog // what the pages do not have yet
	plan    plan
	writes  []native.Write
	staged  int // bytes written since the last flush
	scatter scatterer
}

// New makes an uploader from a to d. The uploader follows the arena: each Descend, no matter which part of the program
// calls it, adds what changed to what the next Upload brings. At first everything is pending.
// The size of T must be a multiple of 16 bytes, as WGSL's array strides are, and a page must fit a storage binding
// of d. Release the uploader before the device.
func New[T any](d *wgpu.Device, a *arena.Arena[T], o Config) (*Uploader[T], error) {
	if d == nil || a == nil {
		panic("upload: New without a device or an arena: both must be there")
	}
	stride := int(unsafe.Sizeof(*new(T)))
	if stride == 0 || stride%vecBytes != 0 {
		return nil, fmt.Errorf("upload: %T is %d bytes: pad it to a multiple of %d, WGSL's array stride", *new(T), stride, vecBytes)
	}
	if o.Strategy < Auto || o.Strategy > Full {
		return nil, fmt.Errorf("upload: %v is no strategy: use Auto, Ranges, Merged, Scatter or Full", o.Strategy)
	}
	if o.Costs == (Costs{}) {
		o.Costs = DefaultCosts(wgpu.AdapterTypeUnknown)
	}
	if err := o.Costs.check(); err != nil {
		return nil, err
	}
	most := d.GetLimits().Limits
	binding := int(min(most.MaxStorageBufferBindingSize, most.MaxBufferSize))
	switch {
	case o.PageSlots < 0:
		return nil, fmt.Errorf("upload: PageSlots is %d: use 0 for the default or a positive number", o.PageSlots)
	case o.PageSlots == 0:
		o.PageSlots = min(defaultPageBytes, binding) / stride
	}
	if o.PageSlots == 0 || o.PageSlots > binding/stride {
		return nil, fmt.Errorf("upload: a page of %d slots of %d bytes is over the %d bytes that the device binds: "+
			"lower PageSlots to %d or request a device with a higher MaxStorageBufferBindingSize",
			max(o.PageSlots, 1), stride, binding, binding/stride)
	}
	scatterBytes := min(maxScatterBytes, binding/2, int(most.MaxComputeWorkgroupsPerDimension)*workgroup*vecBytes)
	if stride > scatterBytes {
		return nil, fmt.Errorf("upload: %T is %d bytes: split it, at most %d can be uploaded", *new(T), stride, scatterBytes)
	}
	vecs := 0
	if o.Strategy == Auto || o.Strategy == Scatter {
		vecs = stride / vecBytes
	}
	device, err := newDevice(d, vecs)
	if err != nil {
		return nil, err
	}
	return &Uploader[T]{
		core: core{
			gpu:      device,
			strategy: o.Strategy,
			costs:    o.Costs,
			limits:   limits{stride: stride, writeSlots: max(1, maxWriteBytes/stride), roundSlots: scatterBytes / stride},
			minPage:  max(1, min(minPageBytes/stride, o.PageSlots)),
			maxPage:  o.PageSlots,
			backlog:  a.Follow(),
			scatter:  scatterer{stride: stride},
		},
		arena:  a,
		device: device,
	}, nil
}

// Sync is a Descend into the arena and an Upload. For a program in which nothing else reads the arena it is the only
// call: once a frame, after the surface was acquired and before the submit that draws. Stats also tells of the
// Descend: how long it took, and how many slots were torn. Call Sync on the goroutine that descends.
func (u *Uploader[T]) Sync() (Stats, error) {
	u.check("Sync")
	region := trace.StartRegion(context.Background(), "descend")
	start := time.Now()
	delta := u.arena.Descend()
	descend := time.Since(start)
	region.End()
	stats, err := u.Upload()
	stats.Descend, stats.Torn = descend, delta.Torn
	return stats, err
}

// Upload uploads what every Descend since the last Upload has changed, from the mirror as it is now. It writes the
// pages through the queue, in front of the commands of any later submit; scatters it submits itself. An error says what
// was being done. It loses nothing: what could not be written stays pending and goes with the next Upload. Where
// nothing is pending Upload does nothing.
//
// Call Upload on the goroutine that descends. No Descend may run meanwhile.
func (u *Uploader[T]) Upload() (Stats, error) {
	u.check("Upload")
	return u.upload(arena.Bytes(u.arena.Mirror()))
}

// Pages returns the pages there are, ascending and without gaps. Once returned by a Sync that needed it a page stays;
// the slice is valid until the next Sync. Before the first there are none, nor after Release.
func (u *Uploader[T]) Pages() []Page { return u.pages }

// Costs returns what the uploader reckons with, which never changes. Any goroutine may call it.
func (u *Uploader[T]) Costs() Costs { return u.costs }

// Release frees the pages. Call it on the uploader's goroutine, after the last submit that draws from them. The
// uploader cannot be used any more; a second Release does nothing.
func (u *Uploader[T]) Release() {
	if u.device == nil {
		return
	}
	u.backlog.Stop()
	u.scatter.release()
	for _, page := range u.pages {
		page.Buffer.Release()
	}
	u.pages = nil
	u.device.release()
	u.device = nil
}

func (u *Uploader[T]) check(doing string) {
	if u.device == nil {
		panic("upload: " + doing + " of an Uploader that has been released")
	}
}

func (u *core) upload(mirror []byte) (Stats, error) {
	region := trace.StartRegion(context.Background(), "plan")
	start := time.Now()
	ranges := u.backlog.Ranges()
	stats := Stats{HighWater: u.backlog.HighWater(), Ranges: len(ranges)}
	for _, r := range ranges {
		stats.Updated += r.Count
	}
	err := u.grow(u.backlog.Top())
	if err == nil {
		u.plan.make(ranges, u.pages, u.limits, u.strategy, u.costs)
		stats.Plan = time.Since(start)
		region.End()
		region = trace.StartRegion(context.Background(), "write")
		stats.Writes, stats.pages = len(u.plan.writes), u.plan.took
		err = u.carryOut(mirror, &stats)
		stats.Write = time.Since(start) - stats.Plan
	}
	region.End()
	if err != nil {
		return stats, err // what is in the backlog goes with the next
	}
	u.backlog.Clear()
	return stats, nil
}

// carryOut makes the calls of the plan.
func (u *core) carryOut(mirror []byte, stats *Stats) error {
	stride := u.limits.stride
	u.writes = u.writes[:0]
	for _, w := range u.plan.writes {
		page := u.pages[w.page]
		u.writes = append(u.writes, native.Write{
			Buffer: native.BufferOf(page.Buffer),
			Dst:    uint64((w.first - page.First) * stride),
			Src:    uint64(w.first * stride),
			Size:   uint64(w.count * stride),
		})
		stats.Bytes += w.count * stride
	}
	stats.Calls = len(u.writes)
	if err := u.gpu.write(mirror, u.writes); err != nil {
		return fmt.Errorf("upload: write %d ranges, %d bytes, to %d pages: %w", len(u.writes), stats.Bytes, len(u.pages), err)
	}
	if u.staged += stats.Bytes; u.staged >= maxStaged {
		u.staged = 0
		u.gpu.flush()
	}
	from := 0
	for _, to := range u.plan.rounds {
		n, err := u.scatter.round(u.gpu, u.plan.sections[from:to], &u.plan, u.pages, mirror)
		if err != nil {
			return err
		}
		stats.Calls++
		stats.Submits++
		stats.Bytes += n
		from = to
	}
	return nil
}

func ceilPow2(n int) int { return 1 << bits.Len(uint(n-1)) }
