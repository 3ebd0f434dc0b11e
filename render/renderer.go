//go:build cgo

package render

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/shaders"
	"github.com/slotstream/slotstream/upload/gpu"
	"github.com/slotstream/slotstream/upload/gpu/handle"
)

// Config is what a renderer is made for. The zero value is for pictures made with
// the zero format; a window's renderer takes the window's Format.
type Config struct {
	Format     wgpu.TextureFormat // the targets' own; zero: that of pictures made with the zero format
	MSAA       int                // samples a pixel: 1 or 4; 0 stands for 1
	Look       Look               // zero: Plain; or Studio
	Timestamps bool               // time frames on the GPU, where the device can; see GPUTimes
	Sun        mgl32.Vec3         // towards the sun; zero for the built-in direction
	Background *Color             // nil for the look's own, since the zero Color is one; its alpha is the picture's where nothing is drawn
	GroundY    float32            // height of Studio's ground in the world, metres
}

// Renderer draws batches into targets of one format. One goroutine at a time
// may use a renderer, its batches and its targets: the one that drives the device.
//
// For most programs Frame is the only call: it descends, uploads, draws and shows.
// Encode is for loops of one's own: it draws, and leaves the rest to the caller.
type Renderer struct {
	// Now is when the next frame is, on the clock that Motion.Start counts on: the time
	// since the program began, say. Set it before Frame, Encode or Pick; only slots
	// that are Motions look at it.
	Now time.Duration

	life
	device *Device
	config Config

	eye *view

	frameLayout, batchLayout *wgpu.BindGroupLayout
	layout                   *wgpu.PipelineLayout

	target Target // the last one, which is of this device
	opaque bool   // it keeps no alpha

	// Attachments of the size of the last target.
	width, height int
	depth, color  *wgpu.Texture // color: only with MSAA
	depthView     *wgpu.TextureView
	colorView     *wgpu.TextureView

	studio *studio   // nil: plain
	timer  *gpuTimer // nil: untimed

	// The submits of the last frames, oldest first: Frame waits for the oldest,
	// so that work does not pile up in front of a slow GPU.
	inFlight [framesInFlight]gpu.Fence
	frames   int
	encoded  uint64 // frames recorded: the number of the last

	made   uint32  // batches so far
	picker *picker // nil: nobody has picked yet

	// Kept, so that a frame allocates none.
	pass        wgpu.RenderPassDescriptor
	attachments [1]wgpu.RenderPassColorAttachment
	depthPass   wgpu.RenderPassDepthStencilAttachment
}

const framesInFlight = 2

const depthFormat = wgpu.TextureFormatDepth32Float

// New makes a renderer. Release it before the device.
func New(d *Device, c Config) (*Renderer, error) {
	d.check("New")
	if c.MSAA == 0 {
		c.MSAA = 1
	}
	if c.MSAA != 1 && c.MSAA != 4 {
		return nil, fmt.Errorf("render: MSAA of %d samples: 1 or 4", c.MSAA)
	}
	if c.Look < 0 || int(c.Look) >= len(lookNames) {
		return nil, fmt.Errorf("render: there is no %v: take Plain or Studio", c.Look)
	}
	if c.Format == wgpu.TextureFormatUndefined {
		c.Format = d.format()
	}
	if !finite(c.Sun[:]...) || !finite(c.GroundY) || c.Background != nil && !finite(c.Background[:]...) {
		return nil, fmt.Errorf("render: a Sun of %v, a GroundY of %v and a Background of %v: each must be finite", c.Sun, c.GroundY, c.Background)
	}
	if c.Sun == (mgl32.Vec3{}) {
		c.Sun = mgl32.Vec3{0.35, 0.8, 0.5}
	}
	if c.Background == nil {
		background := [...]Color{Plain: RGB(0x1d2330), Studio: RGB(0xe3e7ea)}[c.Look]
		c.Background = &background
	}
	r := &Renderer{device: d, config: c}
	if err := r.init(); err != nil {
		r.Release()
		return nil, err
	}
	return r, nil
}

