//go:build cgo || js

package gpu

import (
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/internal/native"
)

// ErrDeviceLost says that a browser took the GPU away: its driver was updated or reset, or the browser was short of
// memory. Everything on the device is gone. Open a new device and make renderers and batches again: they begin with
// everything that the arena's mirror has. Other platforms never report it: there a lost device ends the process.
var ErrDeviceLost = native.ErrDeviceLost

// Check calls create, which makes objects on d, and returns its error, or the first error that a browser finds in those
// calls. The binding's own calls return none in browsers. Use Check where you create a shader module or a pipeline. On
// other platforms it only calls create. In a browser it waits for the browser's answer, so do not call it in a
// callback of js.FuncOf.
func Check(d *wgpu.Device, create func() error) error { return native.Check(d, create) }

// Fault returns the first error that the browser has reported about d since the last call, for calls that returned no
// error themselves: queue writes, passes and submits. From the loss of the device on it returns an error that wraps
// ErrDeviceLost. render.Renderer.Frame and Uploader.Upload call it for you; call it once a frame in a render loop of
// your own. On other platforms it returns nil: there each call returns its own error.
func Fault(d *wgpu.Device) error {
	if err := native.Fault(d); err != nil {
		return fmt.Errorf("gpu: reported after the call: %w", err)
	}
	return nil
}
