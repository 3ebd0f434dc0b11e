//go:build cgo || js

package render

import (
	"fmt"
	"strings"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload/gpu"
)

// Culling pays for its kernels from 4,096 slots on, or from as many triangles on as 4,096 cubes draw. If all cubes are
// in view, culling makes 3,000 of them 5% dearer, and 8,000 2%. Tests change it.
var (
	cullFromSlots     = 4096
	cullFromTriangles = cullFromSlots * cubeIndexCount / 3
)

// A culling has what a program needs to draw from lists: kernels that write, for each page, a list of slots and the
// arguments of indirect draws, and pipelines that draw by such a list.
//
// If the slots show one mesh, there are three kernels (shaders/cull.wgsl) and one draw, and the list has the slots
// that a view sees. If they show several, there are four (shaders/sort.wgsl) and a draw for each mesh, and the list is
// sorted.
type culling struct {
	kernelLayout, seenLayout *wgpu.BindGroupLayout // group 1 of the kernels, and of the draws
	kernels                  []*wgpu.ComputePipeline
	occlude, hide            *wgpu.ComputePipeline // nil: no slots behind others are left out
	pipelines                [meshKinds][passKinds]*wgpu.RenderPipeline
	keeps                    bool // the kernels keep the matrices of the visible slots
	sorts                    bool
	bytes                    bool // each slot has a byte for its shape
}

// cullUniform is Cull of cull.wgsl.
type cullUniform struct {
	Slots, Words, Run, IndexCount uint32
	Center, Half                  mgl32.Vec4
}

// A cullPage has what culling needs for one page.
type cullPage struct {
	slots       int          // that the uniform says
	words       uint32       // of these slots, 32 each
	chunks      uint32       // of these words, if they are sorted
	uniform     *wgpu.Buffer // cullUniform or sortUniform
	wordsBuffer *wgpu.Buffer
	models      *wgpu.Buffer // nil: no matrices are kept
	counts      *wgpu.Buffer // these two are nil unless the slots are sorted
	shapes      *wgpu.Buffer // or unless each has a byte
	views       [maxViews]cullView
	mesh        cullUniform
	draws       int
	hasShapes   bool // shapes has the batch's bytes
}

// A cullView has a page's list for one view.
type cullView struct {
	list          *wgpu.Buffer // the arguments, then the places; if the slots are sorted, only the places
	parts         *wgpu.Buffer // the arguments, if the slots are sorted; otherwise nil
	kernels, draw *wgpu.BindGroup
}

const (
	seenHead    = 64 // bytes of CullSeen before the places
	kernelGroup = 64 // threads of a workgroup of the kernels that take a word or a chunk each
)

// newCulling compiles the kernels and the pipelines.
func newCulling(r *Renderer, w *batchWGSL) (*culling, error) {
	c := &culling{keeps: w.keeps, sorts: w.sorts, bytes: w.bytes()}
	if err := c.init(r, w); err != nil {
		c.Release()
		return nil, err
	}
	return c, nil
}

func (c *culling) init(r *Renderer, w *batchWGSL) error {
	if err := c.initLayouts(r.device); err != nil {
		return err
	}
	if err := c.initKernels(r, w); err != nil {
		return err
	}
	for k := range meshKinds {
		if w.kinds[k] {
			if err := c.initPipelines(r, k, w); err != nil {
				return err
			}
		}
	}
	return nil
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
	if c.sorts {
		part := uniformEntry(4, draws)
		part.Buffer.HasDynamicOffset = true
		seen = append(seen, part)
		kernel = append(kernel, uniformEntry(6, kernels), storage(7, write, kernels), storage(9, write, kernels))
	}
	if c.bytes {
		kernel = append(kernel, storage(8, read, kernels))
	}
	if c.seenLayout, err = newLayout(d, "seen", seen...); err != nil {
		return err
	}
	c.kernelLayout, err = newLayout(d, "cull", kernel...)
	return err
}