func (r *Renderer) init() error {
	d := r.device
	frame := frameUniform{
		Sun:        narrow(wide(r.config.Sun).Normalize()).Vec4(0), // its square may not fit a float32
		SunColor:   Color{0.95, 0.88, 0.78, 1},
		SkyColor:   Color{0.42, 0.48, 0.56, 1},
		EarthColor: Color{0.16, 0.13, 0.11, 1},
		Backdrop:   *r.config.Background,
	}
	var err error
	stages := wgpu.ShaderStageVertex | wgpu.ShaderStageFragment
	if r.frameLayout, err = newLayout(d, "frame", uniformEntry(0, stages|wgpu.ShaderStageCompute)); err != nil {
		return err
	}
	if r.eye, err = newView(r, 0, "frame"); err != nil {
		return err
	}
	r.eye.frame = frame
	if r.batchLayout, err = newLayout(d, "batch", wgpu.BindGroupLayoutEntry{
		Binding: 0, Visibility: stages, Buffer: wgpu.BufferBindingLayout{Type: wgpu.BufferBindingTypeReadOnlyStorage},
	}, uniformEntry(1, stages)); err != nil {
		return err
	}
	if r.config.Look == Studio {
		if r.studio, err = newStudio(r); err != nil {
			return err
		}
	}
	if r.layout, err = newPipelineLayout(d, r.firstLayout(), r.batchLayout); err != nil {
		return err
	}
	if r.config.Timestamps && d.Timestamps {
		if r.timer, err = newGPUTimer(d); err != nil {
			return err
		}
	}
	r.pass = wgpu.RenderPassDescriptor{ColorAttachments: r.attachments[:], DepthStencilAttachment: &r.depthPass}
	return nil
}

// firstLayout is that of group 0: the frame, and in Studio the depth maps.
func (r *Renderer) firstLayout() *wgpu.BindGroupLayout {
	if r.studio != nil {
		return r.studio.mapsLayout
	}
	return r.frameLayout
}

// FrameStats says where a frame's time went on the CPU. The phases of the
// upload are sums over the batches.
type FrameStats struct {
	Wait    time.Duration // for the GPU to finish the frame before the last
	Acquire time.Duration // of the target's view: with vsync a window may wait here
	Descend time.Duration // from the arenas to their mirrors
	Plan    time.Duration // choosing the calls that upload
	Write   time.Duration // those calls
	Encode  time.Duration // camera and commands
	Submit  time.Duration // commands to the queue
	Present time.Duration // the target's: with vsync a window may wait here
	Total   time.Duration // of the whole call

	Frame     uint64 // its number: of the renderer's frames the first is 1
	HighWater int    // slots to draw, hidden and unseen ones included: one past the highest live one, summed over the batches
	Updated   int    // slots that were uploaded, summed over the batches
	Torn      int    // slots that were being written, summed over the arenas: the next frame looks again
	Calls     int    // queue writes
	Bytes     int    // written by them
}

