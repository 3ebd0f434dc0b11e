//go:build cgo

package render

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/cogentcore/webgpu/wgpu"
)

// What is asked of the GPU in more than one place: each call once, with its error said as a sentence.

// newBuffer makes a buffer that holds contents, which must not be empty.
func newBuffer(d *Device, label string, contents []byte, usage wgpu.BufferUsage) (*wgpu.Buffer, error) {
	b, err := d.GPU.CreateBufferInit(&wgpu.BufferInitDescriptor{Label: label, Contents: contents, Usage: usage})
	if err != nil {
		return nil, fmt.Errorf("render: create %s buffer of %d bytes: %w", label, len(contents), err)
	}
	return b, nil
}

func newTexture(d *Device, label string, width, height int, format wgpu.TextureFormat, samples int,
	usage wgpu.TextureUsage) (*wgpu.Texture, *wgpu.TextureView, error) {
	t, err := d.GPU.CreateTexture(&wgpu.TextureDescriptor{
		Label: label, Usage: usage, Dimension: wgpu.TextureDimension2D, Format: format,
		Size:          wgpu.Extent3D{Width: uint32(width), Height: uint32(height), DepthOrArrayLayers: 1},
		MipLevelCount: 1, SampleCount: uint32(samples),
	})
	if err != nil {
		return nil, nil, fmt.Errorf("render: create %s texture of %d×%d: %w", label, width, height, err)
	}
	v, err := t.CreateView(nil)
	if err != nil {
		t.Release()
		return nil, nil, fmt.Errorf("render: view %s texture: %w", label, err)
	}
	return t, v, nil
}

func uniformEntry(binding uint32, stages wgpu.ShaderStage) wgpu.BindGroupLayoutEntry {
	return wgpu.BindGroupLayoutEntry{Binding: binding, Visibility: stages, Buffer: wgpu.BufferBindingLayout{Type: wgpu.BufferBindingTypeUniform}}
}

func newLayout(d *Device, label string, entries ...wgpu.BindGroupLayoutEntry) (*wgpu.BindGroupLayout, error) {
	l, err := d.GPU.CreateBindGroupLayout(&wgpu.BindGroupLayoutDescriptor{Label: label, Entries: entries})
	if err != nil {
		return nil, fmt.Errorf("render: lay out %s bindings: %w", label, err)
	}
	return l, nil
}

func newGroup(d *Device, label string, l *wgpu.BindGroupLayout, entries ...wgpu.BindGroupEntry) (*wgpu.BindGroup, error) {
	g, err := d.GPU.CreateBindGroup(&wgpu.BindGroupDescriptor{Label: label, Layout: l, Entries: entries})
	if err != nil {
		return nil, fmt.Errorf("render: bind %s: %w", label, err)
	}
	return g, nil
}

func newPipelineLayout(d *Device, groups ...*wgpu.BindGroupLayout) (*wgpu.PipelineLayout, error) {
	l, err := d.GPU.CreatePipelineLayout(&wgpu.PipelineLayoutDescriptor{BindGroupLayouts: groups})
	if err != nil {
		return nil, fmt.Errorf("render: lay out pipeline: %w", err)
	}
	return l, nil
}

// newModule compiles WGSL. The binding opens an error scope, so that what is
// wrong with the code comes back as an error, with the compiler's message.
func newModule(d *Device, code string) (*wgpu.ShaderModule, error) {
	m, err := d.GPU.CreateShaderModule(&wgpu.ShaderModuleDescriptor{WGSLDescriptor: &wgpu.ShaderModuleWGSLDescriptor{Code: code}})
	if err != nil {
		// The compiler's own message starts here, behind that of the layers above it.
		_, message, found := strings.Cut(err.Error(), "\nShader ")
		if !found {
			return nil, fmt.Errorf("render: compile shader: %w", err)
		}
		return nil, fmt.Errorf("render: compile shader: %s", strings.TrimSpace(message))
	}
	return m, nil
}

// submit records commands and hands them to the GPU.
func (d *Device) submit(record func(*wgpu.CommandEncoder) error) error {
	e, err := d.GPU.CreateCommandEncoder(nil)
	if err != nil {
		return err
	}
	defer e.Release()
	if err := record(e); err != nil {
		return err
	}
	commands, err := e.Finish(nil)
	if err != nil {
		return err
	}
	d.Queue.Submit(commands)
	commands.Release()
	return nil
}

type releaser interface{ Release() }

// releaseAll releases each of o, which may be nil pointers: what is half built is
// released like what is whole.
func releaseAll(o ...releaser) {
	for _, o := range o {
		if !reflect.ValueOf(o).IsNil() {
			o.Release()
		}
	}
}
