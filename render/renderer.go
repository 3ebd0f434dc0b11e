//go:build cgo || js

package render

import (
	"time"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload/gpu"
)

// A Renderer draws batches into targets of one format.
//
// Most programs need only its Frame method, which does all of a frame. Encode is for a render loop of your own. Call
// the methods of a renderer, of its batches and of its targets on the render goroutine.
type Renderer struct {
	// Now is the time of the next frame on the clock that Motion.Start counts on: for example, the time since the
	// program began. Set it before Frame, Encode or Pick. Only slots that are Motions depend on it. A batch may have a
	// clock of its own: see Batch.SetClock.
	Now time.Duration

	life
	device *Device
	config Config

	eye    *view
	studio *studio   // nil: the look is Plain
	timer  *gpuTimer // nil: frames are not timed
	picker *picker   // nil: Pick was never called

	occlusion *occlusion

	frameLayout, batchLayout *wgpu.BindGroupLayout
	layout                   *wgpu.PipelineLayout

	programs map[batchWGSL]*program  // what batches use
	runs     [meshKinds]*wgpu.Buffer // indices of kinds whose instances are runs; nil for kindMesh

	target Target // the last one that was checked
	opaque bool   // target keeps no alpha

	expiring expiringTarget // target, if its views expire; or nil

	attachments attachments
	pacer       pacer
	encoded     uint64 // frames that Encode recorded
	batches     uint32 // that were ever made
}

// New makes a renderer. Release it before the device. Call New on the render goroutine.
func New(d *Device, cfg Config) (*Renderer, error) {
	d.check("New")
	if err := cfg.setDefaults(d); err != nil {
		return nil, err
	}
	r := &Renderer{device: d, config: cfg, programs: map[batchWGSL]*program{}}
	if err := r.init(); err != nil {
		r.Release()
		return nil, err
	}
	return r, nil
}

func (r *Renderer) init() (err error) {
	d := r.device
	stages := wgpu.ShaderStageVertex | wgpu.ShaderStageFragment
	if r.frameLayout, err = newLayout(d, "frame", uniformEntry(0, stages|wgpu.ShaderStageCompute)); err != nil {
		return err
	}
	if r.eye, err = newView(r, 0, "frame"); err != nil {
		return err
	}
	r.eye.uniform = frameUniform{
		Sun:        narrow(wide(r.config.Sun).Normalize()).Vec4(0), // in float64: its square may not fit a float32
		SunColor:   Color{0.95, 0.88, 0.78, 1},
		SkyColor:   Color{0.42, 0.48, 0.56, 1},
		EarthColor: Color{0.16, 0.13, 0.11, 1},
		Backdrop:   *r.config.Background,
	}
	if r.batchLayout, err = newLayout(d, "batch", wgpu.BindGroupLayoutEntry{
		Binding: 0, Visibility: stages | wgpu.ShaderStageCompute, Buffer: wgpu.BufferBindingLayout{Type: wgpu.BufferBindingTypeReadOnlyStorage},
	}, uniformEntry(1, stages|wgpu.ShaderStageCompute)); err != nil {
		return err
	}
	if r.occlusion, err = newOcclusion(d); err != nil {
		return err
	}
	if r.config.Look == Studio {
		if r.studio, err = newStudio(r); err != nil {
			return err
		}
	}
	if r.layout, err = newPipelineLayout(d, r.sceneLayout(), r.batchLayout); err != nil {
		return err
	}
	for kind, indices := range map[meshKind][]uint16{kindCube: cubeIndices(), kindSquare: squareIndices()} {
		if r.runs[kind], err = newBuffer(d, "run indices", arena.Bytes(indices), wgpu.BufferUsageIndex); err != nil {
			return err
		}
	}
	if r.config.Timestamps && d.Timestamps {
		r.timer, err = newGPUTimer(d)
	}
	return err
}

// sceneLayout is the layout of group 0 where the picture is drawn: the frame and, in Studio, the shadow maps.
func (r *Renderer) sceneLayout() *wgpu.BindGroupLayout {
	if r.studio != nil {
		return r.studio.mapsLayout
	}
	return r.frameLayout
}

// Depth returns the depth of the last frame, 1 at the near plane and 0 infinitely far away, and the samples of its
// texture: Config.MSAA. A pass of yours after the frame may read it; overlay's labels do.
//
// The first call returns nil and makes the renderer keep the depth from the next frame on. The view is the
// renderer's, and changes with the size of the target: ask for it after each frame. Call Depth on the render
// goroutine.
func (r *Renderer) Depth() (view *wgpu.TextureView, samples int) {
	r.check("Depth")
	if a := &r.attachments; !a.keepDepth {
		a.release() // so that the next frame makes another texture
		a.keepDepth = true
	}
	return r.attachments.depthView, r.config.MSAA
}

// Wait waits until the GPU has done everything that was submitted, so that GPUTimes has all frames. If you recorded
// frames by Encode, submit them first. Call Wait between frames, on the render goroutine.
func (r *Renderer) Wait() error {
	r.check("Wait")
	r.device.Wait()
	if r.timer == nil {
		return nil
	}
	return r.timer.flush()
}

// Release waits for the renderer's frames, and frees what the renderer made. Release its batches first. A second
// Release does nothing. Call it on the render goroutine.
func (r *Renderer) Release() {
	if !r.end() {
		return
	}
	r.pacer.release()
	r.attachments.release()
	for _, runs := range r.runs {
		releaseAll(runs)
	}
	releaseAll(r.picker, r.timer, r.occlusion, r.studio, r.layout, r.eye, r.frameLayout, r.batchLayout)
	r.device.flush()
}

// A pacer bounds the frames in flight: those that were submitted and that the GPU has not finished. Without a bound,
// work would pile up in front of a slow GPU, and what it shows would be old.
type pacer struct {
	fences [framesInFlight]gpu.Fence // of the last frames
	frames int                       // submitted
}

const framesInFlight = 2

// next waits for the frame that holds the next fence. It returns that fence, to be set after the submit.
func (p *pacer) next() *gpu.Fence {
	fence := &p.fences[p.frames%framesInFlight]
	fence.Wait()
	return fence
}

func (p *pacer) release() {
	for i := range p.fences {
		p.fences[i].Release()
	}
}
