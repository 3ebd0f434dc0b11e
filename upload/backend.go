//go:build cgo || js

package upload

import (
	"fmt"
	"strings"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/shaders"
	"github.com/slotstream/slotstream/upload/gpu"
	"github.com/slotstream/slotstream/upload/internal/native"
)

// A backend makes the calls of an Upload. It is an interface so that tests can make each call fail.
type backend interface {
	createBuffer(label string, usage wgpu.BufferUsage, bytes int) (*wgpu.Buffer, error)
	bindScatter(page, staging *wgpu.Buffer) (*wgpu.BindGroup, error)
	write(base []byte, writes []native.Write) error     // one queue write for each element
	dispatchScatter(dispatches []native.Dispatch) error // one submit
	flush()                                             // passes waiting writes to the GPU, and frees finished ones
}

// device is the backend that calls a wgpu device.
type device struct {
	device *wgpu.Device
	queue  *wgpu.Queue

	flushed [2]gpu.Fence // of the last flushes
	flushes int

	layout   *wgpu.BindGroupLayout // nil if the uploader never scatters
	pipeline *wgpu.ComputePipeline
}

// newDevice makes a device with a pipeline that scatters slots of vecs vec4s. If vecs is 0 it makes no pipeline.
func newDevice(d *wgpu.Device, vecs int) (*device, error) {
	g := &device{device: d, queue: d.GetQueue()}
	native.Listen(d)
	if vecs > 0 {
		if err := g.createPipeline(vecs); err != nil {
			g.release()
			return nil, fmt.Errorf("create the scatter pipeline: %w", err)
		}
	}
	return g, nil
}

func (g *device) createPipeline(vecs int) error {
	code := strings.Replace(shaders.Scatter, "vecs = 4u", fmt.Sprintf("vecs = %du", vecs), 1)
	code = strings.Replace(code, "run = 4u", fmt.Sprintf("run = %du", vecs/threads(vecs)), 1)
	return gpu.Check(g.device, func() error { return g.compile(code) })
}

func (g *device) compile(code string) error {
	module, err := g.device.CreateShaderModule(&wgpu.ShaderModuleDescriptor{
		Label:          "slotstream scatter",
		WGSLDescriptor: &wgpu.ShaderModuleWGSLDescriptor{Code: code},
	})
	if err != nil {
		return err
	}
	defer module.Release()
	g.layout, err = g.device.CreateBindGroupLayout(&wgpu.BindGroupLayoutDescriptor{
		Label: "slotstream scatter",
		Entries: []wgpu.BindGroupLayoutEntry{
			{Binding: 0, Visibility: wgpu.ShaderStageCompute, Buffer: wgpu.BufferBindingLayout{
				Type: wgpu.BufferBindingTypeUniform, HasDynamicOffset: true, MinBindingSize: sectionBytes}},
			{Binding: 1, Visibility: wgpu.ShaderStageCompute, Buffer: wgpu.BufferBindingLayout{Type: wgpu.BufferBindingTypeReadOnlyStorage}},
			{Binding: 2, Visibility: wgpu.ShaderStageCompute, Buffer: wgpu.BufferBindingLayout{Type: wgpu.BufferBindingTypeReadOnlyStorage}},
			{Binding: 3, Visibility: wgpu.ShaderStageCompute, Buffer: wgpu.BufferBindingLayout{Type: wgpu.BufferBindingTypeStorage}},
		},
	})
	if err != nil {
		return err
	}
	layout, err := g.device.CreatePipelineLayout(&wgpu.PipelineLayoutDescriptor{BindGroupLayouts: []*wgpu.BindGroupLayout{g.layout}})
	if err != nil {
		return err
	}
	defer layout.Release()
	g.pipeline, err = g.device.CreateComputePipeline(&wgpu.ComputePipelineDescriptor{
		Layout:  layout,
		Compute: wgpu.ProgrammableStageDescriptor{Module: module, EntryPoint: "scatter"},
	})
	return err
}

func (g *device) createBuffer(label string, usage wgpu.BufferUsage, bytes int) (*wgpu.Buffer, error) {
	return native.CreateBuffer(g.device, &wgpu.BufferDescriptor{Label: label, Usage: usage, Size: uint64(bytes)})
}

func (g *device) bindScatter(page, staging *wgpu.Buffer) (*wgpu.BindGroup, error) {
	return g.device.CreateBindGroup(&wgpu.BindGroupDescriptor{
		Label:  "slotstream scatter",
		Layout: g.layout,
		Entries: []wgpu.BindGroupEntry{
			{Binding: 0, Buffer: staging, Size: sectionBytes},
			{Binding: 1, Buffer: staging, Size: wgpu.WholeSize},
			{Binding: 2, Buffer: staging, Size: wgpu.WholeSize},
			{Binding: 3, Buffer: page, Size: wgpu.WholeSize},
		},
	})
}

func (g *device) write(base []byte, writes []native.Write) error {
	return native.WriteBuffers(g.device, g.queue, base, writes)
}

func (g *device) dispatchScatter(dispatches []native.Dispatch) error {
	return native.SubmitCompute(g.device, g.queue, g.pipeline, dispatches)
}

// flush also waits for the flush before the last one. So a program that never submits, or that writes faster than the
// GPU copies, does not fill the memory with writes.
func (g *device) flush() {
	fence := &g.flushed[g.flushes%len(g.flushed)]
	g.flushes++
	fence.Wait()
	gpu.Flush(g.device)
	fence.Set(g.device)
}

func (g *device) release() {
	for i := range g.flushed {
		g.flushed[i].Release()
	}
	gpu.Flush(g.device) // it frees the pages, which were released before
	if g.pipeline != nil {
		g.pipeline.Release()
	}
	if g.layout != nil {
		g.layout.Release()
	}
	g.queue.Release()
}