// Frame draws one frame: wait until at most one frame is left on the GPU, acquire
// the target's view, descend into each arena once, upload what its batches have
// pending, encode, submit, present. An error that wraps ErrSkip means that the target
// had nothing to draw into; nothing was uploaded and nothing is lost. Batches of any
// types are drawn together, each made with NewBatch for this renderer.
//
// Descends of one's own, before or after, cost nothing and change nothing: the batches
// follow their arenas. Call Frame on the goroutine that drives the device, the arenas'
// only reader meanwhile; writers go on.
func (r *Renderer) Frame(t Target, c *Camera, batches ...Drawable) (FrameStats, error) {
	var s FrameStats
	if err := r.fits(t, c, batches); err != nil {
		return s, err
	}
	start := time.Now()
	var w stopwatch
	defer w.leave()
	w.enter("wait")
	fence := &r.inFlight[r.frames%framesInFlight]
	fence.Wait()
	s.Wait = w.leave()
	w.enter("acquire")
	view, err := t.Acquire()
	s.Acquire = w.leave()
	if err != nil {
		return s, err
	}
	w.enter("descend")
	s.Torn = descend(batches)
	s.Descend = w.leave()
	if err := s.upload(batches); err != nil {
		return s, err
	}
	w.enter("encode")
	encoder, err := r.device.GPU.CreateCommandEncoder(nil)
	if err != nil {
		return s, fmt.Errorf("render: create encoder: %w", err)
	}
	defer encoder.Release()
	width, height := t.Size()
	s.Frame = r.encoded + 1
	if err := r.Encode(encoder, view, width, height, c, batches...); err != nil {
		return s, err
	}
	commands, err := encoder.Finish(nil)
	if err != nil {
		return s, fmt.Errorf("render: encode frame: %w", err)
	}
	s.Encode = w.leave()
	w.enter("submit")
	r.device.Queue.Submit(commands)
	fence.Set(r.device.GPU)
	r.frames++
	commands.Release()
	s.Submit = w.leave()
	w.enter("present")
	if err := t.Present(); err != nil {
		return s, err
	}
	s.Present = w.leave()
	s.Total = time.Since(start)
	return s, nil
}

// descend descends once into each arena of the batches, and returns how many slots were torn.
func descend(batches []Drawable) (torn int) {
	for i, b := range batches {
		first := true
		for _, before := range batches[:i] {
			first = first && before.follows() != b.follows()
		}
		if first {
			torn += b.descend().Torn
		}
	}
	return torn
}

// upload brings the batches up to date with their mirrors, and adds up what that took.
func (s *FrameStats) upload(batches []Drawable) error {
	for _, b := range batches {
		u, err := b.Upload()
		if err != nil {
			return err
		}
		s.Plan += u.Plan
		s.Write += u.Write
		s.HighWater += u.HighWater
		s.Updated += u.Updated
		s.Calls += u.Calls
		s.Bytes += u.Bytes
	}
	return nil
}

// fits says what is wrong with a frame of these parts before any of it reaches C.
func (r *Renderer) fits(t Target, c *Camera, batches []Drawable) error {
	r.check("Frame")
	if t == nil {
		panic("render: Frame: the target is nil")
	}
	if !(reflect.TypeOf(t).Comparable() && t == r.target) { // asking for a method allocates now and then
		inner := unwrap(t)
		if d, ok := inner.(deviceTarget); ok && d.Device() != r.device {
			return errors.New("render: the target is of another device than the renderer: make it with the renderer's device")
		}
		r.target = t
		o, ok := inner.(opaqueTarget)
		r.opaque = ok && o.Opaque()
	}
	if t.Format() != r.config.Format {
		return fmt.Errorf("render: a target of format %v, but the renderer was made for %v: give render.Config the target's Format()", t.Format(), r.config.Format)
	}
	return r.draws("Frame", c, batches)
}

// draws says what is wrong with the camera, and whether the batches are this renderer's.
func (r *Renderer) draws(doing string, c *Camera, batches []Drawable) error {
	needs(c, doing, "the camera")
	if err := c.check(); err != nil {
		return err
	}
	for _, b := range batches {
		if b == nil {
			panic("render: " + doing + ": a batch is nil")
		}
		if b.madeBy(doing) != r {
			return errors.New("render: a batch was made for another renderer: a batch is drawn by the renderer that was given to NewBatch")
		}
	}
	return nil
}

