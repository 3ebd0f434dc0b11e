//go:build cgo && !js

package window

import (
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/cogentcore/webgpu/wgpuglfw"
	"github.com/go-gl/glfw/v3.3/glfw"

	"github.com/slotstream/slotstream/render"
)

// Window is an open window, and the render.Target that draws in it. Run makes it. Make the renderer that draws in it
// with its Device and its Format.
//
// The window itself handles some keys, unless OnKey handled them or Config.NoKeys is set: F11 switches full screen, S
// saves a screenshot in the working directory and logs its name, space pauses (see Paused). With a Camera, a drag with
// the left mouse button orbits, a drag with another button pans, and the wheel zooms to the place under the mouse.
//
// Call the methods on the loop's goroutine, in the function that Run calls or in a callback. Those for any goroutine
// say so. After Run they panic, except those that need no open window.
type Window struct {
	Events
	Camera *render.Camera // the camera that the mouse steers, or nil
	Status func() string  // returns text that is appended to the title, and is called twice a second; or nil

	cfg     Config
	glfw    *glfw.Window
	device  *render.Device
	surface *surface

	// Kept by events.
	width, height int // in pixels
	wide, high    int // in screen coordinates
	fineX, fineY  int // in pixels, before the device's limit
	iconified     bool
	exposed       bool // and NeedsRedraw has not been called since
	repeating     bool // the key of the last key event is held down
	pointer       pointer

	windowed bounds // before full screen
	capture  capture
	pace     pace
	title    title
	paused   atomic.Bool
	closing  atomic.Bool
	waker    waker
	closed   bool // Run is over
}

var _ render.Target = (*Window)(nil)

// Run opens a window and calls f, which draws until Next returns false. Then it closes the window, and returns f's
// error. f must release what it made on the window's device.
//
// Call Run from main's goroutine; it panics on another one. One window can be open at a time.
//
// The error wraps ErrNoDisplay if there is no display, and render.ErrNoAdapter if there is no adapter.
func Run(cfg Config, f func(w *Window) error) error {
	if !onMainThread() {
		panic("window: Run must be called from main's goroutine: the windowing system wants the main thread")
	}
	defer begin(&cfg, f)()
	if cfg.Width == 0 && cfg.Height == 0 {
		cfg.Width, cfg.Height = 1280, 720
	}
	if cfg.Width < 1 || cfg.Height < 1 || cfg.Width > mostSide || cfg.Height > mostSide {
		return fmt.Errorf("window: a size of %d×%d: each side must be 1 to %d", cfg.Width, cfg.Height, mostSide)
	}
	if err := display(); err != nil {
		return err
	}
	defer glfw.Terminate()
	w := &Window{cfg: cfg}
	defer w.close()
	if err := w.open(); err != nil {
		return err
	}
	return f(w)
}

func (w *Window) open() error {
	g, err := w.create()
	if err != nil {
		return fmt.Errorf("window: open a window of %d×%d: %w", w.cfg.Width, w.cfg.Height, err)
	}
	w.glfw = g
	w.listen()

	var s *wgpu.Surface
	cfg := w.cfg.Device
	cfg.Surface = func(i *wgpu.Instance) (*wgpu.Surface, error) {
		s = i.CreateSurface(wgpuglfw.GetSurfaceDescriptor(g))
		return s, nil
	}
	w.device, err = render.Open(cfg)
	if err == nil {
		w.surface, err = newSurface(w.device, s)
	}
	if err != nil {
		if s != nil {
			s.Release()
		}
		return err
	}
	w.resize(w.glfw.GetFramebufferSize()) // again: the device says how large is too large
	w.SetFullScreen(w.cfg.FullScreen)
	return nil
}

// create opens GLFW's window, as large as the display's scale wants it.
func (w *Window) create() (*glfw.Window, error) {
	width, height := w.cfg.Width, w.cfg.Height
	glfw.WindowHint(glfw.ClientAPI, glfw.NoAPI)
	glfw.WindowHint(glfw.ScaleToMonitor, glfw.True)
	if x11 {
		// GLFW would multiply by any scale, of 0 or infinity too, and X11 ends a program that asks for such a size.
		glfw.WindowHint(glfw.ScaleToMonitor, glfw.False)
		if m := glfw.GetPrimaryMonitor(); m != nil {
			scale, _ := m.GetContentScale()
			width, height = scaled(width, height, soundScale(scale))
		}
	}
	g, err := glfw.CreateWindow(width, height, w.cfg.Title, nil, nil)
	if err == nil && g == nil {
		err = errors.New("the display refused it") // GLFW has logged the reason
	}
	return g, err
}

// x11 reports whether windows are X11's.
const x11 = !wayland && runtime.GOOS != "windows" && runtime.GOOS != "darwin"

// close undoes open, as far as that came. The surface goes before the device and the window that it draws to.
func (w *Window) close() {
	w.capture.finish(nil, errClosed)
	w.waker.close()
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

// Next handles the events since the last call, by calling the callbacks, and reports whether the window stays open.
// While the window is minimised, Next waits up to a tenth of a second, so that a loop does not spin.
func (w *Window) Next() bool {
	w.check("Next")
	w.pace.next()
	w.title.update(w, time.Now())
	if w.hidden() && !w.closing.Load() {
		w.pace.wait()
		glfw.WaitEventsTimeout(0.1)
	} else {
		glfw.PollEvents()
	}
	w.handled()
	return !w.closing.Load() && !w.glfw.ShouldClose()
}

// Wait waits for events and handles them, as Next does. It returns after the first events, after a Wake or a Close, or
// when the time is over. Call it in a loop that has nothing new to show. A time of 0 or less is over at once.
func (w *Window) Wait(atMost time.Duration) {
	w.check("Wait")
	w.pace.wait()
	if w.closing.Load() {
		atMost = 0
	}
	glfw.WaitEventsTimeout(max(0, atMost.Seconds()))
	w.handled()
}

// Scale returns the display's scale: 1 is 96 dots per inch on most systems, 2 is a HiDPI display. It is 0.25 to 8; a
// display that claims another scale has 1.
func (w *Window) Scale() float32 {
	w.check("Scale")
	x, _ := w.glfw.GetContentScale()
	return soundScale(x)
}

// Format returns the format of the frames. It is an sRGB format if the display has one.
func (w *Window) Format() wgpu.TextureFormat { return w.surface.format }

// Acquire returns the view of the next frame. It returns render.ErrSkip while the window is minimised, and for a frame
// whose surface was outdated or lost: the next frame gets a new one.
func (w *Window) Acquire() (*wgpu.TextureView, error) {
	w.check("Acquire")
	if w.hidden() {
		return nil, render.ErrSkip
	}
	if w.capture.wanted() {
		return w.capture.acquire(w.device, w.width, w.height, w.surface.format)
	}
	view, err := w.surface.acquire(w.width, w.height, !w.cfg.NoVSync)
	if view == nil && err == nil {
		err = render.ErrSkip
	}
	return view, err
}

func (w *Window) acquired() bool { return w.surface.view != nil }

func (w *Window) present() { w.surface.present() }

// showTitle shows the title with the statistics.
func (w *Window) showTitle(s string) { w.glfw.SetTitle(s) }

func (w *Window) hidden() bool { return w.iconified || w.width == 0 || w.height == 0 }
