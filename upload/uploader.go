//go:build cgo || js

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
	"github.com/slotstream/slotstream/upload/gpu"
	"github.com/slotstream/slotstream/upload/internal/native"
)

// Config sets how an uploader works. The zero Config is right for software adapters. For a GPU set Costs.
type Config struct {
	Strategy Strategy // Auto if zero

	// Costs are the numbers by which Auto and Merged choose. If zero, they are DefaultCosts(wgpu.AdapterTypeUnknown),
	// since a device does not tell the kind of its adapter.
	Costs Costs

	// PageSlots is the size of the largest page, in slots. If zero, the largest page has 64 MiB, or as much as the
	// device can bind if that is less. An arena with fewer slots gets smaller pages.
	PageSlots int
}

// An Uploader keeps pages on the GPU equal to the mirror of one arena.
//
// Invariant: after an Upload that returned nil, every slot that is or ever was below Stats.HighWater has the same bytes
// in its page as in the mirror. After an Upload that failed, the slots that lack their bytes are pending; the next
// Upload writes them.
//
// An Uploader belongs to one goroutine at a time: the one that descends into the arena. While a method runs, no other
// goroutine may use the device. The arena's writers need not stop. An Uploader comes from New.
type Uploader[T any] struct {
	core
	arena  *arena.Arena[T]
	device *device
	faults int // that the device had when everything was pending
}

// core is the part of an Uploader that does not depend on T. To core a slot is limits.stride bytes.
type core struct {
	gpu              backend
	strategy         Strategy
	costs            Costs
	limits           limits
	minPage, maxPage int // slots

	pages   []Page
	backlog *arena.Backlog // the slots that the pages do not have yet
	plan    plan
	writes  []native.Write
	staged  int // bytes written since the last flush of the queue
	scatter scatterer
}

// New makes an uploader that copies a's slots to d. It follows the arena: each Descend, no matter which part of your
// program calls it, adds the changed slots to those that the next Upload writes. The first Upload writes everything.
//
// New returns an error if the size of T is not a multiple of 16 bytes, WGSL's array stride, if a page does not fit
// a storage binding of d, or if cfg has a value that is out of range. Call Release before you release the device.
func New[T any](d *wgpu.Device, a *arena.Arena[T], cfg Config) (*Uploader[T], error) {
	if d == nil || a == nil {
		panic("upload: New: the device or the arena is nil")
	}
	stride := int(unsafe.Sizeof(*new(T)))
	if stride == 0 || stride%vecBytes != 0 {
		return nil, fmt.Errorf("upload: new uploader: a slot of type %T has %d bytes: pad it to a multiple of %d", *new(T), stride, vecBytes)
	}
	if cfg.Strategy < Auto || cfg.Strategy > Full {
		return nil, fmt.Errorf("upload: new uploader: unknown strategy %v: use Auto, Ranges, Merged, Scatter or Full", cfg.Strategy)
	}
	if cfg.Costs == (Costs{}) {
		cfg.Costs = DefaultCosts(wgpu.AdapterTypeUnknown)
	}
	if err := cfg.Costs.check(); err != nil {
		return nil, err
	}
	most := d.GetLimits().Limits
	binding := int(min(most.MaxStorageBufferBindingSize, most.MaxBufferSize))
	switch {
	case cfg.PageSlots < 0:
		return nil, fmt.Errorf("upload: new uploader: PageSlots is %d: use 0 for the default, or a positive number", cfg.PageSlots)
	case cfg.PageSlots == 0:
		cfg.PageSlots = min(defaultPageBytes, binding) / stride
	}
	if cfg.PageSlots == 0 || cfg.PageSlots > binding/stride {
		return nil, fmt.Errorf("upload: new uploader: a page of %d slots of %d bytes is over the %d bytes that the device can bind: "+
			"lower PageSlots to %d, or request a device with a higher MaxStorageBufferBindingSize",
			max(cfg.PageSlots, 1), stride, binding, binding/stride)
	}
	scatterBytes := min(maxScatterBytes, binding/2, int(most.MaxComputeWorkgroupsPerDimension)*workgroup*vecBytes)
	if stride > scatterBytes {
		return nil, fmt.Errorf("upload: new uploader: a slot of type %T has %d bytes: split it into slots of at most %d bytes", *new(T), stride, scatterBytes)
	}
	vecs := 0
	if cfg.Strategy == Auto || cfg.Strategy == Scatter {
		vecs = stride / vecBytes
	}
	device, err := newDevice(d, vecs)
	if err != nil {
		return nil, fmt.Errorf("upload: new uploader: %w", err)
	}
	return &Uploader[T]{
		core: core{
			gpu:      device,
			strategy: cfg.Strategy,
			costs:    cfg.Costs,
			limits:   limits{stride: stride, writeSlots: max(1, maxWriteBytes/stride), roundSlots: scatterBytes / stride, queued: maxQueued},
			minPage:  max(1, min(minPageBytes/stride, cfg.PageSlots)),
			maxPage:  cfg.PageSlots,
			backlog:  a.Follow(),
			scatter:  scatterer{stride: stride},
		},
		arena:  a,
		device: device,
		faults: native.Faults(d),
	}, nil
}

