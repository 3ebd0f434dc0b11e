//go:build cgo

package render

import (
	"fmt"
	"strings"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/shaders"
)

// cullFrom is how many slots a batch must draw for culling to be worth its kernels:
// 3,000 cubes that are all in view take 5% longer with it, 8,000 take 2%.
const cullFrom = 4096

// culling is what a batch needs to draw only what a view sees: three kernels
// (shaders/cull.wgsl) that write each page's list of slots and the arguments of its
// one indirect draw, and pipelines that draw by such a list.
type culling struct {
	layout             *wgpu.BindGroupLayout // of the kernels
	seen               *wgpu.BindGroupLayout // of the draws
	test, scan, gather *wgpu.ComputePipeline
	pipelines          [drawsSlots + 1]*wgpu.RenderPipeline // by what a view draws
	keeps              bool                                 // matrices take computing: the kernels keep them
}

// cullUniform is Cull of cull.wgsl.
type cullUniform struct {
	Slots, Words, Run, IndexCount uint32
	Center, Half                  mgl32.Vec4
}

// A cullPage is what culling has for a page.
type cullPage struct {
	uniform *wgpu.Buffer
	data    cullUniform // what uniform holds
	words   *wgpu.Buffer
	models  *wgpu.Buffer // nil: not kept
	views   [maxViews]struct {
		list          *wgpu.Buffer
		kernels, draw *wgpu.BindGroup
	}
}

const (
	seenHead    = 64 // bytes of CullSeen in front of the places
	kernelGroup = 64 // threads of a workgroup of the kernels that take a word each
)

// newCulling compiles what a batch needs, of its WGSL as Batch.code gives it.
func newCulling(r *Renderer, shared, stages string, keeps bool, o pipelineConfig) (*culling, error) {
	c := &culling{keeps: keeps}
	if err := c.init(r, shared, stages, o); err != nil {
		c.Release()
		return nil, err
	}
	return c, nil
}

func (c *culling) init(r *Renderer, shared, stages string, o pipelineConfig) (err error) {
	d := r.device
	storage := func(binding uint32, t wgpu.BufferBindingType, stages wgpu.ShaderStage) wgpu.BindGroupLayoutEntry {
		return wgpu.BindGroupLayoutEntry{Binding: binding, Visibility: stages, Buffer: wgpu.BufferBindingLayout{Type: t}}
	}
	const read, write = wgpu.BufferBindingTypeReadOnlyStorage, wgpu.BufferBindingTypeStorage
	draws, kernels := wgpu.ShaderStageVertex|wgpu.ShaderStageFragment, wgpu.ShaderStageCompute
	seen := []wgpu.BindGroupLayoutEntry{storage(0, read, draws), uniformEntry(1, draws), storage(2, read, draws)}
	kernel := []wgpu.BindGroupLayoutEntry{
		storage(0, read, kernels), uniformEntry(1, kernels), storage(2, write, kernels), storage(3, write, kernels), uniformEntry(5, kernels),
	}
	keep, placed := shaders.CullKeepNone, shaders.PlacedRecord
	if c.keeps {
		seen = append(seen, storage(3, read, draws))
		kernel = append(kernel, storage(4, write, kernels))
		keep, placed = shaders.CullKeepModel, shaders.PlacedKept
	}
	if c.seen, err = newLayout(d, "seen", seen...); err != nil {
		return err
	}
	if c.layout, err = newLayout(d, "cull", kernel...); err != nil {
		return err
	}
	layout, err := newPipelineLayout(d, r.frameLayout, c.layout)
	if err != nil {
		return err
	}
	defer layout.Release()
	module, err := newModule(d, strings.Join([]string{shared, keep, shaders.Cull}, "\n"))
	if err != nil {
		return err
	}
	defer module.Release()
	for _, k := range []struct {
		name string
		to   **wgpu.ComputePipeline
	}{{"cull_test", &c.test}, {"cull_scan", &c.scan}, {"cull_gather", &c.gather}} {
		*k.to, err = d.GPU.CreateComputePipeline(&wgpu.ComputePipelineDescriptor{
			Label: k.name, Layout: layout, Compute: wgpu.ProgrammableStageDescriptor{Module: module, EntryPoint: k.name},
		})
		if err != nil {
			return fmt.Errorf("render: create culling kernel: %w", err)
		}
	}
	draw, err := newModule(d, strings.Join([]string{shared, stages, shaders.PlaceSeen, placed}, "\n"))
	if err != nil {
		return err
	}
	defer draw.Release()
	scene, err := newPipelineLayout(d, r.firstLayout(), c.seen)
	if err != nil {
		return err
	}
	defer scene.Release()
	o.layout = scene
	if c.pipelines[drawsPicture], err = r.newPipeline(draw, o); err != nil {
		return err
	}
	if r.studio == nil {
		return nil
	}
	lamp, err := newPipelineLayout(d, r.frameLayout, c.seen)
	if err != nil {
		return err
	}
	defer lamp.Release()
	o.layout, o.fragment = lamp, ""
	c.pipelines[drawsDepth], err = r.newPipeline(draw, o)
	return err
}