func (c *culling) initKernels(r *Renderer, w *batchWGSL) error {
	layout, err := newPipelineLayout(r.device, r.frameLayout, c.kernelLayout)
	if err != nil {
		return err
	}
	defer layout.Release()
	module, err := newModule(r.device, w.kernels())
	if err != nil {
		return err
	}
	defer module.Release()
	names := []string{"cull_test", "cull_scan", "cull_gather"}
	if c.sorts {
		names = []string{"sort_test", "sort_count", "sort_scan", "sort_gather"}
	}
	for _, name := range names {
		k, err := newKernel(r.device, module, layout, name)
		if err != nil {
			return err
		}
		c.kernels = append(c.kernels, k)
	}
	if !w.hides {
		return nil
	}
	with, err := newPipelineLayout(r.device, r.frameLayout, c.kernelLayout, r.occlusion.layout)
	if err != nil {
		return err
	}
	defer with.Release()
	kind, _, _ := strings.Cut(names[0], "_")
	if c.occlude, err = newKernel(r.device, module, with, kind+"_occlude"); err != nil {
		return err
	}
	c.hide, err = newKernel(r.device, module, with, kind+"_hide")
	return err
}

func (c *culling) initPipelines(r *Renderer, k meshKind, w *batchWGSL) error {
	module, err := newModule(r.device, w.drawSeen(k))
	if err != nil {
		return err
	}
	defer module.Release()
	picture, err := newPipelineLayout(r.device, r.sceneLayout(), c.seenLayout)
	if err != nil {
		return err
	}
	defer picture.Release()
	cfg := pipelineConfig{layout: picture, buffers: k.buffers(), vertex: "vs_main", fragment: "fs_main",
		topology: wgpu.PrimitiveTopologyTriangleList}
	if c.pipelines[k][passPicture], err = r.newPipeline(module, cfg); err != nil {
		return err
	}
	if c.pipelines[k][passSlots], err = r.pickPipeline(c.seenLayout, k, w.pickSeen(k)); err != nil || r.studio == nil {
		return err
	}
	depth, err := newPipelineLayout(r.device, r.frameLayout, c.seenLayout)
	if err != nil {
		return err
	}
	defer depth.Release()
	cfg.layout, cfg.fragment, cfg.depth = depth, k.depthStage(), true
	c.pipelines[k][passDepth], err = r.newPipeline(module, cfg)
	return err
}

// newPage makes what culling needs for a page of so many slots. set is the uniform of the batch's meshes, if the slots
// are sorted.
func (c *culling) newPage(r *Renderer, records, batch, set *wgpu.Buffer, slots int, mesh cullUniform, draws int) (*cullPage, error) {
	p := &cullPage{mesh: mesh, draws: draws, slots: -1}
	if err := c.initPage(p, r, records, batch, set, slots); err != nil {
		p.Release()
		return nil, err
	}
	return p, nil
}

func (c *culling) initPage(p *cullPage, r *Renderer, records, batch, set *wgpu.Buffer, slots int) (err error) {
	d := r.device
	words := (slots + 31) / 32
	uniform, word := int(unsafe.Sizeof(cullUniform{})), 8
	if c.sorts {
		uniform, word = int(unsafe.Sizeof(sortUniform{})), sortWordBytes
	}
	if p.uniform, err = newEmptyBuffer(d, "cull", uniform, wgpu.BufferUsageUniform|wgpu.BufferUsageCopyDst); err != nil {
		return err
	}
	if p.wordsBuffer, err = newEmptyBuffer(d, "cull words", word*words, wgpu.BufferUsageStorage); err != nil {
		return err
	}
	if c.keeps {
		if p.models, err = newEmptyBuffer(d, "models", 64*slots, wgpu.BufferUsageStorage); err != nil {
			return err
		}
	}
	if c.sorts {
		if p.counts, err = newEmptyBuffer(d, "sort counts", 4*int(newSortUniform(slots, p.draws).Chunks)*p.draws, wgpu.BufferUsageStorage); err != nil {
			return err
		}
	}
	if c.bytes {
		if p.shapes, err = newEmptyBuffer(d, "shapes", 32*words, wgpu.BufferUsageStorage|wgpu.BufferUsageCopyDst); err != nil {
			return err
		}
	}
	views := 1
	if r.studio != nil {
		views = maxViews
	}
	for i := range views {
		if err := c.initView(&p.views[i], p, d, records, batch, set, slots); err != nil {
			return err
		}
	}
	return nil
}

