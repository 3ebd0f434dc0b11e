//go:build cgo || js

package render

import (
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload/gpu"
)

// cullFrom is the number of slots from which on culling pays for its kernels. If all cubes are in view, culling makes
// 3,000 of them 5% dearer, and 8,000 2%.
const cullFrom = 4096

// A culling has what a batch needs to draw only the slots that a view sees: three kernels (shaders/cull.wgsl) that
// write each page's list of visible slots and the arguments of its one indirect draw, and pipelines that draw by such
// a list.
type culling struct {
	kernelLayout, seenLayout *wgpu.BindGroupLayout // group 1 of the kernels, and of the draws
	test, scan, gather       *wgpu.ComputePipeline
	pipelines                [passKinds]*wgpu.RenderPipeline
	keeps                    bool // the kernels keep the matrices of the visible slots
}

// cullUniform is Cull of cull.wgsl.
type cullUniform struct {
	Slots, Words, Run, IndexCount uint32
	Center, Half                  mgl32.Vec4
}

// A cullPage has what culling needs for one page.
type cullPage struct {
	uniform *wgpu.Buffer
	data    cullUniform // what uniform holds
	words   *wgpu.Buffer
	models  *wgpu.Buffer // nil: no matrices are kept
	views   [maxViews]struct {
		list          *wgpu.Buffer
		kernels, draw *wgpu.BindGroup
	}
}

const (
	seenHead    = 64 // bytes of CullSeen before the places
	kernelGroup = 64 // threads of a workgroup of the kernels that take a word each
)

// newCulling compiles the kernels and the pipelines. cfg is that of the batch's pipeline for the picture.
func newCulling(r *Renderer, code *batchWGSL, cfg pipelineConfig) (*culling, error) {
	c := &culling{keeps: code.keeps}
	if err := c.init(r, code, cfg); err != nil {
		c.Release()
		return nil, err
	}
	return c, nil
}

func (c *culling) init(r *Renderer, code *batchWGSL, cfg pipelineConfig) error {
	if err := c.initLayouts(r.device); err != nil {
		return err
	}
	if err := c.initKernels(r, code); err != nil {
		return err
	}
	return c.initPipelines(r, code, cfg)
}

func (c *culling) initLayouts(d *Device) (err error) {
	storage := func(binding uint32, t wgpu.BufferBindingType, stages wgpu.ShaderStage) wgpu.BindGroupLayoutEntry {
		return wgpu.BindGroupLayoutEntry{Binding: binding, Visibility: stages, Buffer: wgpu.BufferBindingLayout{Type: t}}
	}
	const read, write = wgpu.BufferBindingTypeReadOnlyStorage, wgpu.BufferBindingTypeStorage
	draws, kernels := wgpu.ShaderStageVertex|wgpu.ShaderStageFragment, wgpu.ShaderStageCompute
	seen := []wgpu.BindGroupLayoutEntry{storage(0, read, draws), uniformEntry(1, draws), storage(2, read, draws)}
	kernel := []wgpu.BindGroupLayoutEntry{
		storage(0, read, kernels), uniformEntry(1, kernels), storage(2, write, kernels), storage(3, write, kernels), uniformEntry(5, kernels),
	}
	if c.keeps {
		seen = append(seen, storage(3, read, draws))
		kernel = append(kernel, storage(4, write, kernels))
	}
	if c.seenLayout, err = newLayout(d, "seen", seen...); err != nil {
		return err
	}
	c.kernelLayout, err = newLayout(d, "cull", kernel...)
	return err
}

func (c *culling) initKernels(r *Renderer, code *batchWGSL) error {
	layout, err := newPipelineLayout(r.device, r.frameLayout, c.kernelLayout)
	if err != nil {
		return err
	}
	defer layout.Release()
	module, err := newModule(r.device, code.cull())
	if err != nil {
		return err
	}
	defer module.Release()
	for _, k := range []struct {
		name string
		to   **wgpu.ComputePipeline
	}{{"cull_test", &c.test}, {"cull_scan", &c.scan}, {"cull_gather", &c.gather}} {
		err = gpu.Check(r.device.GPU, func() (err error) {
			*k.to, err = r.device.GPU.CreateComputePipeline(&wgpu.ComputePipelineDescriptor{
				Layout: layout, Compute: wgpu.ProgrammableStageDescriptor{Module: module, EntryPoint: k.name},
			})
			return err
		})
		if err != nil {
			return fmt.Errorf("render: create culling kernel: %w", err)
		}
	}
	return nil
}

func (c *culling) initPipelines(r *Renderer, code *batchWGSL, cfg pipelineConfig) error {
	module, err := newModule(r.device, code.drawSeen())
	if err != nil {
		return err
	}
	defer module.Release()
	picture, err := newPipelineLayout(r.device, r.sceneLayout(), c.seenLayout)
	if err != nil {
		return err
	}
	defer picture.Release()
	cfg.layout = picture
	if c.pipelines[passPicture], err = r.newPipeline(module, cfg); err != nil || r.studio == nil {
		return err
	}
	depth, err := newPipelineLayout(r.device, r.frameLayout, c.seenLayout)
	if err != nil {
		return err
	}
	defer depth.Release()
	cfg.layout, cfg.fragment, cfg.depth = depth, code.depth, true
	c.pipelines[passDepth], err = r.newPipeline(module, cfg)
	return err
}

// newPage makes what culling needs for a page of so many slots.
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
	if p.uniform, err = newBuffer(d, "cull", arena.Bytes([]cullUniform{p.data}), wgpu.BufferUsageUniform|wgpu.BufferUsageCopyDst); err != nil {
		return err
	}
	words := (slots + 31) / 32
	if p.words, err = newEmptyBuffer(d, "cull words", 8*words, wgpu.BufferUsageStorage); err != nil {
		return err
	}
	if c.keeps {
		if p.models, err = newEmptyBuffer(d, "models", 64*slots, wgpu.BufferUsageStorage); err != nil {
			return err
		}
	}
	views := 1
	if r.studio != nil {
		views = maxViews
	}
	for i := range views {
		v := &p.views[i]
		if v.list, err = newEmptyBuffer(d, "cull list", seenHead+4*(slots+cubeRun), wgpu.BufferUsageStorage|wgpu.BufferUsageIndirect); err != nil {
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
		if v.kernels, err = newGroup(d, "cull", c.kernelLayout, kernels...); err != nil {
			return err
		}
		if v.draw, err = newGroup(d, "seen", c.seenLayout, draw...); err != nil {
			return err
		}
	}
	return nil
}

// setSlots tells the kernels how many slots of the page are in use.
func (p *cullPage) setSlots(d *Device, slots int) error {
	if p.data.Slots == uint32(slots) {
		return nil
	}
	p.data.Slots, p.data.Words = uint32(slots), uint32(slots+31)/32
	if err := d.Queue.WriteBuffer(p.uniform, 0, arena.Bytes([]cullUniform{p.data})); err != nil {
		return fmt.Errorf("render: write the number of slots to cull: %w", err)
	}
	return nil
}

// encode records the kernels that list the slots of a page that a view sees.
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

// Release frees the layouts and pipelines. The batch releases its cullPages.
func (c *culling) Release() {
	releaseAll(c.test, c.scan, c.gather, c.kernelLayout, c.seenLayout)
	for _, p := range c.pipelines {
		releaseAll(p)
	}
}
