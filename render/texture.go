//go:build cgo

package render

import (
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"
)

func newTexture(d *Device, label string, width, height int, format wgpu.TextureFormat, samples int, usage wgpu.TextureUsage) (*wgpu.Texture, *wgpu.TextureView, error) {
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

// newBuffer makes a buffer that holds contents, which must not be empty.
func newBuffer(d *Device, label string, contents []byte, usage wgpu.BufferUsage) (*wgpu.Buffer, error) {
	b, err := d.GPU.CreateBufferInit(&wgpu.BufferInitDescriptor{Label: label, Contents: contents, Usage: usage})
	if err != nil {
		return nil, fmt.Errorf("render: create %s buffer of %d bytes: %w", label, len(contents), err)
	}
	return b, nil
}