// newPage makes what culling has for a page of the batch.
func (c *culling) newPage(r *Renderer, records, batch *wgpu.Buffer, slots int, mesh cullUniform) (*cullPage, error) {
	p := &cullPage{data: mesh}
	if err := c.initPage(p, r, records, batch, slots); err != nil {
		p.Release()
		return nil, err
	}
	return p, nil
}

func (c *culling) initPage(p *cullPage, r *Renderer, records, batch *wgpu.Buffer, slots int) (err error) {
	d := r.device
	empty := func(label string, size int, usage wgpu.BufferUsage) (*wgpu.Buffer, error) {
		b, err := d.GPU.CreateBuffer(&wgpu.BufferDescriptor{Label: label, Size: uint64(size), Usage: usage})
		if err != nil {
			return nil, fmt.Errorf("render: create %s buffer of %d bytes: %w", label, size, err)
		}
		return b, nil
	}
	if p.uniform, err = newBuffer(d, "cull", bytesOf([]cullUniform{p.data}), wgpu.BufferUsageUniform|wgpu.BufferUsageCopyDst); err != nil {
		return err
	}
	words := (slots + 31) / 32
	if p.words, err = empty("cull words", 8*words, wgpu.BufferUsageStorage); err != nil {
		return err
	}
	if c.keeps {
		if p.models, err = empty("models", 64*slots, wgpu.BufferUsageStorage); err != nil {
			return err
		}
	}
	views := 1
	if r.studio != nil {
		views = maxViews
	}
	for i := range views {
		v := &p.views[i]
		if v.list, err = empty("cull list", seenHead+4*(slots+cubeRun), wgpu.BufferUsageStorage|wgpu.BufferUsageIndirect); err != nil {
			return err
		}
		entry := func(binding uint32, b *wgpu.Buffer) wgpu.BindGroupEntry {
			return wgpu.BindGroupEntry{Binding: binding, Buffer: b, Size: wgpu.WholeSize}
		}
		kernels := []wgpu.BindGroupEntry{entry(0, records), entry(1, batch), entry(2, v.list), entry(3, p.words), entry(5, p.uniform)}
		draw := []wgpu.BindGroupEntry{entry(0, records), entry(1, batch), entry(2, v.list)}
		if c.keeps {
			kernels, draw = append(kernels, entry(4, p.models)), append(draw, entry(3, p.models))
		}
		if v.kernels, err = newGroup(d, "cull", c.layout, kernels...); err != nil {
			return err
		}
		if v.draw, err = newGroup(d, "seen", c.seen, draw...); err != nil {
			return err
		}
	}
	return nil
}

// use tells the kernels how many slots of the page are in use.
func (p *cullPage) use(d *Device, slots int) error {
	if p.data.Slots == uint32(slots) {
		return nil
	}
	p.data.Slots, p.data.Words = uint32(slots), uint32(slots+31)/32
	if err := d.Queue.WriteBuffer(p.uniform, 0, bytesOf([]cullUniform{p.data})); err != nil {
		return fmt.Errorf("render: write how much to cull: %w", err)
	}
	return nil
}

// encode records the kernels for what a view sees of a page.
func (c *culling) encode(pass *wgpu.ComputePassEncoder, p *cullPage, view int) {
	pass.SetBindGroup(1, p.views[view].kernels, nil)
	groups := (p.data.Words + kernelGroup - 1) / kernelGroup
	pass.SetPipeline(c.test)
	pass.DispatchWorkgroups(groups, 1, 1)
	pass.SetPipeline(c.scan)
	pass.DispatchWorkgroups(1, 1, 1)
	pass.SetPipeline(c.gather)
	pass.DispatchWorkgroups(groups, 1, 1)
}

func (p *cullPage) Release() {
	for i := range p.views {
		v := &p.views[i]
		releaseAll(v.kernels, v.draw, v.list)
	}
	releaseAll(p.uniform, p.words, p.models)
}

// Release frees the pipelines; pages are the batch's.
func (c *culling) Release() {
	releaseAll(c.test, c.scan, c.gather, c.layout, c.seen)
	for _, p := range c.pipelines {
		releaseAll(p)
	}
}
