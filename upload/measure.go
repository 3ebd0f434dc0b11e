//go:build cgo || js

package upload

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/gpu"
	"github.com/slotstream/slotstream/upload/internal/native"
)

const (
	measureTime   = 35 * time.Millisecond // for the rounds; there are at least measureRounds
	measureMost   = time.Second           // for the rounds, while some kind of work seems to cost nothing
	measurePages  = 4
	measurePage   = 4 << 20 // bytes
	measureCalls  = 256
	measureSlots  = 4096
	measureSmall  = vecBytes      // bytes in a slot
	measureLarge  = 16 * vecBytes // bytes in a slot
	measureRounds = 3
	experiments   = 7
)

// Measure measures the costs of d. It takes about 50 ms, a second at most on a busy machine, and 16 MiB of GPU memory
// that it frees again. It times several kinds of uploads until the GPU is done; use d for nothing else meanwhile.
//
// The results of two calls differ, and on a busy machine they differ much. So measure while the machine is idle, save
// the costs as JSON, and give them to later runs. The defaults serve most programs on a software adapter; measure if
// you draw with a GPU and upload is a large part of your frame.
func Measure(d *wgpu.Device) (Costs, error) {
	p, err := newProbe(d)
	if err != nil {
		return Costs{}, fmt.Errorf("upload: measure costs: %w", err)
	}
	defer p.release()

	page := []native.Write{{Buffer: native.BufferOf(p.pages[0].Buffer), Size: measurePage}}
	one := []native.Write{{Buffer: page[0].Buffer, Size: measureSmall}}
	many := make([]native.Write, measureCalls)
	for i := range many {
		many[i] = one[0]
		many[i].Dst = uint64(i * (measurePage / measureCalls))
	}
	// Each experiment differs from another in one kind of work: costsOf takes the differences.
	runs := [experiments]func() error{
		func() error { return p.small.gpu.write(p.mirror, one) },
		func() error { return p.small.gpu.write(p.mirror, many) },
		func() error { return p.small.gpu.write(p.mirror, page) },
		func() error { return p.small.scatter(p, 1, measurePages) },
		func() error { return p.small.scatter(p, measurePages, 1) },
		func() error { return p.small.scatter(p, 1, measureSlots) },
		func() error { return p.large.scatter(p, 1, measureSlots) },
	}
	// Other programs make a time longer, never shorter. So the shortest time is the time of the work itself.
	var least [experiments]float64
	var c Costs
	start := time.Now()
	for round := 0; round <= measureRounds || time.Since(start) < measureTime || !c.plausible() && time.Since(start) < measureMost; round++ {
		for i, run := range runs {
			p.wait()
			start := time.Now()
			if err := run(); err != nil {
				return Costs{}, fmt.Errorf("upload: measure costs: %w", err)
			}
			p.wait()
			took := float64(time.Since(start).Nanoseconds())
			if round <= 1 || took < least[i] { // the first round allocates memory
				least[i] = took
			}
		}
		c = costsOf(least)
	}
	return c, nil
}

// costsOf returns the costs that explain the times of Measure's experiments, in nanoseconds. Where chance made the
// difference of two times negative, the cost is 0.
func costsOf(times [experiments]float64) (c Costs) {
	call, calls, bytes, scatter, dispatches, small, large := times[0], times[1], times[2], times[3], times[4], times[5], times[6]
	c.Call = max(0, (calls-call)/(measureCalls-1))
	c.Byte = max(0, (bytes-call)/(measurePage-measureSmall))
	c.Dispatch = max(0, (dispatches-scatter)/(measurePages-1))
	c.Submit = max(0, scatter-call+c.Call-c.Dispatch)
	c.Move = max(0, (large-small)/(measureSlots*(measureLarge-measureSmall)))
	c.Slot = max(0, (small-scatter)/measureSlots-measureSmall*c.Move)
	return c
}

// plausible reports whether each kind of work costs something.
func (c Costs) plausible() bool {
	return c.Call > 0 && c.Byte > 0 && c.Submit+c.Dispatch > 0 && c.Slot+c.Move > 0
}

// probe holds the buffers and pipelines of Measure.
type probe struct {
	device       *wgpu.Device
	pages        []Page
	mirror       []byte
	small, large probeScatter
}

// probeScatter scatters slots of one size.
type probeScatter struct {
	gpu       *device
	places    []native.Run
	scatterer scatterer
}

func newProbe(d *wgpu.Device) (*probe, error) {
	p := &probe{device: d, mirror: make([]byte, measurePage)}
	for _, s := range []struct {
		to     *probeScatter
		stride int
	}{{&p.small, measureSmall}, {&p.large, measureLarge}} {
		gpu, err := newDevice(d, s.stride/vecBytes)
		if err != nil {
			p.release()
			return nil, err
		}
		*s.to = probeScatter{gpu: gpu, scatterer: scatterer{stride: s.stride}}
		for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(measurePage / s.stride)[:measureSlots] {
			s.to.places = append(s.to.places, native.Run{First: i, Count: 1})
		}
	}
	for range measurePages {
		buffer, err := p.small.gpu.createBuffer("slotstream measure", wgpu.BufferUsageStorage|wgpu.BufferUsageCopyDst, measurePage)
		if err != nil {
			p.release()
			return nil, err
		}
		p.pages = append(p.pages, Page{Buffer: buffer, Count: measurePage / measureSmall})
	}
	return p, nil
}

// scatter scatters slots to each of the first pages, in one submit.
func (s *probeScatter) scatter(p *probe, pages, slots int) error {
	plan := plan{packed: s.places}
	for i := range pages {
		plan.sections = append(plan.sections, section{page: i, slots: slots, to: slots})
	}
	_, err := s.scatterer.round(s.gpu, plan.sections, &plan, p.pages, p.mirror)
	return err
}

func (p *probe) wait() { native.Wait(p.device) }

func (p *probe) release() {
	for _, s := range []*probeScatter{&p.small, &p.large} {
		s.scatterer.release()
		if s.gpu != nil {
			s.gpu.release()
		}
	}
	for _, page := range p.pages {
		gpu.Free(page.Buffer)
	}
}
