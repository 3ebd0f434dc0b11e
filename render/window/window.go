//go:build cgo

package window

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/cogentcore/webgpu/wgpuglfw"
	"github.com/go-gl/glfw/v3.3/glfw"

	"github.com/slotstream/slotstream/render"
)

// Config describes a window. The zero value is a window of 1280×720 with vsync.
type Config struct {
	Title         string              // "slotstream" if empty
	Width, Height int                 // in pixels at a display scale of 1; 1280×720 if 0
	NoVSync       bool                // show frames at once instead of waiting for the display
	FullScreen    bool                // begin as SetFullScreen(true)
	Stats         bool                // frame rate and frame time stand in the title
	NoKeys        bool                // leave F11, S and space to the importer
	Device        render.DeviceConfig // which adapter, zero: the driver's choice; the Surface hook is the window's
}

// Window is an open window, and the render.Target that draws in it. Run makes it.
//
// Keys, unless OnKey says that it handled them or Config.NoKeys is set: F11 full screen, S saves a screenshot to
// the working directory, space pauses (see Paused). With a Camera, the left mouse button orbits, the right or the
// middle one pans, the wheel zooms.
//
// Methods are for the function that Run calls, on its goroutine, between frames or in a callback; those for any
// goroutine say so. A renderer that draws in the window is made with its Device and its Format.
type Window struct {
	Events
	Camera *render.Camera // the camera that the mouse steers, or nil
	Status func() string  // asked twice a second for what else stands in the title, or nil

	glfw    *glfw.Window
	device  *render.Device
	surface *surface
	options Config

	width, height int  // in pixels; kept by events
	iconified     bool // kept by events
	windowed      bounds
	mouse         mouse
	capture       capture
	title         title
	paused        atomic.Bool
	closing       atomic.Bool
	closed        bool // Run is over

	exposed bool // and nobody has asked since
}

var _ render.Target = (*Window)(nil)

// Run opens a window and calls f, which draws until Next says false; then it closes the window. It must be called
// from main's goroutine, and panics on another. What f makes on the window's device, f releases.
// Without a display the error wraps ErrNoDisplay, without an adapter render.ErrNoAdapter.
func Run(o Config, f func(w *Window) error) error {
	if !onMainThread() {
		panic("window: Run must be called from main's goroutine: the windowing system wants the main thread")
	}
	if running {
		panic("window: Run inside of Run: one window at a time; a second Run may follow when the first has returned")
	}
	if f == nil {
		panic("window: Run without a function: it draws until Next says false")
	}
	running = true
	defer func() { running = false }()
	if o.Title == "" {
		o.Title = "slotstream"
	}
	if o.Width == 0 && o.Height == 0 {
		o.Width, o.Height = 1280, 720
	}
	const most = 1<<15 - 1 // of X11
	if o.Width < 1 || o.Height < 1 || o.Width > most || o.Height > most {
		return fmt.Errorf("window: a window of %d×%d: each side must be 1 to %d", o.Width, o.Height, most)
	}
	if err := display(); err != nil {
		return err
	}
	defer glfw.Terminate()
	w := &Window{options: o}
	defer w.close()
	if err := w.open(); err != nil {
		return err
	}
	return f(w)
}

// running says whether a Run is under way. Of the main thread.
var running bool

func (w *Window) open() error {
	glfw.WindowHint(glfw.ClientAPI, glfw.NoAPI)
	glfw.WindowHint(glfw.ScaleToMonitor, glfw.True)
	g, err := glfw.CreateWindow(w.options.Width, w.options.Height, w.options.Title, nil, nil)
	if err == nil && g == nil {
		err = errors.New("the display refused it") // GLFW has logged why
	}
	if err != nil {
		return fmt.Errorf("window: open a window of %d×%d: %w", w.options.Width, w.options.Height, err)
	}
	w.glfw = g
	w.listen()

	var s *wgpu.Surface
	o := w.options.Device
	o.Surface = func(i *wgpu.Instance) (*wgpu.Surface, error) {
		s = i.CreateSurface(wgpuglfw.GetSurfaceDescriptor(g))
		return s, nil
	}
	w.device, err = render.Open(o)
	if err == nil {
		w.surface, err = newSurface(w.device, s)
	}
	if err != nil {
		if s != nil {
			s.Release()
		}
		return err
	}
	w.resize(w.glfw.GetFramebufferSize()) // once more: now it is known how large is too large
	w.SetFullScreen(w.options.FullScreen)
	return nil
}

