//go:build cgo

package render

import (
	"fmt"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"
)

// A view is a point of view that batches are drawn from: the eye's, and in Studio those
// of the lamps' depth maps.
type view struct {
	index int          // which of a page's lists of slots is its
	draws draws        // what is drawn from it
	frame frameUniform // what the shaders see of it
	data  *wgpu.Buffer // holds frame
	group *wgpu.BindGroup
}

// draws is what is drawn from a view.
type draws int

const (
	drawsPicture draws = iota
	drawsDepth
	drawsSlots // which batch's slot covers a pixel
)

const maxViews = 3 // the eye and two lamps

func newView(r *Renderer, index int, label string) (*view, error) {
	v := &view{index: index}
	if index > 0 {
		v.draws = drawsDepth
	}
	var err error
	if v.data, err = newBuffer(r.device, label, bytesOf([]frameUniform{v.frame}), wgpu.BufferUsageUniform|wgpu.BufferUsageCopyDst); err != nil {
		return v, err
	}
	v.group, err = newGroup(r.device, label, r.frameLayout, wgpu.BindGroupEntry{Binding: 0, Buffer: v.data, Size: wgpu.WholeSize})
	return v, err
}

// write sends the frame to the GPU, ahead of the commands of the next submit.
func (v *view) write(d *Device) error {
	if err := d.Queue.WriteBuffer(v.data, 0, bytesOf(unsafe.Slice(&v.frame, 1))); err != nil {
		return fmt.Errorf("render: write camera: %w", err)
	}
	return nil
}

func (v *view) Release() { releaseAll(v.group, v.data) }