// Sync calls Descend of the arena and then Upload. Call it once a frame, after the surface was acquired and before the
// submit that draws. If nothing else in your program reads the arena, you need no other call. The errors are those of
// Upload.
func (u *Uploader[T]) Sync() (Stats, error) {
	u.check("Sync")
	region := trace.StartRegion(context.Background(), "descend")
	u.arena.Descend()
	region.End()
	return u.Upload()
}

// Upload writes the slots that changed since the last Upload to the pages, with the values that the mirror has now. The
// writes go through the device's queue and run before the commands of your next submit. Upload submits scatters itself.
// If nothing changed, Upload does nothing.
//
// An error loses nothing: the slots that could not be written stay pending, and the next Upload writes them. The error
// wraps gpu.ErrOutOfMemory if the GPU has no memory left. Upload and Sync panic after Release.
//
// Call Upload on the goroutine that descends.
func (u *Uploader[T]) Upload() (Stats, error) {
	u.check("Upload")
	if err := u.fault(); err != nil {
		return Stats{}, fmt.Errorf("upload: %w", err)
	}
	return u.upload(arena.Bytes(u.arena.Mirror()))
}

// fault returns the error that a browser reported since the last call. Writes may have failed, and the report does not
// say which, so everything is pending again, also if another caller of gpu.Fault got the report.
func (u *Uploader[T]) fault() error {
	err := gpu.Fault(u.device.device)
	if n := native.Faults(u.device.device); n != u.faults {
		u.faults = n
		u.backlog.Stop()
		u.backlog = u.arena.Follow()
	}
	return err
}

// Pages returns the pages in ascending order, without gaps. Upload appends pages and never removes one. There are none
// before the first Upload and after Release. The slice is valid until the next Upload.
func (u *Uploader[T]) Pages() []Page { return u.pages }

// Release frees the pages and stops following the arena. Call it on the uploader's goroutine, after the last submit
// that draws from the pages. A second Release does nothing.
func (u *Uploader[T]) Release() {
	if u.device == nil {
		return
	}
	u.backlog.Stop()
	u.scatter.release()
	for _, page := range u.pages {
		gpu.Free(page.Buffer)
	}
	u.pages = nil
	u.device.release()
	u.device = nil
}

func (u *Uploader[T]) check(doing string) {
	if u.device == nil {
		panic("upload: " + doing + ": the uploader has been released")
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
		stats.pages = u.plan.took
		err = u.carryOut(mirror, &stats)
		stats.Write = time.Since(start) - stats.Plan
	}
	region.End()
	if err != nil {
		return stats, fmt.Errorf("upload: %w", err) // the backlog keeps the slots for the next Upload
	}
	u.backlog.Clear()
	return stats, nil
}

// carryOut makes the calls of the plan, and counts them in stats.
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
		return fmt.Errorf("write %d ranges (%d bytes) to %d pages: %w", len(u.writes), stats.Bytes, len(u.pages), err)
	}
	if u.staged += stats.Bytes; u.staged >= u.limits.queued {
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
