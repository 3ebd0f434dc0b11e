package render

import (
	"fmt"
	"reflect"

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

// newPipeline compiles a module that has vs_main and fs_main. The binding opens
// an error scope, so that what is wrong with the code comes back as an error.
func (r *Renderer) newPipeline(code string, buffers []wgpu.VertexBufferLayout) (*wgpu.RenderPipeline, error) {
	module, err := r.device.GPU.CreateShaderModule(&wgpu.ShaderModuleDescriptor{
		Label: "scene", WGSLDescriptor: &wgpu.ShaderModuleWGSLDescriptor{Code: code},
	})
	if err != nil {
		return nil, fmt.Errorf("render: compile shader: %w", err)
	}
	defer module.Release()
	p, err := r.device.GPU.CreateRenderPipeline(&wgpu.RenderPipelineDescriptor{
		Label: "scene", Layout: r.layout,
		Vertex:    wgpu.VertexState{Module: module, EntryPoint: "vs_main", Buffers: buffers},
		Primitive: wgpu.PrimitiveState{Topology: wgpu.PrimitiveTopologyTriangleList, FrontFace: wgpu.FrontFaceCCW, CullMode: wgpu.CullModeBack},
		DepthStencil: &wgpu.DepthStencilState{
			Format: depthFormat, DepthWriteEnabled: true, DepthCompare: wgpu.CompareFunctionGreater,
			StencilFront: keepStencil, StencilBack: keepStencil,
		},
		Multisample: wgpu.MultisampleState{Count: uint32(r.config.MSAA), Mask: ^uint32(0)},
		Fragment: &wgpu.FragmentState{Module: module, EntryPoint: "fs_main",
			Targets: []wgpu.ColorTargetState{{Format: r.config.Format, WriteMask: wgpu.ColorWriteMaskAll}}},
	})
	if err != nil {
		return nil, fmt.Errorf("render: create pipeline: %w", err)
	}
	return p, nil
}

var keepStencil = wgpu.StencilFaceState{
	Compare: wgpu.CompareFunctionAlways, FailOp: wgpu.StencilOperationKeep,
	DepthFailOp: wgpu.StencilOperationKeep, PassOp: wgpu.StencilOperationKeep,
}

type releaser interface{ Release() }

// release releases o, which may be a nil pointer.
func release(o releaser) {
	if !reflect.ValueOf(o).IsNil() {
		o.Release()
	}
}
