//go:build cgo || js

package render

import (
	"fmt"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/shaders"
	"github.com/slotstream/slotstream/upload/gpu"
)

// A fit lets the shadow maps cover what the camera sees. The camera's eye and lens do not say how far away that is, and
// its Distance may say anything: programs that fly have a Target just before the eye. So the GPU looks at the slots, in
// every frame anew, before it draws the maps:
//
//  1. The kernel weigh of each batch sums, over the slots in the camera's view, the logarithm of the distance from the
//     eye. A slot counts by what it covers of the picture, so one slot far away changes little (weigh.wgsl). The slots
//     of a batch with a Module do not count: where they are is not known.
//  2. The kernel fit takes the mean, D, and writes the matrices of the lamps into the uniforms of all views. The maps
//     cover the ball around eye + D × direction of view, with radius 1.2 D.
//
// The sums are of whole numbers: neither pages nor batches nor the order of threads changes them. Where no slot is in
// view, D is a hundred times the near plane's distance, or the height of the eye over the ground, if this is larger.
//
// For the maps, D has steps of a quarter of an octave, and the maps move in whole texels: so shadows do not change
// while bodies move a little, and do not shimmer. The ground fades around the ball without steps.
type fit struct {
	layout *wgpu.BindGroupLayout // group 2 of the kernels weigh
	sums   *wgpu.Buffer
	group  *wgpu.BindGroup // of layout: sums

	buffer  *wgpu.Buffer // holds written
	written fitUniform
	texels  float32 // along a side of a map

	kernelLayout *wgpu.BindGroupLayout // group 0 of the kernel fit
	kernelGroup  *wgpu.BindGroup
	kernel       *wgpu.ComputePipeline

	// anchor is the place in the world that the texels of the maps count from: the Origin of a camera that was near. If
	// they counted from a place far away, one scene in two places of the world would have two shadows.
	anchor mgl64.Vec3
}

// fitUniform is Fit of fit.wgsl.
type fitUniform struct {
	Forward mgl32.Vec4
	Lamps   [2]struct{ Right, Up, Towards mgl32.Vec4 }
	Texels  float32
	_       [3]float32
}

const weighEach = 64 // weigh_each of weigh.wgsl

func newFit(r *Renderer, s *studio) (*fit, error) {
	f := &fit{texels: float32(s.size)}
	if err := f.init(r, s); err != nil {
		f.Release()
		return nil, err
	}
	return f, nil
}

func (f *fit) init(r *Renderer, s *studio) (err error) {
	d := r.device
	storage := func(binding uint32) wgpu.BindGroupLayoutEntry {
		return wgpu.BindGroupLayoutEntry{Binding: binding, Visibility: wgpu.ShaderStageCompute,
			Buffer: wgpu.BufferBindingLayout{Type: wgpu.BufferBindingTypeStorage}}
	}
	whole := func(binding uint32, b *wgpu.Buffer) wgpu.BindGroupEntry {
		return wgpu.BindGroupEntry{Binding: binding, Buffer: b, Size: wgpu.WholeSize}
	}
	if f.sums, err = newEmptyBuffer(d, "weights", 24, wgpu.BufferUsageStorage); err != nil {
		return err
	}
	if f.layout, err = newLayout(d, "weigh", storage(0)); err != nil {
		return err
	}
	if f.group, err = newGroup(d, "weigh", f.layout, whole(0, f.sums)); err != nil {
		return err
	}
	if f.buffer, err = newEmptyBuffer(d, "fit", int(unsafe.Sizeof(f.written)), wgpu.BufferUsageUniform|wgpu.BufferUsageCopyDst); err != nil {
		return err
	}
	if f.kernelLayout, err = newLayout(d, "fit", uniformEntry(1, wgpu.ShaderStageCompute), storage(2), storage(3), storage(4), storage(5)); err != nil {
		return err
	}
	if f.kernelGroup, err = newGroup(d, "fit", f.kernelLayout, whole(1, f.buffer), whole(2, f.sums),
		whole(3, r.eye.buffer), whole(4, s.lamps[0].buffer), whole(5, s.lamps[1].buffer)); err != nil {
		return err
	}
	layout, err := newPipelineLayout(d, f.kernelLayout)
	if err != nil {
		return err
	}
	defer layout.Release()
	module, err := newModule(d, join(shaders.RecordInstance, r.scene(), shaders.Fit))
	if err != nil {
		return err
	}
	defer module.Release()
	f.kernel, err = newKernel(d, module, layout, "fit")
	return err
}

