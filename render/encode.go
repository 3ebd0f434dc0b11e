//go:build cgo || js

package render

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/render/internal/targets"
	"github.com/slotstream/slotstream/upload/gpu"
)

// Encode records a frame into your own encoder: it clears view, which has the renderer's format and width × height
// pixels, and draws the batches into it. Before, descend into the arenas and call Batch.Upload; after, submit. You may
// record other passes into the encoder before and after.
//
// Record one frame for each submit: the camera reaches the GPU ahead of the commands, so a second frame would replace
// the camera of the first. Unlike Frame, Encode waits for nothing. Bound the frames in flight yourself, by a gpu.Fence
// (package upload/gpu) or Device.Wait. Call it on the render goroutine.
func (r *Renderer) Encode(e *wgpu.CommandEncoder, view *wgpu.TextureView, width, height int, c *Camera, batches ...Drawable) error {
	r.check("Encode")
	needs(e, "Encode", "the encoder")
	needs(view, "Encode", "the target's view")
	if !madeBy(e, r.device.GPU) {
		return errors.New("render: Encode: the encoder belongs to another device: make it with the renderer's device")
	}
	if err := r.checkScene("Encode", c, batches); err != nil {
		return err
	}
	if err := r.attachments.resize(r.device, width, height, &r.config); err != nil {
		return err
	}
	r.encoded++
	projection := c.Projection(float32(width) / float32(height))
	r.eye.uniform.Pixels = pixelsOf(projection, height)
	r.eye.uniform.Width, r.eye.uniform.Height = float32(width), float32(height)
	if err := r.aim(r.eye, c, projection, batches); err != nil {
		return err
	}
	timed := false
	if r.timer != nil {
		var err error
		if timed, err = r.timer.begin(e, r.encoded); err != nil {
			return err
		}
	}
	group := r.eye.group
	if r.studio != nil {
		if err := r.studio.encodeMaps(e, r, c, batches); err != nil {
			return err
		}
		group = r.studio.mapsGroup
	}
	if err := r.encodeCameraCulling(e, width, height, batches); err != nil {
		return err
	}
	for _, b := range batches {
		if err := b.encodeLacking(e); err != nil {
			return err
		}
	}
	pass := e.BeginRenderPass(r.attachments.passTo(view, r.clearValue()))
	defer pass.Release()
	pass.SetBindGroup(0, group, nil)
	for _, b := range batches {
		b.encodeDraw(pass, r.eye)
	}
	if r.studio != nil {
		r.studio.encodeBackdrop(pass)
	}
	if err := gpu.End(pass); err != nil {
		return fmt.Errorf("render: end pass: %w", err)
	}
	if timed {
		return r.timer.end(e)
	}
	return nil
}

// pixelsOf is Frame.pixels of scene.wgsl for a picture of that height.
func pixelsOf(projection mgl32.Mat4, height int) float32 { return projection[5] * float32(height) / 2 }

// aim points a view at what the camera sees, and tells the batches where they are, seen from it.
func (r *Renderer) aim(v *view, c *Camera, projection mgl32.Mat4, batches []Drawable) error {
	eye := c.fromOrigin()
	v.uniform.ViewProj, v.uniform.EyeProj = projection.Mul4(c.View()), projection.Mul4(c.turn())
	v.uniform.Eye = c.eye().Vec4(1)
	v.uniform.Now = MotionClock(r.Now)
	v.uniform.Ground = r.ground(c.Origin, eye)
	for _, b := range batches {
		if err := b.writePlace(c.Origin, eye, r.Now); err != nil {
			return err
		}
	}
	return nil
}

// encodeCulling writes a view's uniform, and records the kernels that find the slots that the view sees.
func (r *Renderer) encodeCulling(e *wgpu.CommandEncoder, v *view, batches []Drawable) error {
	if err := v.write(r.device); err != nil {
		return err
	}
	if !slices.ContainsFunc(batches, Drawable.culls) {
		return nil
	}
	pass := e.BeginComputePass(nil)
	defer pass.Release()
	pass.SetBindGroup(0, v.group, nil)
	for _, b := range batches {
		b.encodeCull(pass, v, stageAll)
	}
	if err := gpu.End(pass); err != nil {
		return fmt.Errorf("render: end culling pass: %w", err)
	}
	return nil
}

// ground is Frame.ground of scene.wgsl. The lines of the grid are 10 m apart, and keep their places in the world.
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

// clearValue is the background as the target stores it: the function pixel of scene.wgsl.
func (r *Renderer) clearValue() wgpu.Color {
	c := *r.config.Background
	if !targets.EncodesSRGB(r.config.Format) {
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
