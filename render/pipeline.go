//go:build cgo

package render

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/cogentcore/webgpu/wgpu"
)

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

// vertexLayout is Vertex as the shaders see it.
var vertexLayout = []wgpu.VertexBufferLayout{{
	ArrayStride: 24, StepMode: wgpu.VertexStepModeVertex,
	Attributes: []wgpu.VertexAttribute{
		{Format: wgpu.VertexFormatFloat32x3, Offset: 0, ShaderLocation: 0},
		{Format: wgpu.VertexFormatFloat32x3, Offset: 12, ShaderLocation: 1},
	},
}}

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

// pipelineConfig are what the scene's pipelines differ in.
type pipelineConfig struct {
	layout           *wgpu.PipelineLayout
	buffers          []wgpu.VertexBufferLayout
	vertex, fragment string // entry points; no fragment: depth only
	topology         wgpu.PrimitiveTopology
	behind           bool // drawn last, behind everything

	format  wgpu.TextureFormat // zero: the renderer's
	samples int                // zero: the renderer's
}

func (r *Renderer) newPipeline(m *wgpu.ShaderModule, o pipelineConfig) (*wgpu.RenderPipeline, error) {
	desc := wgpu.RenderPipelineDescriptor{
		Layout:    o.layout,
		Vertex:    wgpu.VertexState{Module: m, EntryPoint: o.vertex, Buffers: o.buffers},
		Primitive: wgpu.PrimitiveState{Topology: o.topology, FrontFace: wgpu.FrontFaceCCW, CullMode: wgpu.CullModeBack},
		DepthStencil: &wgpu.DepthStencilState{
			Format: depthFormat, DepthWriteEnabled: true, DepthCompare: wgpu.CompareFunctionGreater,
			StencilFront: keepStencil, StencilBack: keepStencil,
		},
		Multisample: wgpu.MultisampleState{Count: 1, Mask: ^uint32(0)},
	}
	if o.fragment != "" {
		desc.Multisample.Count = uint32(cmp.Or(o.samples, r.config.MSAA))
		desc.Fragment = &wgpu.FragmentState{Module: m, EntryPoint: o.fragment,
			Targets: []wgpu.ColorTargetState{{Format: cmp.Or(o.format, r.config.Format), WriteMask: wgpu.ColorWriteMaskAll}}}
	}
	if o.behind {
		desc.DepthStencil.DepthWriteEnabled, desc.DepthStencil.DepthCompare = false, wgpu.CompareFunctionGreaterEqual
		desc.Primitive.CullMode = wgpu.CullModeNone
	}
	p, err := r.device.GPU.CreateRenderPipeline(&desc)
	if err != nil {
		return nil, fmt.Errorf("render: create pipeline: %w", err)
	}
	return p, nil
}

var keepStencil = wgpu.StencilFaceState{
	Compare: wgpu.CompareFunctionAlways, FailOp: wgpu.StencilOperationKeep,
	DepthFailOp: wgpu.StencilOperationKeep, PassOp: wgpu.StencilOperationKeep,
}
