//go:build cgo || js

package render

import (
	"cmp"
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/gpu"
)

// vertexLayout describes Vertex to the shaders.
var vertexLayout = []wgpu.VertexBufferLayout{{
	ArrayStride: 28, StepMode: wgpu.VertexStepModeVertex,
	Attributes: []wgpu.VertexAttribute{
		{Format: wgpu.VertexFormatFloat32x3, Offset: 0, ShaderLocation: 0},
		{Format: wgpu.VertexFormatFloat32x3, Offset: 12, ShaderLocation: 1},
		{Format: wgpu.VertexFormatUnorm8x4, Offset: 24, ShaderLocation: 2},
	},
}}

// A pipelineConfig has what differs from pipeline to pipeline.
type pipelineConfig struct {
	layout           *wgpu.PipelineLayout
	buffers          []wgpu.VertexBufferLayout
	vertex, fragment string // entry points; without a fragment stage only depth is drawn
	topology         wgpu.PrimitiveTopology
	depth            bool // the fragment stage writes depth alone: there is no colour
	behind           bool // drawn last, behind everything, and writes no depth

	format  wgpu.TextureFormat // 0 for the renderer's
	samples int                // 0 for the renderer's
}

func (r *Renderer) newPipeline(m *wgpu.ShaderModule, cfg pipelineConfig) (*wgpu.RenderPipeline, error) {
	desc := wgpu.RenderPipelineDescriptor{
		Layout:    cfg.layout,
		Vertex:    wgpu.VertexState{Module: m, EntryPoint: cfg.vertex, Buffers: cfg.buffers},
		Primitive: wgpu.PrimitiveState{Topology: cfg.topology, FrontFace: wgpu.FrontFaceCCW, CullMode: wgpu.CullModeBack},
		DepthStencil: &wgpu.DepthStencilState{
			Format: depthFormat, DepthWriteEnabled: true, DepthCompare: wgpu.CompareFunctionGreater,
			StencilFront: keepStencil, StencilBack: keepStencil,
		},
		Multisample: wgpu.MultisampleState{Count: 1, Mask: ^uint32(0)},
	}
	switch {
	case cfg.fragment == "":
	case cfg.depth:
		desc.Fragment = &wgpu.FragmentState{Module: m, EntryPoint: cfg.fragment}
	default:
		desc.Multisample.Count = uint32(cmp.Or(cfg.samples, r.config.MSAA))
		desc.Fragment = &wgpu.FragmentState{Module: m, EntryPoint: cfg.fragment,
			Targets: []wgpu.ColorTargetState{{Format: cmp.Or(cfg.format, r.config.Format), WriteMask: wgpu.ColorWriteMaskAll}}}
	}
	if cfg.behind {
		desc.DepthStencil.DepthWriteEnabled, desc.DepthStencil.DepthCompare = false, wgpu.CompareFunctionGreaterEqual
		desc.Primitive.CullMode = wgpu.CullModeNone
	}
	var p *wgpu.RenderPipeline
	err := gpu.Check(r.device.GPU, func() (err error) { p, err = r.device.GPU.CreateRenderPipeline(&desc); return err })
	if err != nil {
		return nil, fmt.Errorf("render: create pipeline: %w", err)
	}
	return p, nil
}

var keepStencil = wgpu.StencilFaceState{
	Compare: wgpu.CompareFunctionAlways, FailOp: wgpu.StencilOperationKeep,
	DepthFailOp: wgpu.StencilOperationKeep, PassOp: wgpu.StencilOperationKeep,
}
