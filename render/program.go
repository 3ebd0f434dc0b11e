//go:build cgo || js

package render

import (
	"errors"
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"
)

// A program is all that is compiled for a batch. Batches of a renderer whose shaders are the same share one, so that
// the second such batch compiles nothing. All of a program is compiled with the batch: no frame and no Pick waits for
// a compiler.
type program struct {
	wgsl    batchWGSL
	batches int // that use it
	stride  int // bytes of a record in WGSL; 0: unknown

	all     [passKinds]*wgpu.RenderPipeline // draw all slots of a page. nil: the batch is not in such a pass, or it sorts
	culling *culling                        // nil: the batch never draws from lists
	weigh   *wgpu.ComputePipeline           // nil: the look is not Studio, or the batch has a Module
}

// errNames explains an error that the user's text has only beside ours.
var errNames = errors.New("(Record or Shade declares a name that slotstream's shaders for culling, shadows or Pick declare too: choose another name)")

// use returns the program for a batch's shaders. Give it back by drop.
func (r *Renderer) use(w batchWGSL) (*program, error) {
	p := r.programs[w]
	if p == nil {
		p = &program{wgsl: w}
		if err := p.init(r); err != nil {
			p.release()
			return nil, err
		}
		r.programs[w] = p
	}
	p.batches++
	return p, nil
}

// drop gives a program back. The last batch releases it.
func (r *Renderer) drop(p *program) {
	if p == nil {
		return
	}
	if p.batches--; p.batches == 0 {
		delete(r.programs, p.wgsl)
		p.release()
	}
}

func (p *program) init(r *Renderer) error {
	w := &p.wgsl
	kind := w.firstKind()
	module, err := newModule(r.device, w.drawAll(kind))
	if err != nil {
		return err
	}
	defer module.Release()
	cfg := pipelineConfig{layout: r.layout, buffers: kind.buffers(), vertex: "vs_main", fragment: "fs_main",
		topology: wgpu.PrimitiveTopologyTriangleList}
	if w.module != "" {
		cfg.buffers = vertexLayout
	}
	p.stride, _ = r.recordStride(module, cfg)
	if p.all[passPicture], err = r.newPipeline(module, cfg); err != nil {
		return err
	}
	if w.module != "" {
		return nil
	}
	if !w.sorts {
		if r.studio != nil {
			cfg.layout, cfg.fragment, cfg.depth = r.studio.layout, kind.depthStage(), true
			if p.all[passDepth], err = r.newPipeline(module, cfg); err != nil {
				return err
			}
		}
		if p.all[passSlots], err = r.pickPipeline(r.batchLayout, kind, w.pickAll(kind)); err != nil {
			return p.named(err)
		}
	}
	if w.culls || w.sorts {
		if p.culling, err = newCulling(r, w); err != nil {
			return p.named(err)
		}
	}
	if r.studio != nil {
		if p.weigh, err = r.studio.fit.newKernel(r, p); err != nil {
			return p.named(err)
		}
	}
	return nil
}

// named adds what the user may do where the text compiles alone.
func (p *program) named(err error) error {
	if p.wgsl.users {
		return fmt.Errorf("%w\n%w", err, errNames)
	}
	return err
}

func (p *program) release() {
	for _, pipeline := range p.all {
		releaseAll(pipeline)
	}
	releaseAll(p.culling, p.weigh)
}

// pickPipeline compiles a pipeline of Pick.
func (r *Renderer) pickPipeline(group *wgpu.BindGroupLayout, kind meshKind, code string) (*wgpu.RenderPipeline, error) {
	module, err := newModule(r.device, code)
	if err != nil {
		return nil, err
	}
	defer module.Release()
	layout, err := newPipelineLayout(r.device, r.frameLayout, group)
	if err != nil {
		return nil, err
	}
	defer layout.Release()
	return r.newPipeline(module, pipelineConfig{layout: layout, buffers: kind.buffers(), vertex: "vs_main", fragment: "fs_pick",
		topology: wgpu.PrimitiveTopologyTriangleList, format: pickFormat, samples: 1})
}

// buffers describes the vertices of the kind to the shaders.
func (k meshKind) buffers() []wgpu.VertexBufferLayout {
	if k.hasVertices() {
		return vertexLayout
	}
	return nil
}
