package window

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math"
	"sync/atomic"
	"syscall/js"
	"time"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload/gpu/handle"
)

// Window is the canvas of a page, and the render.Target that draws in it. Run makes it. Make the renderer that draws in
// it with its Device and its Format.
//
// The window itself handles some keys, unless OnKey handled them or Config.NoKeys is set: F11 switches full screen, S
// lets the user download a screenshot, space pauses (see Paused). With a Camera, a drag with the left mouse button or
// with one finger orbits, a drag with another button pans, the wheel zooms to the place under the mouse, and two
// fingers zoom and pan.
//
// Call the methods on the loop's goroutine, in the function that Run calls or in a callback. Those for any goroutine
// say so. After Run they panic, except those that need no open window. Never call them in a callback of js.FuncOf.
type Window struct {
	Events
	Camera *render.Camera // the camera that mouse and fingers steer, or nil
	Status func() string  // returns what else stands in the title; called twice a second; or nil

	cfg      Config
	canvas   js.Value
	document js.Value
	device   *render.Device
	surface  *wgpu.Surface
	format   wgpu.TextureFormat
	frame    frame

	width, height int // in pixels
	wide, high    int // in the page's pixels
	fineX, fineY  int // in pixels, before the device's limit
	scale         float32
	exposed       bool
	repeating     bool // the key of the last key event is held down
	pointer       pointer
	touches       touches

	happened []func()      // events since the last round, oldest first
	news     chan struct{} // has a value: something happened, or somebody called Wake
	shows    chan struct{} // has a value: the browser is about to show a frame
	asked    bool          // the browser, to say so
	timer    *time.Timer
	funcs    []js.Func
	undo     []func()

	capture capture
	pace    pace
	title   title
	paused  atomic.Bool
	closing atomic.Bool
	closed  bool // Run is over
}

var _ render.Target = (*Window)(nil)

// A frame is the texture that the canvas shows next. It ends when the browser shows it.
type frame struct {
	width, height int // of the canvas, as it is configured
	texture       *wgpu.Texture
	view          *wgpu.TextureView
}

// Run draws in the first canvas of the page, or makes one that fills the page. It calls f, which draws until Next
// returns false, and returns f's error. f must release what it made on the window's device.
//
// One window can be open at a time. The error wraps ErrNoDisplay where there is no page, and render.ErrNoAdapter where
// the browser has no WebGPU. An error of Frame that wraps gpu.ErrDeviceLost says that the browser took the GPU away:
// return it from f and call Run again.
func Run(cfg Config, f func(w *Window) error) error {
	defer begin(&cfg, f)()
	document := js.Global().Get("document")
	if !document.Truthy() {
		return fmt.Errorf("%w: this program does not run in a page", ErrNoDisplay)
	}
	w := &Window{
		cfg: cfg, document: document, canvas: canvas(document),
		news: make(chan struct{}, 1), shows: make(chan struct{}, 1), timer: time.NewTimer(time.Hour),
	}
	defer w.close()
	if err := w.open(); err != nil {
		return err
	}
	return f(w)
}

// Unlock does nothing: a page has one thread.
func Unlock() {}

// canvas returns the page's first canvas, or a new one that fills the page.
func canvas(document js.Value) js.Value {
	c := document.Call("querySelector", "canvas")
	if !c.Truthy() {
		c = document.Call("createElement", "canvas")
		c.Get("style").Set("cssText", "position:fixed;inset:0;width:100%;height:100%;display:block")
		document.Get("body").Call("append", c)
	}
	return c
}

func (w *Window) open() (err error) {
	w.showTitle(w.cfg.Title)
	w.listen()
	w.measure()
	cfg := w.cfg.Device
	cfg.Surface = func(i *wgpu.Instance) (*wgpu.Surface, error) {
		w.surface = i.CreateSurface(&wgpu.SurfaceDescriptor{Canvas: w.canvas})
		return w.surface, nil
	}
	if w.device, err = render.Open(cfg); err != nil {
		return err
	}
	w.format = wgpu.TextureFormatBGRA8Unorm
	if js.Global().Get("navigator").Get("gpu").Call("getPreferredCanvasFormat").String() == "rgba8unorm" {
		w.format = wgpu.TextureFormatRGBA8Unorm
	}
	w.measure() // again: the device says how large is too large
	w.SetFullScreen(w.cfg.FullScreen)
	return nil
}

// close undoes open, as far as that came.
func (w *Window) close() {
	w.capture.finish(nil, errClosed)
	w.closed = true
	for _, undo := range w.undo {
		undo()
	}
	for _, f := range w.funcs {
		f.Release()
	}
	if w.device != nil {
		w.device.Release()
	}
}

const lookAround = time.Second / 10 // while the page is hidden

// Next waits until the browser is about to show a frame, handles the events since the last call, by calling the
// callbacks, and reports whether the window stays open. While the page is hidden the browser shows no frames: then Next
// returns after an event, or after about a tenth of a second (browsers make that a second, and later a minute).
func (w *Window) Next() bool {
	w.check("Next")
	w.pace.next()
	w.title.update(w, time.Now())
	for !w.closing.Load() {
		if w.hidden() {
			w.pace.wait()
			w.wait(lookAround, w.news)
			break
		}
		if !w.asked {
			w.asked = true
			js.Global().Call("requestAnimationFrame", w.funcs[showing])
		}
		select {
		case <-w.shows:
		case <-w.news:
			continue // it may have closed or hidden the window
		}
		break
	}
	w.handle()
	return !w.closing.Load()
}

