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

// A render loop of your own that runs in browsers, too: End and DrawIndexedIndirect take the place of the pass's own
// methods, and Fault returns what a browser reports later.
func ExampleFault() {
	device, release := exampleDevice()
	defer release()
	draw := func(encoder *wgpu.CommandEncoder, to *wgpu.RenderPassDescriptor, arguments *wgpu.Buffer) error {
		if err := gpu.Fault(device); errors.Is(err, gpu.ErrDeviceLost) {
			return err // open a device, renderers and batches again
		} else if err != nil {
			log.Print(err)
		}
		pass := encoder.BeginRenderPass(to)
		gpu.DrawIndexedIndirect(pass, arguments, 0)
		return gpu.End(pass)
	}
	_ = draw
	fmt.Println(gpu.Fault(device))
	// Output: <nil>
}
