//go:build cgo || js

package render

import (
	"fmt"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload/gpu"
)

// A view is a point of view that batches are drawn from: the camera's, the pick's and, in Studio, each lamp's.
type view struct {
	kind    passKind
	index   int          // which of a page's lists of visible slots is this view's
	uniform frameUniform // what the shaders know of the view
	buffer  *wgpu.Buffer // holds uniform
	group   *wgpu.BindGroup
}

// A passKind is what a pass draws of each slot. Each kind has pipelines of its own.
type passKind int

const (
	passPicture passKind = iota
	passDepth            // a shadow map
	passSlots            // the batch's number and the slot's index: for Pick
	passKinds
)

// A stage is a part of the kernels that list slots.
type stage int

const (
	stageAll     stage = iota // all of them, without occlusion
	stageOcclude              // the test, and marking what is hidden
	stageList                 // leaving out what is hidden, and the rest
)

const maxViews = 3 // the camera and two lamps; Pick uses the camera's lists

func newView(r *Renderer, index int, label string) (*view, error) {
	v := &view{index: index}
	if index > 0 {
		v.kind = passDepth
	}
	var err error
	if v.buffer, err = newBuffer(r.device, label, arena.Bytes([]frameUniform{v.uniform}),
		wgpu.BufferUsageUniform|wgpu.BufferUsageStorage|wgpu.BufferUsageCopyDst|wgpu.BufferUsageCopySrc); err != nil { // fit.wgsl writes, too
		return v, err
	}
	v.group, err = newGroup(r.device, label, r.frameLayout, wgpu.BindGroupEntry{Binding: 0, Buffer: v.buffer, Size: wgpu.WholeSize})
	return v, err
}

// write hands the uniform to the queue, ahead of the commands of the next submit.
func (v *view) write(d *Device) error {
	if err := gpu.WriteBuffer(d.Queue, v.buffer, 0, arena.Bytes(unsafe.Slice(&v.uniform, 1))); err != nil {
		return fmt.Errorf("render: write camera: %w", err)
	}
	return nil
}

func (v *view) Release() { releaseAll(v.group, v.buffer) }