// Wait waits for events and handles them, as Next does. It returns after the first events, after a Wake or a Close, or
// when the time is over. Call it in a loop that has nothing new to show. A time of 0 or less is over at once.
func (w *Window) Wait(atMost time.Duration) {
	w.check("Wait")
	w.pace.wait()
	if atMost > 0 && len(w.happened) == 0 && !w.closing.Load() {
		w.wait(atMost, w.news)
	}
	w.handle()
}

func (w *Window) wait(atMost time.Duration, news <-chan struct{}) {
	w.timer.Reset(atMost)
	select {
	case <-news:
	case <-w.timer.C:
	}
}

// handle calls the callbacks of what happened. Browsers tell nothing of a new density of the screen while the canvas
// keeps its size in the page's pixels.
func (w *Window) handle() {
	if w.Scale() != w.scale {
		w.resized()
	}
	for len(w.happened) > 0 {
		happened := w.happened
		w.happened = nil
		for _, f := range happened {
			f()
		}
	}
}

// Wake makes the Wait under way return, or the next one if none is: call it after you have changed what the loop looks
// at. Several Wakes may end one Wait. Any goroutine may call it, at any time.
func (w *Window) Wake() {
	select {
	case w.news <- struct{}{}:
	default:
	}
}

// Scale returns how many physical pixels a pixel of the page has: 1, 2 on a HiDPI display, and more or less as the
// user zooms the page.
func (w *Window) Scale() float32 {
	w.check("Scale")
	return soundScale(float32(js.Global().Get("devicePixelRatio").Float()))
}

// Format returns the format of the frames, which is the browser's choice.
func (w *Window) Format() wgpu.TextureFormat { return w.format }

var textureObject = handle.In[wgpu.Texture]("jsValue")

// Acquire returns the view of the next frame. It returns render.ErrSkip while the page is hidden.
func (w *Window) Acquire() (*wgpu.TextureView, error) {
	w.check("Acquire")
	switch {
	case w.hidden():
		return nil, render.ErrSkip
	case w.capture.wanted():
		return w.capture.acquire(w.device, w.width, w.height, w.format)
	}
	if w.frame.width != w.width || w.frame.height != w.height {
		w.canvas.Set("width", w.width)
		w.canvas.Set("height", w.height)
		w.surface.Configure(w.device.Adapter, w.device.GPU, &wgpu.SurfaceConfiguration{
			Usage: wgpu.TextureUsageRenderAttachment, Format: w.format, AlphaMode: wgpu.CompositeAlphaModeOpaque,
		})
		w.frame = frame{width: w.width, height: w.height}
	}
	t, err := w.surface.GetCurrentTexture()
	if err != nil {
		return nil, fmt.Errorf("window: get the canvas's texture: %w", err)
	}
	if w.frame.texture == nil || !textureObject.Of(t).Equal(textureObject.Of(w.frame.texture)) {
		view, err := t.CreateView(nil)
		if err != nil {
			return nil, fmt.Errorf("window: view the frame: %w", err)
		}
		w.frame.texture, w.frame.view = t, view
	}
	return w.frame.view, nil
}

// Expired reports whether the browser has shown the acquired frame, so that its view is of no more use: it does so
// while the program waits for something. Renderer.Frame then returns render.ErrSkip.
func (w *Window) Expired() bool {
	if w.frame.texture == nil || w.capture.acquired() {
		return false
	}
	t, err := w.surface.GetCurrentTexture()
	return err != nil || !textureObject.Of(t).Equal(textureObject.Of(w.frame.texture))
}

func (w *Window) acquired() bool { return w.frame.view != nil }

func (w *Window) present() {} // the browser itself shows the frame

// FullScreen reports whether the canvas fills the screen.
func (w *Window) FullScreen() bool {
	w.check("FullScreen")
	return w.document.Get("fullscreenElement").Truthy()
}

// SetFullScreen makes the page fill the screen, or puts it back. A browser does so only right after a key, a click or a
// touch; at other times nothing happens.
func (w *Window) SetFullScreen(on bool) {
	if on == w.FullScreen() {
		return
	}
	var promise js.Value
	if on {
		promise = w.document.Get("documentElement").Call("requestFullscreen")
	} else {
		promise = w.document.Call("exitFullscreen")
	}
	if promise.Truthy() {
		promise.Call("catch", w.funcs[ignoring])
	}
}

func (w *Window) showTitle(s string) { w.document.Set("title", s) }

func (w *Window) hidden() bool {
	return w.width == 0 || w.height == 0 || w.document.Get("hidden").Bool()
}

// measure takes the size of the canvas.
func (w *Window) measure() {
	w.wide, w.high = w.canvas.Get("clientWidth").Int(), w.canvas.Get("clientHeight").Int()
	w.scale = w.Scale()
	scale := float64(w.scale)
	w.resize(int(math.Round(float64(w.wide)*scale)), int(math.Round(float64(w.high)*scale)))
}

// savePNG lets the user download a picture, and returns the name that it offers.
func savePNG(path string, img *image.NRGBA) (string, error) {
	if path == "" {
		path = screenshotName()
	}
	var file bytes.Buffer
	if err := png.Encode(&file, img); err != nil {
		return path, fmt.Errorf("window: encode a screenshot: %w", err)
	}
	page := js.Global()
	content := page.Get("Uint8Array").New(file.Len())
	js.CopyBytesToJS(content, file.Bytes())
	url := page.Get("URL").Call("createObjectURL", page.Get("Blob").New([]any{content}, map[string]any{"type": "image/png"}))
	link := page.Get("document").Call("createElement", "a")
	if !link.Truthy() {
		return path, errors.New("window: save a screenshot: the page cannot make a link")
	}
	link.Set("href", url)
	link.Set("download", path)
	link.Call("click")
	page.Get("URL").Call("revokeObjectURL", url)
	return path, nil
}
