package window

/*
#include <stdint.h>

// Of webgpu.h as the binding ships it (wgpu-native 22.1).
struct ss_surface_texture { void *texture; uint32_t suboptimal; uint32_t status; };
extern void wgpuSurfaceGetCurrentTexture(void *surface, struct ss_surface_texture *out);
extern void wgpuTextureRelease(void *texture);

static uint32_t ss_acquire(void *surface, void **texture) {
	struct ss_surface_texture t = {0};
	wgpuSurfaceGetCurrentTexture(surface, &t);
	*texture = t.texture;
	return t.status;
}
static void ss_release(void *texture) { wgpuTextureRelease(texture); }
*/
import "C"

import (
	"fmt"
	"slices"
	"time"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload/gpu/handle"
)

// A surface is a window's swapchain. At most one frame is acquired at a time: wgpu aborts the process if a second one
// is acquired, or if the surface is configured meanwhile.
type surface struct {
	device  *render.Device
	surface *wgpu.Surface
	format  wgpu.TextureFormat
	modes   []wgpu.PresentMode
	config  swapchain
	handle  unsafe.Pointer // of the acquired frame's texture, or nil
	texture wgpu.Texture   // around handle
	view    *wgpu.TextureView
	lost    int // times in a row that the surface gave no frame
}

// A surface that gives no frame is asked again after lostPause: the display may be busy with a new size, or go to
// sleep. After lostMost times in a row it is an error.
const (
	lostPause = 10 * time.Millisecond
	lostMost  = 1000
)

// A swapchain is the configuration of a surface. Zero: none, so configure it before the next frame.
type swapchain struct {
	width, height int
	mode          wgpu.PresentMode
}

func newSurface(d *render.Device, s *wgpu.Surface) (*surface, error) {
	caps := s.GetCapabilities(d.Adapter)
	if len(caps.Formats) == 0 {
		return nil, fmt.Errorf("window: adapter %s cannot draw to this display: choose another one by Config.Device", d.Info)
	}
	format := caps.Formats[0]
	for _, f := range []wgpu.TextureFormat{wgpu.TextureFormatBGRA8UnormSrgb, wgpu.TextureFormatRGBA8UnormSrgb} {
		if slices.Contains(caps.Formats, f) {
			format = f
			break
		}
	}
	return &surface{device: d, surface: s, format: format, modes: caps.PresentModes}, nil
}

// acquire returns the view of the next frame of width × height pixels, or nil if the surface gave none. Then the
// surface is configured anew for the next frame.
func (s *surface) acquire(width, height int, vsync bool) (*wgpu.TextureView, error) {
	want := swapchain{width, height, s.presentMode(vsync)}
	if s.view != nil && s.config == want {
		return s.view, nil // the frame before was not presented
	}
	if s.config != want {
		s.drop()
		s.device.Wait() // otherwise wgpu waits, and gives up after 5 s
		s.surface.Configure(s.device.Adapter, s.device.GPU, &wgpu.SurfaceConfiguration{
			Usage: wgpu.TextureUsageRenderAttachment, Format: s.format, AlphaMode: wgpu.CompositeAlphaModeAuto,
			Width: uint32(width), Height: uint32(height), PresentMode: want.mode,
		})
		s.config = want
	}
	// The binding's GetCurrentTexture drops the status, and wraps a nil handle in a texture that is not nil.
	if status := C.ss_acquire(surfaceRef.Of(s.surface), &s.handle); status != 0 || s.handle == nil {
		s.drop()
		s.config = swapchain{} // timed out, outdated or lost
		return nil, s.failed(int(status))
	}
	s.lost = 0
	textureRef.Put(&s.texture, s.handle)
	textureDevice.Put(&s.texture, deviceRef.Of(s.device.GPU))
	view, err := s.texture.CreateView(nil)
	if err != nil {
		s.drop()
		return nil, fmt.Errorf("window: view the frame: %w", err)
	}
	s.view = view
	return view, nil
}

// failed counts a frame that the surface did not give. It returns an error if there were too many.
func (s *surface) failed(status int) error {
	s.lost++
	if s.lost == 1 {
		return nil // outdated by a new size: the next works
	}
	if s.lost > lostMost {
		return fmt.Errorf("window: the display has given no frame %d times in a row (status %d): "+
			"its driver or compositor has let go of the window; open it again", s.lost, status)
	}
	time.Sleep(lostPause)
	return nil
}

// present shows the acquired frame.
func (s *surface) present() {
	s.surface.Present()
	s.drop()
}

// drop releases the acquired frame, shown or not. It releases the texture's handle itself: wgpu.Texture.Release would
// also give up a reference to the device that only CreateTexture takes. It does so at once: released after the next
// acquire, the handle would take that frame with it, and kept it would leak 110 bytes a frame.
func (s *surface) drop() {
	if s.view != nil {
		s.view.Release()
		s.view = nil
	}
	if s.handle != nil {
		C.ss_release(s.handle)
		s.handle = nil
	}
}

func (s *surface) release() {
	s.drop()
	s.surface.Release()
}

// presentMode returns first-in-first-out with vsync: every system has it. Without vsync it returns the first mode that
// the system has, of immediate, which tears, and mailbox, which does not.
func (s *surface) presentMode(vsync bool) wgpu.PresentMode {
	if !vsync {
		for _, m := range []wgpu.PresentMode{wgpu.PresentModeImmediate, wgpu.PresentModeMailbox} {
			if slices.Contains(s.modes, m) {
				return m
			}
		}
	}
	return wgpu.PresentModeFifo
}

// The fields in which the binding's types keep their C handles.
var (
	surfaceRef    = handle.In[wgpu.Surface]("ref")
	deviceRef     = handle.In[wgpu.Device]("ref")
	textureRef    = handle.In[wgpu.Texture]("ref")
	textureDevice = handle.In[wgpu.Texture]("deviceRef")
)
