//go:build cgo || js

package render

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/gpu"
)

// Calls to the binding that several files make. Each has its error message here.

// newBuffer makes a buffer that holds contents, one byte at least.
func newBuffer(d *Device, label string, contents []byte, usage wgpu.BufferUsage) (*wgpu.Buffer, error) {
	b, err := d.GPU.CreateBufferInit(&wgpu.BufferInitDescriptor{Label: label, Contents: contents, Usage: usage})
	if err != nil {
		return nil, fmt.Errorf("render: create %s buffer of %d bytes: %w", label, len(contents), err)
	}
	return b, nil
}

func newEmptyBuffer(d *Device, label string, size int, usage wgpu.BufferUsage) (*wgpu.Buffer, error) {
	b, err := d.GPU.CreateBuffer(&wgpu.BufferDescriptor{Label: label, Size: uint64(size), Usage: usage})
	if err != nil {
		return nil, fmt.Errorf("render: create %s buffer of %d bytes: %w", label, size, err)
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

// newModule compiles WGSL. If the code has a fault, the error has the compiler's message.
func newModule(d *Device, code string) (*wgpu.ShaderModule, error) {
	var m *wgpu.ShaderModule
	err := gpu.Check(d.GPU, func() (err error) {
		m, err = d.GPU.CreateShaderModule(&wgpu.ShaderModuleDescriptor{WGSLDescriptor: &wgpu.ShaderModuleWGSLDescriptor{Code: code}})
		return err
	})
	if err != nil {
		if found := tintSays.FindAllStringSubmatch(err.Error(), -1); found != nil {
			var lines []string
			for _, f := range found {
				lines = append(lines, "wgsl:"+f[1])
			}
			return nil, fmt.Errorf("render: compile shader: %s", strings.Join(lines, "\n"))
		}
		// The message of the compiler itself begins here, behind those of the layers above it.
		_, message, found := strings.Cut(err.Error(), "\nShader ")
		if !found {
			return nil, fmt.Errorf("render: compile shader: %w", err)
		}
		return nil, fmt.Errorf("render: compile shader: %s", strings.TrimSpace(message))
	}
	return m, nil
}

// tintSays finds what Chromium's compiler says: what is wrong, where, the line, and the marks under it. Of a fault in a
// function it quotes the whole function, which may be ours.
var tintSays = regexp.MustCompile(`(?m)(?:^|WGSL: ):(\d+:\d+ (?:error|note): .*(?:\n.*){0,2})`)

// newKernel compiles an entry point of a module.
func newKernel(d *Device, m *wgpu.ShaderModule, l *wgpu.PipelineLayout, name string) (k *wgpu.ComputePipeline, err error) {
	err = gpu.Check(d.GPU, func() (err error) {
		k, err = d.GPU.CreateComputePipeline(&wgpu.ComputePipelineDescriptor{
			Layout: l, Compute: wgpu.ProgrammableStageDescriptor{Module: m, EntryPoint: name},
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("render: create kernel %s: %w", name, err)
	}
	return k, nil
}

// submit records commands into an encoder and submits them.
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

// releaseAll releases everything in all that is not a nil pointer. So a Release method serves a value that is half
// built, too.
func releaseAll(all ...releaser) {
	for _, r := range all {
		if !reflect.ValueOf(r).IsNil() {
			gpu.Free(r)
		}
	}
}