// Encode records a frame into an encoder of one's own: the view, of the renderer's
// format and width × height pixels, is cleared and drawn to. Descend, and Upload the
// batches before, submit after, all on the goroutine that drives the device. A renderer can
// record one frame for each submit, because the camera is written ahead of the
// commands. Unlike Frame it waits for nothing: how many frames are in flight is the
// caller's to bound, by a gpu.Fence for instance (package upload/gpu).
func (r *Renderer) Encode(e *wgpu.CommandEncoder, view *wgpu.TextureView, width, height int, c *Camera, batches ...Drawable) error {
	r.check("Encode")
	needs(e, "Encode", "the encoder")
	needs(view, "Encode", "the target's view")
	if encoderDevice.Of(e) != deviceRef.Of(r.device.GPU) {
		return errors.New("render: the encoder is of another device than the renderer: make it with the renderer's device")
	}
	if err := r.draws("Encode", c, batches); err != nil {
		return err
	}
	if err := r.resize(width, height); err != nil {
		return err
	}
	r.encoded++
	frame := &r.eye.frame
	projection, eye := c.Projection(float32(width)/float32(height)), c.fromOrigin()
	frame.ViewProj, frame.EyeProj = projection.Mul4(c.View()), projection.Mul4(c.turn())
	frame.Eye = c.Eye().Vec4(1)
	frame.Now = MotionClock(r.Now)
	frame.Ground = r.ground(c.Origin, eye)
	for _, b := range batches {
		if err := b.place(c.Origin, eye); err != nil {
			return err
		}
	}
	timed := false
	if r.timer != nil {
		var err error
		if timed, err = r.timer.begin(e, r.encoded); err != nil {
			return fmt.Errorf("render: time the GPU: %w", err)
		}
	}
	group := r.eye.group
	if r.studio != nil {
		if err := r.studio.encode(e, r, c, batches); err != nil {
			return err
		}
		group = r.studio.mapsGroup
	}
	if err := r.prepare(e, r.eye, batches); err != nil {
		return err
	}
	r.attachments[0] = wgpu.RenderPassColorAttachment{
		View: view, LoadOp: wgpu.LoadOpClear, StoreOp: wgpu.StoreOpStore,
		ClearValue: r.clearValue(),
	}
	if r.colorView != nil {
		r.attachments[0].View, r.attachments[0].ResolveTarget, r.attachments[0].StoreOp = r.colorView, view, wgpu.StoreOpDiscard
	}
	r.depthPass = wgpu.RenderPassDepthStencilAttachment{View: r.depthView, DepthLoadOp: wgpu.LoadOpClear, DepthStoreOp: wgpu.StoreOpDiscard}
	pass := e.BeginRenderPass(&r.pass)
	defer pass.Release()
	pass.SetBindGroup(0, group, nil)
	for _, b := range batches {
		b.draw(pass, r.eye)
	}
	if r.studio != nil {
		r.studio.backdrop(pass)
	}
	if err := pass.End(); err != nil {
		return fmt.Errorf("render: end pass: %w", err)
	}
	if timed {
		if err := r.timer.end(e); err != nil {
			return fmt.Errorf("render: time the GPU: %w", err)
		}
	}
	return nil
}

// ground is Frame.ground of scene.wgsl. The grid's lines are 10 m apart, and stay where
// they are in the world.
func (r *Renderer) ground(origin, eye mgl64.Vec3) mgl32.Vec4 {
	onGrid := func(axis int) float32 {
		return float32(math.Mod(math.Mod(origin[axis], 10)+eye[axis], 10))
	}
	ground := mgl32.Vec4{float32(float64(r.config.GroundY) - origin[1] - eye[1]), 0, onGrid(0), onGrid(2)}
	if r.opaque {
		ground[1] = 1
	}
	return ground
}

// prepare writes a view's frame, and records which slots it sees.
func (r *Renderer) prepare(e *wgpu.CommandEncoder, v *view, batches []Drawable) error {
	if err := v.write(r.device); err != nil {
		return err
	}
	if !slices.ContainsFunc(batches, Drawable.culled) {
		return nil
	}
	pass := e.BeginComputePass(nil)
	defer pass.Release()
	pass.SetBindGroup(0, v.group, nil)
	for _, b := range batches {
		b.cull(pass, v)
	}
	if err := pass.End(); err != nil {
		return fmt.Errorf("render: end culling pass: %w", err)
	}
	return nil
}

