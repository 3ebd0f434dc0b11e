//go:build cgo && !js

package render

import (
	"fmt"
	"time"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/gpu"
)

const (
	timerFrames = 32 // frames that are read back together
	timerSets   = 4  // sets in turn: one is filled, the others are on their way back
)

// A gpuTimer times frames on the GPU. It never waits: a set has the timestamps of timerFrames frames, is read back in
// one piece, and arrives some frames later. While all sets are on their way, frames are not timed.
type gpuTimer struct {
	device *Device
	period float64 // nanoseconds from one tick of the GPU's clock to the next
	sets   [timerSets]timerSet
	filled int // the set that is filled now
	oldest int // the set that arrives next
	times  []GPUTime
	ticks  *[2 * timerFrames]uint64 // scratch of collect; apart, because C may not see memory that holds Go pointers
}

// A timerSet is empty, then filled (frames > 0), resolved (in an encoder), started (submitted, on its way back), and
// empty again.
type timerSet struct {
	queries           *wgpu.QuerySet
	resolve           *wgpu.Buffer
	back              *gpu.Readback
	frames            int
	numbers           [timerFrames]uint64 // of the frames
	resolved, started bool
}

func newGPUTimer(d *Device) (*gpuTimer, error) {
	t := &gpuTimer{device: d, ticks: new([2 * timerFrames]uint64)}
	for i := range t.sets {
		if err := t.sets[i].init(d); err != nil {
			t.Release()
			return nil, timing(err)
		}
	}
	if err := t.calibrate(); err != nil {
		t.Release()
		return nil, fmt.Errorf("render: calibrate the GPU's clock: %w", err)
	}
	return t, nil
}

func (s *timerSet) init(d *Device) (err error) {
	const size = 2 * timerFrames * 8
	if s.queries, err = d.GPU.CreateQuerySet(&wgpu.QuerySetDescriptor{Type: wgpu.QueryTypeTimestamp, Count: 2 * timerFrames}); err != nil {
		return err
	}
	if s.resolve, err = d.GPU.CreateBuffer(&wgpu.BufferDescriptor{Size: size, Usage: wgpu.BufferUsageQueryResolve | wgpu.BufferUsageCopySrc}); err != nil {
		return err
	}
	s.back, err = gpu.NewReadback(d.GPU, size)
	return err
}

// calibrate measures the period of the GPU's clock, which the binding does not tell, by two timestamps with a known
// time between them.
func (t *gpuTimer) calibrate() error {
	s := &t.sets[0]
	var at [2]time.Time
	for i := range at {
		if err := t.device.submit(func(e *wgpu.CommandEncoder) error { return e.WriteTimestamp(s.queries, uint32(i)) }); err != nil {
			return err
		}
		t.device.Wait()
		at[i] = time.Now()
		if i == 0 {
			time.Sleep(20 * time.Millisecond)
		}
	}
	s.frames = 1
	if err := t.device.submit(s.finish); err != nil {
		return err
	}
	if err := s.start(); err != nil {
		return err
	}
	var ticks [2 * timerFrames]uint64
	if _, err := s.read(&ticks, true); err != nil {
		return err
	}
	t.period = 1
	if n := int64(ticks[1] - ticks[0]); n > 0 {
		if p := float64(at[1].Sub(at[0])) / float64(n); p < 0.95 || p > 1.05 {
			t.period = p
		}
	}
	return nil
}

// begin records the start of a frame. timed is false if the frame cannot be timed.
func (t *gpuTimer) begin(e *wgpu.CommandEncoder, number uint64) (timed bool, err error) {
	if err := t.submitted(); err != nil {
		return false, timing(err)
	}
	s := &t.sets[t.filled]
	if s.resolved {
		return false, nil // all sets are on their way
	}
	s.numbers[s.frames] = number
	return true, timing(e.WriteTimestamp(s.queries, uint32(2*s.frames)))
}

// end records the end of a frame that is timed.
func (t *gpuTimer) end(e *wgpu.CommandEncoder) error {
	s := &t.sets[t.filled]
	if err := e.WriteTimestamp(s.queries, uint32(2*s.frames+1)); err != nil {
		return timing(err)
	}
	s.frames++
	if s.frames < timerFrames {
		return nil
	}
	t.filled = (t.filled + 1) % timerSets
	return timing(s.finish(e))
}

// timing says what an error interrupted.
func timing(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("render: time the GPU: %w", err)
}

// submitted starts to read the sets that were resolved, and collects those that have arrived. Everything that was
// encoded must have been submitted.
func (t *gpuTimer) submitted() error {
	for i := range t.sets {
		if s := &t.sets[i]; s.resolved && !s.started {
			if err := s.start(); err != nil {
				return err
			}
		}
	}
	return t.collect(false)
}

// collect takes the times that have arrived, oldest first. If wait is true, it waits for all.
func (t *gpuTimer) collect(wait bool) error {
	ticks := t.ticks
	for t.sets[t.oldest].started {
		s := &t.sets[t.oldest]
		frames, numbers := s.frames, s.numbers
		ok, err := s.read(ticks, wait)
		if err != nil || !ok {
			return err
		}
		for i := range frames {
			if n := int64(ticks[2*i+1] - ticks[2*i]); n >= 0 {
				t.times = append(t.times, GPUTime{numbers[i], time.Duration(float64(n) * t.period)})
			}
		}
		t.oldest = (t.oldest + 1) % timerSets
	}
	return nil
}

// flush waits until all times have arrived, those of a set that is not full among them.
func (t *gpuTimer) flush() error {
	if s := &t.sets[t.filled]; s.frames > 0 && !s.resolved {
		t.filled = (t.filled + 1) % timerSets
		if err := t.device.submit(s.finish); err != nil {
			return timing(err)
		}
	}
	if err := t.submitted(); err != nil {
		return timing(err)
	}
	return timing(t.collect(true))
}

// finish records that the timestamps are resolved and copied to where they can be read.
func (s *timerSet) finish(e *wgpu.CommandEncoder) error {
	n := uint32(2 * s.frames)
	if err := e.ResolveQuerySet(s.queries, 0, n, s.resolve, 0); err != nil {
		return err
	}
	s.resolved = true
	return e.CopyBufferToBuffer(s.resolve, 0, s.back.Buffer(), 0, uint64(n)*8)
}

func (s *timerSet) start() error {
	s.started = true
	return s.back.Start()
}

// read empties the set if its timestamps have arrived.
func (s *timerSet) read(ticks *[2 * timerFrames]uint64, wait bool) (bool, error) {
	dst := unsafe.Slice((*byte)(unsafe.Pointer(ticks)), 16*s.frames)
	if wait {
		if err := s.back.Wait(dst); err != nil {
			return false, err
		}
	} else if ok, err := s.back.Poll(dst); !ok || err != nil {
		return false, err
	}
	s.frames, s.resolved, s.started = 0, false, false
	return true, nil
}

// Release frees the sets.
func (t *gpuTimer) Release() {
	for i := range t.sets {
		s := &t.sets[i]
		releaseAll(s.back, s.resolve, s.queries)
	}
}