// newKernel compiles the kernel weigh for a program.
func (f *fit) newKernel(r *Renderer, p *program) (*wgpu.ComputePipeline, error) {
	module, err := newModule(r.device, p.wgsl.weigh())
	if err != nil {
		return nil, err
	}
	defer module.Release()
	slots := r.batchLayout
	if p.wgsl.sorts {
		slots = p.culling.kernelLayout // it has the set and the shapes
	}
	layout, err := newPipelineLayout(r.device, r.frameLayout, slots, f.layout)
	if err != nil {
		return nil, err
	}
	defer layout.Release()
	return newKernel(r.device, module, layout, "weigh")
}

// encode records the kernels, for lamps in these directions.
func (f *fit) encode(e *wgpu.CommandEncoder, r *Renderer, c *Camera, towards [2]mgl32.Vec3, batches []Drawable) error {
	if err := f.write(r, c, towards); err != nil {
		return err
	}
	pass := e.BeginComputePass(nil)
	defer pass.Release()
	pass.SetBindGroup(0, r.eye.group, nil)
	pass.SetBindGroup(2, f.group, nil)
	for _, b := range batches {
		b.encodeWeighing(pass) // 1
	}
	pass.SetPipeline(f.kernel)
	pass.SetBindGroup(0, f.kernelGroup, nil)
	pass.DispatchWorkgroups(1, 1, 1) // 2
	if err := gpu.End(pass); err != nil {
		return fmt.Errorf("render: end the pass that fits shadow maps: %w", err)
	}
	return nil
}

// write hands what the kernel fit needs of the camera to the queue, where it changed.
func (f *fit) write(r *Renderer, c *Camera, towards [2]mgl32.Vec3) error {
	near := c.whole().Near
	if away := c.Origin.Sub(f.anchor).Len(); !(away < 1e4*float64(near)) {
		f.anchor = c.Origin
	}
	_, _, back := c.axes()
	height := r.eye.uniform.Ground[0]
	u := fitUniform{Forward: back.Mul(-1).Vec4(max(100*near, absf(height))), Texels: f.texels}
	eye := c.Origin.Sub(f.anchor).Add(c.fromOrigin())
	for i, towards := range towards {
		hint := mgl32.Vec3{0, 0, -1}
		if absf(towards.Z()) > 0.9 {
			hint = mgl32.Vec3{0, 1, 0}
		}
		right := hint.Cross(towards).Normalize()
		up := towards.Cross(right)
		along := func(axis mgl32.Vec3) mgl32.Vec4 { return axis.Vec4(float32(wide(axis).Dot(eye))) }
		l := &u.Lamps[i]
		l.Right, l.Up, l.Towards = along(right), along(up), towards.Vec4(0)
	}
	if u == f.written {
		return nil
	}
	f.written = u
	if err := gpu.WriteBuffer(r.device.Queue, f.buffer, 0, arena.Bytes(unsafe.Slice(&f.written, 1))); err != nil {
		f.written = fitUniform{} // so that the next frame writes
		return fmt.Errorf("render: write what fits shadow maps: %w", err)
	}
	return nil
}

// Release frees all of it.
func (f *fit) Release() {
	releaseAll(f.kernel, f.kernelGroup, f.kernelLayout, f.buffer, f.group, f.layout, f.sums)
}

func (b *Batch[T]) encodeWeighing(pass *wgpu.ComputePassEncoder) {
	p := b.program
	if p.weigh == nil || p.wgsl.sorts && !b.listed {
		return
	}
	pass.SetPipeline(p.weigh)
	for i := range b.pages {
		page := &b.pages[i]
		n := b.slotsToDraw(page)
		if n <= 0 {
			continue
		}
		group := page.group
		if p.wgsl.sorts {
			group = page.cull.views[0].kernels
		}
		pass.SetBindGroup(1, group, nil)
		pass.DispatchWorkgroups(uint32((n+weighEach*kernelGroup-1)/(weighEach*kernelGroup)), 1, 1)
	}
}