// close undoes open, as far as that came. The surface goes before the device and the window that it draws to.
func (w *Window) close() {
	w.capture.finish(nil, errClosed)
	w.closed = true
	if w.surface != nil {
		w.device.Wait()
		w.surface.release()
	}
	if w.device != nil {
		w.device.Release()
	}
	if w.glfw != nil {
		w.glfw.Destroy()
	}
}

// check panics where Run, and with it the window, is over: C would end the process.
func (w *Window) check(doing string) {
	if w.closed {
		panic("window: " + doing + " after Run: the window is closed when the function that Run calls returns")
	}
}

// Next handles what happened since the last call (the callbacks run here) and reports whether the window stays
// open. While the window is minimised it waits up to a tenth of a second, so that a loop does not spin.
func (w *Window) Next() bool {
	w.check("Next")
	if w.hidden() {
		glfw.WaitEventsTimeout(0.1)
	} else {
		glfw.PollEvents()
	}
	return !w.closing.Load() && !w.glfw.ShouldClose()
}

// Wait handles what happens to the window, as Next does, and returns when something did or the time is over: for a loop
// that has nothing new to show. A time that is over already, as that until a moment that has passed, is no time.
func (w *Window) Wait(atMost time.Duration) {
	w.check("Wait")
	glfw.WaitEventsTimeout(max(0, atMost.Seconds()))
}

// Exposed reports, once, that the system has lost what the window showed: whoever draws only what is new draws now.
func (w *Window) Exposed() bool {
	was := w.exposed
	w.exposed = false
	return was
}

// Close makes Next say false. Any goroutine may call it while Run runs.
func (w *Window) Close() { w.closing.Store(true) }

// Opaque is true: nothing behind a window shines through it.
func (w *Window) Opaque() bool { return true }

// Device is the device that draws in this window. It lives as long as the window.
func (w *Window) Device() *render.Device { return w.device }

// Size is the drawable size in physical pixels; 0×0 while some systems minimise the window. A side of more pixels than
// the device draws (render.Device.MaxSize), of a window over many displays, counts as so many.
func (w *Window) Size() (width, height int) { return w.width, w.height }

// Scale is the display's scale: 1 is 96 dots per inch on most systems, 2 a HiDPI display.
func (w *Window) Scale() float32 {
	w.check("Scale")
	x, _ := w.glfw.GetContentScale()
	return x
}

// Format is sRGB, but for displays that know no such format.
func (w *Window) Format() wgpu.TextureFormat { return w.surface.format }

// Acquire gives the view of the next frame. It is render.ErrSkip while the window is minimised, and for a frame
// whose surface was outdated or lost and is made anew.
func (w *Window) Acquire() (*wgpu.TextureView, error) {
	w.check("Acquire")
	if w.hidden() {
		return nil, render.ErrSkip
	}
	if w.capture.wanted() {
		return w.capture.acquire(w.device, w.width, w.height, w.surface.format)
	}
	view, err := w.surface.acquire(w.width, w.height, !w.options.NoVSync)
	if view == nil && err == nil {
		err = render.ErrSkip
	}
	return view, err
}

// Present shows the acquired frame. With vsync it, or the next Acquire, waits for the display.
func (w *Window) Present() error {
	w.check("Present")
	if w.capture.acquired() {
		w.capture.deliver()
		return nil
	}
	if w.surface.view == nil {
		panic("window: Present without a frame: Acquire comes first")
	}
	w.surface.present()
	if w.options.Stats || w.Status != nil {
		w.title.frame(w)
	}
	return nil
}

// SetVSync says whether frames wait for the display, from the next one on.
func (w *Window) SetVSync(on bool) { w.options.NoVSync = !on }

// SetTitle changes the title; statistics are added to it.
func (w *Window) SetTitle(s string) {
	w.check("SetTitle")
	w.options.Title = s
	w.glfw.SetTitle(s)
}

// Paused reports whether the space key, or SetPaused, paused. What that means is up to the importer.
// Any goroutine may call it.
func (w *Window) Paused() bool { return w.paused.Load() }

// SetPaused pauses, or goes on, as the space key does. Any goroutine may call it.
func (w *Window) SetPaused(on bool) { w.paused.Store(on) }

// resize takes over the size of the window's drawable part. Users and displays choose it, and may choose one that is
// larger than what the device can draw: then a part of the window is drawn.
func (w *Window) resize(width, height int) {
	if w.device != nil {
		most := w.device.MaxSize()
		width, height = min(width, most), min(height, most)
	}
	w.width, w.height = width, height
}

func (w *Window) hidden() bool { return w.iconified || w.width == 0 || w.height == 0 }
