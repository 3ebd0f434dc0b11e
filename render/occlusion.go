//go:build cgo || js

package render

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/shaders"
	"github.com/slotstream/slotstream/upload/gpu"
)

// Occlusion leaves out slots that are wholly behind others. The picture is the same, byte for byte. The GPU does it in
// every frame anew, from the slots alone; it looks at no earlier picture:
//
//		               ┌──────────── a box within its mesh ──────────┐
//		slots in view ─┤                                             ▼
//		               │                            depth, for each sample of the picture: what is behind is hidden
//		               │                                             │
//		               └──── the box around its mesh ─── is all of it behind? ── no ──► list ──► picture
//
//	 1. Clear the depths: nothing is hidden. The kernel occlude_judge decides whether the next steps pay.
//	 2. Find the slots in view, as culling does (cull_test, sort_test).
//	 3. cull_occlude, sort_occlude: for each sample that the box within a slot's mesh covers, the depth becomes that of
//	    the box's front, if this is nearer.
//	 4. cull_hide, sort_hide: leave out the slots whose boxes are behind the depth at all samples that they may cover.
//	 5. List and draw the rest from scratch, in the order of the slots, as culling does.
//
// Why it is right: a closed mesh covers each sample that a box within it covers, with a nearer depth. So what 4 leaves
// out is behind something that 5 draws, or that is left out itself, because it is behind something still nearer. Both
// boxes err to the side of drawing, by more than numbers are rounded.
//
// The depth of a sample is a maximum, so the threads of 3 may come in any order. Only 1 looks at the frame before: at
// what its kernels counted. It decides what a frame costs, and never what is seen.
//
// A large box marks tiles of 16 × 16 samples instead. Shadow maps have no occlusion: 3 needs lines of sight that meet
// in an eye, and lamps are infinitely far away.
//
// Pictures with 4 samples a pixel have none either, because there the driver breaks the rule above: a triangle that is
// seen edge-on may cover a sample that is a thousandth of a pixel outside of it. Its depth changes by 30 a pixel, so
// llvmpipe took 0.01 to 0.03 there for 0.0035: the triangle showed through a sphere at 0.0075 that hides it. Without
// culling, one picture of 88 had such a sample, which occlusion would have left out.
//
// (Hasselgren, Andersson and Akenine-Möller, "Masked Software Occlusion Culling", 2016: the same on a CPU.)
type occlusion struct {
	layout *wgpu.BindGroupLayout
	judge  *wgpu.ComputePipeline

	width, height int          // of the picture that these are for
	bytes         int          // of the depths
	depths        *wgpu.Buffer // Occlusion of occlusion.wgsl
	group         *wgpu.BindGroup
}

// occludeFrom is the number of triangles from which on occlusion may pay: those of 16,384 cubes. Tests change it.
var occludeFrom = 4 * cullFromTriangles

const (
	occludeHead = 20       // bytes of Occlusion before the depths
	occludeTile = 16       // occlude_tile of occlude.wgsl
	occludeMost = 32 << 20 // pixels: a larger picture has no occlusion, because a buffer of depths may not fit a binding
)

func newOcclusion(d *Device) (*occlusion, error) {
	o := &occlusion{}
	if err := o.init(d); err != nil {
		o.Release()
		return nil, err
	}
	return o, nil
}

func (o *occlusion) init(d *Device) (err error) {
	if o.layout, err = newLayout(d, "occlusion", wgpu.BindGroupLayoutEntry{
		Binding: 0, Visibility: wgpu.ShaderStageCompute, Buffer: wgpu.BufferBindingLayout{Type: wgpu.BufferBindingTypeStorage},
	}); err != nil {
		return err
	}
	module, err := newModule(d, join(shaders.Occlusion, shaders.OccludeJudge))
	if err != nil {
		return err
	}
	defer module.Release()
	layout, err := newPipelineLayout(d, o.layout)
	if err != nil {
		return err
	}
	defer layout.Release()
	o.judge, err = newKernel(d, module, layout, "occlude_judge")
	return err
}

// resize makes the depths for a picture of that size.
func (o *occlusion) resize(d *Device, width, height int) (err error) {
	if width == o.width && height == o.height {
		return nil
	}
	o.releaseDepths()
	tiles := ((width + occludeTile - 1) / occludeTile) * ((height + occludeTile - 1) / occludeTile)
	o.bytes = 4 * (width*height + tiles)
	if o.depths, err = newEmptyBuffer(d, "occlusion", occludeHead+o.bytes, wgpu.BufferUsageStorage|wgpu.BufferUsageCopyDst|wgpu.BufferUsageCopySrc); err != nil {
		return err
	}
	if o.group, err = newGroup(d, "occlusion", o.layout, wgpu.BindGroupEntry{Binding: 0, Buffer: o.depths, Size: wgpu.WholeSize}); err != nil {
		return err
	}
	o.width, o.height = width, height
	return nil
}

func (o *occlusion) releaseDepths() {
	releaseAll(o.group, o.depths)
	o.group, o.depths, o.width, o.height = nil, nil, 0, 0
}

// Release frees all of it.
func (o *occlusion) Release() {
	o.releaseDepths()
	releaseAll(o.judge, o.layout)
}

// encodeCameraCulling is encodeCulling for the camera's view of a picture of that size, with occlusion.
func (r *Renderer) encodeCameraCulling(e *wgpu.CommandEncoder, width, height int, batches []Drawable) error {
	if !slices.ContainsFunc(batches, Drawable.hides) || width*height > occludeMost {
		return r.encodeCulling(e, r.eye, batches)
	}
	o := r.occlusion
	if err := o.resize(r.device, width, height); err != nil {
		return err
	}
	if err := r.eye.write(r.device); err != nil {
		return err
	}
	if err := gpu.ClearBuffer(e, o.depths, occludeHead, uint64(o.bytes)); err != nil { // 1
		return fmt.Errorf("render: clear the depths of occlusion: %w", err)
	}
	pass := e.BeginComputePass(nil)
	defer pass.Release()
	pass.SetPipeline(o.judge)
	pass.SetBindGroup(0, o.group, nil)
	pass.DispatchWorkgroups(1, 1, 1)
	pass.SetBindGroup(0, r.eye.group, nil)
	pass.SetBindGroup(2, o.group, nil)
	for _, b := range batches {
		b.encodeCull(pass, r.eye, stageOcclude) // 2, 3
	}
	for _, b := range batches {
		b.encodeCull(pass, r.eye, stageList) // 4, 5
	}
	if err := gpu.End(pass); err != nil {
		return fmt.Errorf("render: end the pass of occlusion: %w", err)
	}
	return nil
}

// hides reports whether slots behind others may be left out of the next frame.
func (b *Batch[T]) hides() bool {
	return b.listed && b.program.wgsl.hides && b.stats.HighWater*b.triangles() >= occludeFrom
}

// occlusion says whether the text of a batch has occlusion. Lines and points have none: they have no closed surface.
func (w *batchWGSL) occlusion(r *Renderer, cfg *BatchConfig) {
	w.hides = w.culls && !w.kinds[kindLine] && !w.kinds[kindPoint] && r.config.MSAA == 1
	if w.hides {
		w.solid = !discards.MatchString(cfg.Shade + cfg.Record)
	}
}

var discards = regexp.MustCompile(`\bdiscard\b`) // then surfaces have holes

// occlude is the text of the kernels of occlusion: kernels, and what these need.
func (w *batchWGSL) occlude(kernels string) string {
	if !w.hides {
		return ""
	}
	return join(shaders.Occlusion, shaders.Occlude, kernels, fmt.Sprintf("const occlude_solid = %v;", w.solid))
}
