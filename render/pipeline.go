//go:build cgo

package render

import (
	"cmp"
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"
)

// vertexLayout is Vertex as the shaders see it.
var vertexLayout = []wgpu.VertexBufferLayout{{
	ArrayStride: 24, StepMode: wgpu.VertexStepModeVertex,
	Attributes: []wgpu.VertexAttribute{
		{Format: wgpu.VertexFormatFloat32x3, Offset: 0, ShaderLocation: 0},
		{Format: wgpu.VertexFormatFloat32x3, Offset: 12, ShaderLocation: 1},
	},
}}

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