// GPUTimes appends to dst how long the GPU took for frames, oldest first, and
// forgets them. It never waits: times arrive dozens of frames late, in batches,
// and a frame may have none: go by its number.
// There are none without Config.Timestamps and Device.Timestamps. Call it between
// frames, on the goroutine that draws them.
func (r *Renderer) GPUTimes(dst []GPUTime) []GPUTime {
	r.alive("GPUTimes", "the renderer")
	if r.timer == nil {
		return dst
	}
	dst = append(dst, r.timer.times...)
	r.timer.times = r.timer.times[:0]
	return dst
}

// Finish waits until the GPU has done all that was submitted, so that GPUTimes
// has every frame. What was encoded must have been submitted. Call it between frames,
// on the goroutine that draws them.
func (r *Renderer) Finish() error {
	r.check("Finish")
	r.device.Wait()
	if r.timer == nil {
		return nil
	}
	if err := r.timer.flush(); err != nil {
		return fmt.Errorf("render: time the GPU: %w", err)
	}
	return nil
}

// resize makes the attachments fit a target.
func (r *Renderer) resize(width, height int) error {
	if most := r.device.MaxSize(); width < 1 || height < 1 || width > most || height > most {
		return fmt.Errorf("render: a target of %d×%d pixels: each side must be 1 to %d", width, height, most)
	}
	if width == r.width && height == r.height {
		return nil
	}
	r.releaseAttachments()
	var err error
	if r.depth, r.depthView, err = newTexture(r.device, "depth", width, height, depthFormat, r.config.MSAA, wgpu.TextureUsageRenderAttachment); err != nil {
		return err
	}
	if r.config.MSAA > 1 {
		if r.color, r.colorView, err = newTexture(r.device, "multisampled", width, height,
			r.config.Format, r.config.MSAA, wgpu.TextureUsageRenderAttachment); err != nil {
			return err
		}
	}
	r.width, r.height = width, height
	return nil
}

func (r *Renderer) releaseAttachments() {
	releaseAll(r.depthView, r.depth, r.colorView, r.color)
	r.depth, r.depthView, r.color, r.colorView, r.width, r.height = nil, nil, nil, nil, 0, 0
}

func (r *Renderer) check(doing string) {
	needs(r, doing, "the renderer")
	r.alive(doing, "the renderer")
	r.device.check(doing)
}

// Where the binding's types keep their devices.
var (
	deviceRef     = handle.In[wgpu.Device]("ref")
	encoderDevice = handle.In[wgpu.CommandEncoder]("deviceRef")
)

// Release waits for the renderer's frames and frees what it made. Release its
// batches first, on the goroutine that draws. A second Release does nothing.
func (r *Renderer) Release() {
	if !r.end() {
		return
	}
	for i := range r.inFlight {
		r.inFlight[i].Release()
	}
	r.releaseAttachments()
	releaseAll(r.picker, r.timer, r.studio, r.layout, r.eye, r.frameLayout, r.batchLayout)
	r.device.flush()
}

// clearValue is the background as the target stores it: pixel of scene.wgsl.
func (r *Renderer) clearValue() wgpu.Color {
	c := *r.config.Background
	if !encodesSRGB(r.config.Format) {
		for i := range 3 {
			c[i] = encodeSRGB(c[i])
		}
	}
	a := min(max(c[3], 0), 1)
	if r.opaque {
		a = 1
	}
	return wgpu.Color{R: float64(c[0] * a), G: float64(c[1] * a), B: float64(c[2] * a), A: float64(a)}
}

// scene is what all modules share.
func (r *Renderer) scene() string { return shaders.Scene + r.tone() }

// tone is the function output for the target's format.
func (r *Renderer) tone() string {
	if encodesSRGB(r.config.Format) {
		return shaders.ToneLinear
	}
	return shaders.ToneSRGB
}
