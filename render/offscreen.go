//go:build cgo

package render

import (
	"fmt"
	"image"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/gpu"
)

// Offscreen is a target without a display: a texture that can be read. It belongs to
// the goroutine that drives the device; read it between frames.
type Offscreen struct {
	life
	device        *Device
	width, height int
	format        wgpu.TextureFormat
	texture       *wgpu.Texture
	view          *wgpu.TextureView
}

// NewOffscreen makes a picture of width × height pixels. The zero format stands
// for the device's own; a window's format makes pictures with the window's renderer.
func NewOffscreen(d *Device, width, height int, format wgpu.TextureFormat) (*Offscreen, error) {
	d.check("NewOffscreen")
	limit := d.MaxSize()
	if width < 1 || height < 1 || width > limit || height > limit {
		return nil, fmt.Errorf("render: a picture of %d×%d pixels: each side must be 1 to %d", width, height, limit)
	}
	if format == wgpu.TextureFormatUndefined {
		format = d.format()
	}
	if _, ok := byteOrder(format); !ok {
		return nil, fmt.Errorf("render: pictures in format %v cannot be read: use an 8-bit RGBA or BGRA format", format)
	}
	o := &Offscreen{device: d, width: width, height: height, format: format}
	var err error
	o.texture, o.view, err = newTexture(d, "offscreen", width, height, format, 1,
		wgpu.TextureUsageRenderAttachment|wgpu.TextureUsageCopySrc)
	if err != nil {
		return nil, err
	}
	return o, nil
}

// Size is the picture's, in pixels.
func (o *Offscreen) Size() (width, height int) { return o.width, o.height }

// Format is what NewOffscreen was given, or the device's own.
func (o *Offscreen) Format() wgpu.TextureFormat { return o.format }

// Present does nothing: the picture is there to be read.
func (o *Offscreen) Present() error { return nil }

// Device is the one that the picture was made with.
func (o *Offscreen) Device() *Device { return o.device }

// Acquire gives the texture's view. It is never ErrSkip.
func (o *Offscreen) Acquire() (*wgpu.TextureView, error) {
	o.check("Acquire")
	return o.view, nil
}

func (o *Offscreen) check(doing string) {
	o.alive(doing, "the picture")
	o.device.check(doing)
}

// Release frees the texture. A second Release does nothing.
func (o *Offscreen) Release() {
	if o.end() {
		releaseAll(o.view, o.texture)
		o.device.flush()
	}
}

// Image waits for the GPU and reads the picture of the last frame: sRGB, alpha not premultiplied. (The
// texture itself holds colours multiplied by alpha, so that edges mix rightly.)
func (o *Offscreen) Image() (*image.NRGBA, error) {
	o.check("Image")
	stride := (o.width*4 + 255) &^ 255 // rows of a texture copy start on multiples of 256 bytes
	size := stride * o.height
	buffer, err := o.device.GPU.CreateBuffer(&wgpu.BufferDescriptor{
		Label: "picture", Size: uint64(size), Usage: wgpu.BufferUsageCopyDst | wgpu.BufferUsageCopySrc,
	})
	if err != nil {
		return nil, fmt.Errorf("render: read picture: %w", err)
	}
	defer buffer.Release()
	err = o.device.submit(func(e *wgpu.CommandEncoder) error {
		return e.CopyTextureToBuffer(o.texture.AsImageCopy(),
			&wgpu.ImageCopyBuffer{Buffer: buffer, Layout: wgpu.TextureDataLayout{BytesPerRow: uint32(stride), RowsPerImage: uint32(o.height)}},
			&wgpu.Extent3D{Width: uint32(o.width), Height: uint32(o.height), DepthOrArrayLayers: 1})
	})
	if err != nil {
		return nil, fmt.Errorf("render: read picture: %w", err)
	}
	rows := make([]byte, size)
	if err := gpu.ReadBuffer(o.device.GPU, buffer, rows); err != nil {
		return nil, fmt.Errorf("render: read picture: %w", err)
	}
	img := image.NewNRGBA(image.Rect(0, 0, o.width, o.height))
	order, _ := byteOrder(o.format)
	for y := range o.height {
		src, dst := rows[y*stride:], img.Pix[y*img.Stride:][:o.width*4]
		for x := 0; x < len(dst); x += 4 {
			dst[x], dst[x+1], dst[x+2], dst[x+3] = src[x+order[0]], src[x+1], src[x+order[2]], src[x+3]
		}
	}
	straighten(img.Pix, encodesSRGB(o.format))
	return img, nil
}

// straighten divides colours by their alpha, where a target stores them multiplied:
// before it encodes sRGB itself, or behind the shaders that did.
func straighten(pix []uint8, encodes bool) {
	for x := 0; x < len(pix); x += 4 {
		alpha := float32(pix[x+3]) / 255
		if alpha == 1 {
			continue
		}
		for i := x; i < x+3; i++ {
			switch v := float32(pix[i]) / 255; {
			case alpha == 0:
				pix[i] = 0
			case encodes:
				pix[i] = uint8(encodeSRGB(min(decodeSRGB(v)/alpha, 1))*255 + 0.5)
			default:
				pix[i] = uint8(min(v/alpha, 1)*255 + 0.5)
			}
		}
	}
}

// WritePNG reads the picture and writes it to a file, as the function WritePNG does.
func (o *Offscreen) WritePNG(path string) error {
	img, err := o.Image()
	if err != nil {
		return err
	}
	return WritePNG(path, img)
}
