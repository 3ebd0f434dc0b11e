//go:build cgo || js

package render

import (
	"fmt"
	"image"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/render/internal/targets"
	"github.com/slotstream/slotstream/upload/gpu"
)

// Offscreen is a target without a display: a picture in GPU memory that can be read. Call its methods on the render
// goroutine, between frames.
type Offscreen struct {
	life
	device        *Device
	width, height int
	format        wgpu.TextureFormat
	texture       *wgpu.Texture
	view          *wgpu.TextureView
}

// NewOffscreen makes a picture of width × height pixels. The zero format stands for the best one of the device. To
// draw a picture with a window's renderer, give the window's format.
func NewOffscreen(d *Device, width, height int, format wgpu.TextureFormat) (*Offscreen, error) {
	d.check("NewOffscreen")
	limit := d.MaxSize()
	if width < 1 || height < 1 || width > limit || height > limit {
		return nil, fmt.Errorf("render: NewOffscreen: %d×%d pixels: each side must be 1 to %d", width, height, limit)
	}
	if format == wgpu.TextureFormatUndefined {
		format = d.pictureFormat()
	}
	if _, ok := byteOrder(format); !ok {
		return nil, fmt.Errorf("render: NewOffscreen: pictures of format %v cannot be read: use an 8-bit RGBA or BGRA format", format)
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

// Size returns the size in pixels.
func (o *Offscreen) Size() (width, height int) { return o.width, o.height }

// Format returns the pixel format.
func (o *Offscreen) Format() wgpu.TextureFormat { return o.format }

// Present does nothing: the frame is in the picture, and can be read.
func (o *Offscreen) Present() error { return nil }

// Device returns the device that the picture was made with.
func (o *Offscreen) Device() *Device { return o.device }

// Acquire returns the view of the picture. It never returns ErrSkip.
func (o *Offscreen) Acquire() (*wgpu.TextureView, error) {
	o.check("Acquire")
	return o.view, nil
}

func (o *Offscreen) check(doing string) {
	o.alive(doing, "the picture")
	o.device.check(doing)
}

// Release frees the picture. A second Release does nothing.
func (o *Offscreen) Release() {
	if o.end() {
		releaseAll(o.view, o.texture)
		o.device.flush()
	}
}

// Image waits for the GPU and returns the last frame: sRGB, not premultiplied. (The texture itself has colours
// multiplied by alpha, so that edges mix correctly.)
func (o *Offscreen) Image() (*image.NRGBA, error) {
	o.check("Image")
	stride := (o.width*4 + 255) &^ 255 // a texture copy aligns rows to 256 bytes
	size := stride * o.height
	buffer, err := newEmptyBuffer(o.device, "picture", size, wgpu.BufferUsageCopyDst|wgpu.BufferUsageCopySrc)
	if err != nil {
		return nil, err
	}
	defer gpu.Free(buffer)
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
	divideByAlpha(img.Pix, targets.EncodesSRGB(o.format))
	return img, nil
}

// divideByAlpha undoes the multiplication of colours by alpha. A target that encodes sRGB multiplied linear colours;
// for another target the shaders multiplied encoded ones.
func divideByAlpha(pix []uint8, encodes bool) {
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

// WritePNG writes the last frame to a file, as the function WritePNG does.
func (o *Offscreen) WritePNG(path string) error {
	img, err := o.Image()
	if err != nil {
		return err
	}
	return WritePNG(path, img)
}
