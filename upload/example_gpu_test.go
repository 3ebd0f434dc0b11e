package upload_test

import (
	"errors"
	"fmt"
	"log"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/gpu"
)

// Check returns what is wrong with a shader, in a browser too.
func ExampleCheck() {
	device, release := exampleDevice()
	defer release()
	err := gpu.Check(device, func() error {
		module, err := device.CreateShaderModule(&wgpu.ShaderModuleDescriptor{
			WGSLDescriptor: &wgpu.ShaderModuleWGSLDescriptor{Code: "fn f() -> u32 { return 1.5; }"},
		})
		if err == nil {
			gpu.Free(module)
		}
		return err
	})
	fmt.Println(err != nil)
	// Output: true
}

// A program of yours that writes to buffers of its own in browsers, too, calls WriteBuffer and not the queue's method.
func ExampleWriteBuffer() {
	device, release := exampleDevice()
	defer release()
	buffer, err := gpu.CreateBuffer(device, &wgpu.BufferDescriptor{Size: 8, Usage: wgpu.BufferUsageCopySrc | wgpu.BufferUsageCopyDst})
	if err != nil {
		log.Fatal(err)
	}
	defer gpu.Free(buffer)
	queue := device.GetQueue()
	defer queue.Release()
	if err := gpu.WriteBuffer(queue, buffer, 4, []byte("wave")); err != nil {
		log.Fatal(err)
	}
	content := make([]byte, 8)
	if err := gpu.ReadBuffer(device, buffer, content); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q\n", content)
	// Output: "\x00\x00\x00\x00wave"
}

// A texture of one white pixel.
func ExampleWriteTexture() {
	device, release := exampleDevice()
	defer release()
	size := wgpu.Extent3D{Width: 1, Height: 1, DepthOrArrayLayers: 1}
	texture, err := device.CreateTexture(&wgpu.TextureDescriptor{
		Size: size, MipLevelCount: 1, SampleCount: 1, Dimension: wgpu.TextureDimension2D,
		Format: wgpu.TextureFormatRGBA8Unorm, Usage: wgpu.TextureUsageCopyDst | wgpu.TextureUsageTextureBinding,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer gpu.Free(texture)
	queue := device.GetQueue()
	defer queue.Release()
	err = gpu.WriteTexture(queue, texture.AsImageCopy(), []byte{255, 255, 255, 255}, &wgpu.TextureDataLayout{BytesPerRow: 4, RowsPerImage: 1}, &size)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(gpu.Fault(device))
	// Output: <nil>
}

// A render loop of your own that runs in browsers, too: ClearBuffer, End and DrawIndexedIndirect take the place of the
// binding's own methods, and Fault returns what a browser reports later.
func ExampleFault() {
	device, release := exampleDevice()
	defer release()
	draw := func(encoder *wgpu.CommandEncoder, to *wgpu.RenderPassDescriptor, arguments *wgpu.Buffer) error {
		if err := gpu.Fault(device); errors.Is(err, gpu.ErrDeviceLost) {
			return err // open a device, renderers and batches again
		} else if err != nil {
			log.Print(err)
		}
		if err := gpu.ClearBuffer(encoder, arguments, 4, 4); err != nil { // no instances
			return err
		}
		pass := encoder.BeginRenderPass(to)
		gpu.DrawIndexedIndirect(pass, arguments, 0)
		return gpu.End(pass)
	}
	_ = draw
	fmt.Println(gpu.Fault(device))
	// Output: <nil>
}
