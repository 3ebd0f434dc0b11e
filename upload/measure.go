//go:build cgo

package upload

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/internal/native"
)

const (
	measureTime   = 35 * time.Millisecond // for the rounds, of which there are three or more
	measureMost   = time.Second           // where the machine is so busy that something seems to be free
	measurePages  = 4
	measurePage   = 4 << 20 // bytes
	measureCalls  = 256
	measureSlots  = 4096
	measureSmall  = vecBytes      // bytes in a slot
	measureLarge  = 16 * vecBytes // bytes in a slot
	measureRounds = 3
)

// Measure finds the costs of d in about 50 ms, or a second at most on a busy machine, with 16 MiB of pages that it
// frees again. It times a few kinds of upload against each other until the GPU is done, so nothing else should use d
// meanwhile. Figures from two calls differ by what the machine does: save them where runs must be alike.
func Measure(d *wgpu.Device) (Costs, error) {
	p, err := newProbe(d)
	if err != nil {
		return Costs{}, fmt.Errorf("upload: measure: %w", err)
	}
	defer p.release()

	page := []native.Write{{Buffer: native.BufferOf(p.pages[0].Buffer), Size: measurePage}}
	one := []native.Write{{Buffer: page[0].Buffer, Size: measureSmall}}
	many := make([]native.Write, measureCalls)
	for i := range many {
		many[i] = one[0]
		many[i].Dst = uint64(i * (measurePage / measureCalls))
	}
	// Each experiment differs from another in one thing that costs.
	experiments := [...]func() error{
		func() error { return p.small.gpu.write(p.mirror, one) },
		func() error { return p.small.gpu.write(p.mirror, many) },
		func() error { return p.small.gpu.write(p.mirror, page) },
		func() error { return p.small.scatter(p, 1, measurePages) },
		func() error { return p.small.scatter(p, measurePages, 1) },
		func() error { return p.small.scatter(p, 1, measureSlots) },
		func() error { return p.large.scatter(p, 1, measureSlots) },
	}
	// Whatever else runs makes a time longer, and never shorter: the shortest is what the work itself takes.
	var least [len(experiments)]float64
	var c Costs
	start := time.Now()
	for round := 0; round <= measureRounds || time.Since(start) < measureTime || !c.plausible() && time.Since(start) < measureMost; round++ {
		for i, run := range experiments {
			p.wait()
			start := time.Now()
			if err := run(); err != nil {
				return Costs{}, fmt.Errorf("upload: measure: %w", err)
			}
			p.wait()
			took := float64(time.Since(start).Nanoseconds())
			if round <= 1 || took < least[i] { // the first allocates
				least[i] = took
			}
		}
		call, calls, bytes, scatter, dispatches, small, large := least[0], least[1], least[2], least[3], least[4], least[5], least[6]
		c.Call = max(0, (calls-call)/(measureCalls-1))
		c.Byte = max(0, (bytes-call)/(measurePage-measureSmall))
		c.Dispatch = max(0, (dispatches-scatter)/(measurePages-1))
		c.Submit = max(0, scatter-call+c.Call-c.Dispatch)
		c.Move = max(0, (large-small)/(measureSlots*(measureLarge-measureSmall)))
		c.Slot = max(0, (small-scatter)/measureSlots-measureSmall*c.Move)
	}
	return c, nil
}

// plausible reports whether no kind of work seems to be free.
func (c Costs) plausible() bool {
	return c.Call > 0 && c.Byte > 0 && c.Submit+c.Dispatch > 0 && c.Slot+c.Move > 0
}

// probe is what the experiments of Measure work on.
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

// scatter makes one submit of slots to each of the first pages.
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
		page.Buffer.Release()
	}
}
