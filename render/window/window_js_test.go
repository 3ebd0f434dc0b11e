package window

import (
	"errors"
	"fmt"
	"image"
	"math"
	"reflect"
	"syscall/js"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// These tests run in a page (.ci/browser). Events are those that a browser makes, dispatched by the test.

type fields = map[string]any

// dispatch has the browser report an event.
func dispatch(target js.Value, kind, name string, f fields) {
	all := fields{"bubbles": true, "cancelable": true}
	for k, v := range f {
		all[k] = v
	}
	target.Call("dispatchEvent", js.Global().Get(kind).New(name, all))
}

func key(name, key, code string, f fields) {
	if f == nil {
		f = fields{}
	}
	f["key"], f["code"] = key, code
	dispatch(js.Global(), "KeyboardEvent", name, f)
}

func mouse(target js.Value, name string, button int, x, y float64) {
	dispatch(target, "MouseEvent", name, fields{"button": button, "clientX": x, "clientY": y})
}

// open runs a window for a test.
func open(t *testing.T, cfg Config, f func(w *Window)) {
	t.Helper()
	if err := Run(cfg, func(w *Window) error { f(w); return nil }); err != nil {
		t.Fatal(err)
	}
}

func (w *Window) round(t *testing.T) {
	t.Helper()
	if !w.Next() {
		t.Fatal("the window has closed")
	}
}

// Keys have the names that the layout prints; a held key repeats; text is what the keys make.
func TestKeysOfAPage(t *testing.T) {
	open(t, Config{NoKeys: true}, func(w *Window) {
		var said []string
		w.OnKey = func(k Key, a Action, m Mods) bool {
			said = append(said, fmt.Sprint("key ", int(k), " ", a, " ", m))
			return true
		}
		w.OnRepeat = func(k Key, m Mods) { said = append(said, fmt.Sprint("repeat ", int(k))) }
		w.OnChar = func(r rune) { said = append(said, fmt.Sprintf("char %c", r)) }
		for _, c := range []struct {
			key, code string
			f         fields
			want      []string
		}{
			{"z", "KeyY", nil, []string{"key 90 1 0", "char z"}}, // a German keyboard
			{"Z", "KeyY", fields{"shiftKey": true}, []string{"key 90 1 1", "char Z"}},
			{"!", "Digit1", fields{"shiftKey": true}, []string{"key 49 1 1", "char !"}},
			{"&", "Digit1", nil, []string{"key 38 1 0", "char &"}}, // a French keyboard
			{"+", "Equal", fields{"shiftKey": true}, []string{"key 61 1 1", "char +"}},
			{"ж", "Semicolon", nil, []string{"key 59 1 0", "char ж"}},
			{"ф", "KeyA", nil, []string{"key 65 1 0", "char ф"}},
			{"ArrowLeft", "ArrowLeft", nil, []string{"key 263 1 0"}},
			{"F5", "F5", nil, []string{"key 294 1 0"}},
			{"+", "NumpadAdd", nil, []string{"key 334 1 0", "char +"}},
			{"c", "KeyC", fields{"ctrlKey": true}, []string{"key 67 1 2"}},
			{"a", "KeyA", fields{"repeat": true}, []string{"repeat 65", "char a"}},
			{"Dead", "BracketLeft", nil, []string{"key 91 1 0"}},
			{" ", "Space", nil, []string{"key 32 1 0", "char  "}},
		} {
			said = nil
			key("keydown", c.key, c.code, c.f)
			w.round(t)
			if !reflect.DeepEqual(said, c.want) {
				t.Errorf("%s at %s: %q, want %q", c.key, c.code, said, c.want)
			}
			key("keyup", c.key, c.code, nil)
			w.round(t)
		}
		w.OnRepeat, said = nil, nil
		key("keydown", "a", "KeyA", fields{"repeat": true})
		w.round(t)
		if len(said) != 0 {
			t.Errorf("a held key without OnRepeat: %q", said)
		}
	})
}

// Keys that would scroll the page do not, and all others stay the browser's.
func TestKeysThatAPageKeeps(t *testing.T) {
	open(t, Config{}, func(w *Window) {
		for _, c := range []struct {
			key, code string
			f         fields
			taken     bool
		}{
			{" ", "Space", nil, true}, {"ArrowDown", "ArrowDown", nil, true}, {"F11", "F11", nil, true},
			{"r", "KeyR", fields{"ctrlKey": true}, false}, {"F5", "F5", nil, false}, {"Tab", "Tab", nil, false},
			{"ArrowLeft", "ArrowLeft", fields{"altKey": true}, false},
		} {
			f := fields{"bubbles": true, "cancelable": true, "key": c.key, "code": c.code}
			for k, v := range c.f {
				f[k] = v
			}
			e := js.Global().Get("KeyboardEvent").New("keydown", f)
			w.OnKey = func(Key, Action, Mods) bool { return true }
			if js.Global().Call("dispatchEvent", e); e.Get("defaultPrevented").Bool() != c.taken {
				t.Errorf("%s: taken is %v", c.code, !c.taken)
			}
			w.round(t)
		}
	})
}

// The window's own keys: space pauses, and S makes a picture to download.
func TestOwnKeysOfAPage(t *testing.T) {
	open(t, Config{}, func(w *Window) {
		key("keydown", " ", "Space", nil)
		w.round(t)
		if !w.Paused() {
			t.Error("space does not pause")
		}
		clicked := js.Undefined()
		link := js.Global().Get("HTMLAnchorElement").Get("prototype")
		was := link.Get("click")
		click := js.FuncOf(func(this js.Value, _ []js.Value) any { clicked = this; return nil })
		defer func() { link.Set("click", was); click.Release() }()
		link.Set("click", click)
		key("keydown", "s", "KeyS", nil)
		w.round(t)
		if !w.capture.wanted() {
			t.Fatal("S makes no picture")
		}
		draw(t, w)
		if !clicked.Truthy() || clicked.Get("download").String() == "" {
			t.Error("there is nothing to download")
		}
	})
}

// draw draws one frame.
func draw(t *testing.T, w *Window) {
	t.Helper()
	r, err := render.New(w.Device(), render.Config{Format: w.Format()})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	c := render.NewCamera(mgl32.Vec3{}, 5)
	if _, err := r.Frame(w, &c); err != nil {
		t.Fatal(err)
	}
}

// A drag orbits, and goes on outside the canvas. A click is reported at its place; the release of a press that the
// program took is the program's.
func TestMouseOfAPage(t *testing.T) {
	open(t, Config{}, func(w *Window) {
		camera := render.NewCamera(mgl32.Vec3{}, 5)
		w.Camera = &camera
		var clicks []string
		w.OnClick = func(b Button, x, y float64) { clicks = append(clicks, fmt.Sprint(b, x, y)) }
		page := js.Global()
		mouse(w.canvas, "mousedown", 0, 100, 100)
		mouse(w.document.Get("body"), "mousemove", 0, 100+float64(w.high)/2, 100)
		mouse(page, "mouseup", 0, -500, 100)
		w.round(t)
		before := render.NewCamera(mgl32.Vec3{}, 5)
		before.Orbit(-orbitPerView/2, 0)
		before.Orbit(float32((600+float64(w.high)/2)/float64(w.high))*orbitPerView, 0)
		if d := math.Abs(float64(camera.Yaw - before.Yaw)); d > 1e-3 && math.Abs(d-2*math.Pi) > 1e-3 {
			t.Errorf("yaw is %v, want %v", camera.Yaw, before.Yaw)
		}
		if len(clicks) != 0 {
			t.Errorf("a drag clicks: %q", clicks)
		}
		mouse(w.canvas, "mousedown", 2, 30, 40)
		mouse(page, "mouseup", 2, 31, 40)
		w.round(t)
		scale := float64(w.Scale())
		if want := fmt.Sprint(ButtonRight, 30*scale, 40*scale); len(clicks) != 1 || clicks[0] != want {
			t.Errorf("clicks %q, want %q", clicks, want)
		}
		var buttons []string
		w.OnButton = func(b Button, a Action, _ Mods) bool { buttons = append(buttons, fmt.Sprint(b, a)); return true }
		yaw := camera.Yaw
		mouse(w.canvas, "mousedown", 0, 30, 40)
		mouse(w.canvas, "mousemove", 0, 300, 40)
		dispatch(page, "FocusEvent", "blur", nil)
		mouse(page, "mouseup", 0, 300, 40)
		w.round(t)
		if !reflect.DeepEqual(buttons, []string{"0 1", "0 0"}) || camera.Yaw != yaw {
			t.Errorf("%q, yaw %v, want %v", buttons, camera.Yaw, yaw)
		}
	})
}

// The wheel zooms by notches of 100 pixels, or three lines.
func TestWheelOfAPage(t *testing.T) {
	open(t, Config{}, func(w *Window) {
		camera := render.NewCamera(mgl32.Vec3{}, 5)
		w.Camera = &camera
		for _, f := range []fields{{"deltaY": -100.0, "deltaMode": 0}, {"deltaY": -3.0, "deltaMode": 1}} {
			before := camera.Distance
			dispatch(w.canvas, "WheelEvent", "wheel", f)
			w.round(t)
			if got := float64(camera.Distance / before); math.Abs(got-zoomPerNotch) > 1e-6 {
				t.Errorf("%v zooms by %v", f, got)
			}
		}
		var dx, dy float64
		w.OnScroll = func(x, y float64) bool { dx, dy = x, y; return true }
		dispatch(w.canvas, "WheelEvent", "wheel", fields{"deltaX": 200.0, "deltaY": -50.0})
		w.round(t)
		if dx != -2 || dy != 0.5 {
			t.Error(dx, dy)
		}
	})
}

// finger is a touch at a place of the page.
func finger(w *Window, id int, x, y float64) any {
	return js.Global().Get("Touch").New(fields{"identifier": id, "target": w.canvas, "clientX": x, "clientY": y})
}

func touched(w *Window, name string, fingers ...any) {
	dispatch(w.canvas, "TouchEvent", name, fields{"touches": fingers, "targetTouches": fingers, "changedTouches": fingers})
}

// One finger orbits, and a tap is a click. Two fingers zoom and pan and leave no click behind.
func TestTouchesOfAPage(t *testing.T) {
	if js.Global().Get("Touch").IsUndefined() {
		t.Skip("this browser has no touches")
	}
	open(t, Config{}, func(w *Window) {
		camera := render.NewCamera(mgl32.Vec3{}, 5)
		w.Camera = &camera
		clicks := 0
		w.OnClick = func(Button, float64, float64) { clicks++ }
		touched(w, "touchstart", finger(w, 1, 50, 60))
		touched(w, "touchend")
		w.round(t)
		if clicks != 1 {
			t.Errorf("a tap makes %d clicks", clicks)
		}
		touched(w, "touchstart", finger(w, 1, 50, 60))
		touched(w, "touchmove", finger(w, 1, 50, 60+float64(w.high)/10))
		w.round(t)
		if d := camera.Pitch - render.NewCamera(mgl32.Vec3{}, 5).Pitch; math.Abs(float64(d)-orbitPerView/10) > 1e-3 {
			t.Errorf("a finger pitches by %v", d)
		}
		pitch, yaw, middle := camera.Pitch, camera.Yaw, float64(w.high)/2
		center := float64(w.wide) / 2
		touched(w, "touchstart", finger(w, 1, center-50, middle), finger(w, 2, center+50, middle))
		touched(w, "touchmove", finger(w, 1, center-100, middle), finger(w, 2, center+100, middle))
		w.round(t)
		if camera.Pitch != pitch || camera.Yaw != yaw || math.Abs(float64(camera.Distance)-2.5) > 1e-3 {
			t.Errorf("two fingers twice as far apart: distance %v, pitch %v, yaw %v", camera.Distance, camera.Pitch-pitch, camera.Yaw-yaw)
		}
		if at := camera.Target.Len(); at > 1e-3 {
			t.Errorf("a zoom at the middle moves the target by %v", at)
		}
		touched(w, "touchmove", finger(w, 1, center-100, middle+80), finger(w, 2, center+100, middle+80))
		w.round(t)
		if camera.Target.Len() < 1e-3 {
			t.Error("two fingers do not pan")
		}
		target := camera.Target
		touched(w, "touchend", finger(w, 2, center+100, middle))
		touched(w, "touchmove", finger(w, 2, center, middle))
		touched(w, "touchend")
		w.round(t)
		if camera.Target != target || camera.Pitch != pitch || clicks != 1 {
			t.Errorf("the finger that stays behind: %v, want %v; %d clicks", camera.Target, target, clicks)
		}
	})
}

// The canvas has the pixels of the display, follows the page's size, and tells.
func TestSizeOfAPage(t *testing.T) {
	open(t, Config{}, func(w *Window) {
		if width, _ := w.Size(); width != int(math.Round(w.canvas.Get("clientWidth").Float()*float64(w.Scale()))) {
			t.Error(w.Size())
		}
		var told image.Point
		w.OnResize = func(width, height int) { told = image.Pt(width, height) }
		style := w.canvas.Get("style")
		style.Set("width", "300px")
		style.Set("height", "200px")
		defer style.Set("cssText", "")
		for told == (image.Point{}) {
			w.round(t)
		}
		if width, height := w.Size(); image.Pt(width, height) != told || float32(width) != 300*w.Scale() {
			t.Error(width, height, told)
		}
		draw(t, w)
		if w.canvas.Get("width").Int() != told.X || w.canvas.Get("height").Int() != told.Y {
			t.Error("the canvas keeps its old pixels")
		}
	})
}

// A hidden page draws nothing and does not spin. A shown one says that it must be drawn.
func TestHiddenPage(t *testing.T) {
	open(t, Config{}, func(w *Window) {
		document := w.document
		define := func(hidden bool) {
			js.Global().Get("Object").Call("defineProperty", document, "hidden", fields{"value": hidden, "configurable": true})
			dispatch(document, "Event", "visibilitychange", nil)
		}
		defer js.Global().Get("Reflect").Call("deleteProperty", document, "hidden")
		define(true)
		w.round(t)
		if _, err := w.Acquire(); !errors.Is(err, render.ErrSkip) {
			t.Error(err)
		}
		w.NeedsRedraw()
		define(false)
		w.round(t)
		if !w.NeedsRedraw() || w.NeedsRedraw() {
			t.Error("a shown page is not exposed once")
		}
		draw(t, w)
	})
}

// Close and Wake end a Wait; a second window opens on the same canvas.
func TestWaitOfAPage(t *testing.T) {
	for range 2 {
		open(t, Config{}, func(w *Window) {
			for range 3 { // what opening left behind
				w.Wait(10 * time.Millisecond)
			}
			go w.Wake()
			w.Wait(time.Hour)
			go w.Close()
			w.Wait(time.Hour)
			if w.Next() {
				t.Error("Next goes on after Close")
			}
		})
	}
}