func (c *culling) initView(v *cullView, p *cullPage, d *Device, records, batch, set *wgpu.Buffer, slots int) (err error) {
	usage, head := wgpu.BufferUsageStorage, 0
	if !c.sorts {
		usage, head = usage|wgpu.BufferUsageIndirect|wgpu.BufferUsageCopySrc, seenHead
	}
	if v.list, err = newEmptyBuffer(d, "cull list", head+4*(slots+cubeRun), usage); err != nil {
		return err
	}
	entry := func(binding uint32, b *wgpu.Buffer) wgpu.BindGroupEntry {
		return wgpu.BindGroupEntry{Binding: binding, Buffer: b, Size: wgpu.WholeSize}
	}
	kernels := []wgpu.BindGroupEntry{entry(0, records), entry(1, batch), entry(2, v.list), entry(3, p.wordsBuffer), entry(5, p.uniform)}
	draw := []wgpu.BindGroupEntry{entry(0, records), entry(1, batch), entry(2, v.list)}
	if c.keeps {
		kernels, draw = append(kernels, entry(4, p.models)), append(draw, entry(3, p.models))
	}
	if c.sorts {
		if v.parts, err = newEmptyBuffer(d, "draws", sortPartBytes*p.draws,
			wgpu.BufferUsageStorage|wgpu.BufferUsageIndirect|wgpu.BufferUsageUniform|wgpu.BufferUsageCopySrc); err != nil {
			return err
		}
		kernels = append(kernels, entry(6, set), entry(7, p.counts), entry(9, v.parts))
		draw = append(draw, wgpu.BindGroupEntry{Binding: 4, Buffer: v.parts, Size: 80})
	}
	if c.bytes {
		kernels = append(kernels, entry(8, p.shapes))
	}
	if v.kernels, err = newGroup(d, "cull", c.kernelLayout, kernels...); err != nil {
		return err
	}
	v.draw, err = newGroup(d, "seen", c.seenLayout, draw...)
	return err
}

// setSlots tells the kernels how many slots of the page are in use.
func (c *culling) setSlots(p *cullPage, d *Device, slots int) error {
	if p.slots == slots {
		return nil
	}
	var data []byte
	if c.sorts {
		u := newSortUniform(slots, p.draws)
		p.words, p.chunks, data = u.Words, u.Chunks, arena.Bytes([]sortUniform{u})
	} else {
		u := p.mesh
		u.Slots, u.Words = uint32(slots), uint32(slots+31)/32
		p.words, data = u.Words, arena.Bytes([]cullUniform{u})
	}
	if err := gpu.WriteBuffer(d.Queue, p.uniform, 0, data); err != nil {
		return fmt.Errorf("render: write the number of slots to cull: %w", err)
	}
	p.slots = slots
	return nil
}

// encode records the kernels that list the slots of a page that a view sees, or a stage of them.
func (c *culling) encode(pass *wgpu.ComputePassEncoder, p *cullPage, view int, s stage) {
	pass.SetBindGroup(1, p.views[view].kernels, nil)
	groups := func(threads uint32) uint32 { return (threads + kernelGroup - 1) / kernelGroup }
	sizes := [...]uint32{groups(p.words), 1, groups(p.words), 0}
	if c.sorts {
		sizes = [...]uint32{groups(p.words), groups(p.chunks), 1, groups(p.chunks)}
	}
	for i, k := range c.kernels {
		switch {
		case i == 0 && s == stageList:
			k = c.hide
		case i == 1 && s == stageOcclude:
			k, sizes[i] = c.occlude, sizes[0]
		case i > 1 && s == stageOcclude:
			return
		}
		pass.SetPipeline(k)
		pass.DispatchWorkgroups(sizes[i], 1, 1)
	}
}

func (p *cullPage) Release() {
	for i := range p.views {
		v := &p.views[i]
		releaseAll(v.kernels, v.draw, v.list, v.parts)
	}
	releaseAll(p.uniform, p.wordsBuffer, p.models, p.counts, p.shapes)
}

// Release frees the layouts and pipelines. The batches release their cullPages.
func (c *culling) Release() {
	for _, k := range c.kernels {
		releaseAll(k)
	}
	for _, kind := range c.pipelines {
		for _, p := range kind {
			releaseAll(p)
		}
	}
	releaseAll(c.occlude, c.hide, c.kernelLayout, c.seenLayout)
}
