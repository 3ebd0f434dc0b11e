package window

import (
	"syscall/js"
	"unicode/utf8"
)

// Callbacks of every window, by their places in funcs.
const (
	showing  = iota // the browser is about to show a frame
	ignoring        // of promises
)

// listen hears the browser. A callback takes what its event says, and leaves the rest to the next round of the loop:
// a callback must not wait for anything.
func (w *Window) listen() {
	w.funcs = append(w.funcs,
		js.FuncOf(func(js.Value, []js.Value) any {
			w.asked = false
			select {
			case w.shows <- struct{}{}:
			default:
			}
			return nil
		}),
		js.FuncOf(func(js.Value, []js.Value) any { return nil }))

	page := js.Global()
	resized := func(js.Value) func() { return w.resized }
	w.on(page, "resize", resized)
	if observer := page.Get("ResizeObserver"); observer.Truthy() {
		f := w.callback(resized)
		o := observer.New(f)
		o.Call("observe", w.canvas)
		w.undo = append(w.undo, func() { o.Call("disconnect") })
	}
	w.on(w.document, "visibilitychange", func(js.Value) func() { return func() { w.exposed = true } })
	w.on(page, "blur", func(js.Value) func() { return w.letGo })

	w.on(page, "keydown", w.keyDown)
	w.on(page, "keyup", func(e js.Value) func() {
		k, m := keyOf(e), modsOf(e)
		return func() { w.onKey(k, Release, m) }
	})

	w.on(w.canvas, "mousedown", func(e js.Value) func() {
		x, y := w.placeOf(e)
		b, m := buttonOf(e), modsOf(e)
		return func() {
			w.onMotion(x, y)
			w.onButton(b, Press, m)
		}
	})
	// Those of the page: a drag goes on outside the canvas.
	w.on(page, "mouseup", func(e js.Value) func() {
		x, y := w.placeOf(e)
		b, m := buttonOf(e), modsOf(e)
		return func() {
			if w.pointer.owner[b] != up {
				w.onMotion(x, y)
			}
			w.onButton(b, Release, m)
		}
	})
	w.on(page, "mousemove", func(e js.Value) func() {
		if !w.pointer.dragging && !e.Get("target").Equal(w.canvas) {
			return nil
		}
		x, y := w.placeOf(e)
		return func() { w.onMotion(x, y) }
	})
	w.on(w.canvas, "contextmenu", func(e js.Value) func() { e.Call("preventDefault"); return nil })
	w.on(w.canvas, "wheel", func(e js.Value) func() {
		e.Call("preventDefault")
		x, y := w.placeOf(e)
		dx, dy := notches(e, "deltaX"), notches(e, "deltaY")
		return func() {
			w.onMotion(x, y)
			w.onScroll(-dx, -dy)
		}
	})
	w.listenToTouches()
}

// resized takes the size of the canvas, and tells what has changed.
func (w *Window) resized() {
	before := [2]int{w.width, w.height}
	if w.measure(); before != [2]int{w.width, w.height} {
		w.exposed = true
		if w.OnResize != nil {
			w.OnResize(w.width, w.height)
		}
	}
}

// on hears an event. now runs inside the browser's callback, and returns what is left to the next round, or nil.
func (w *Window) on(target js.Value, event string, now func(e js.Value) func()) {
	f := w.callback(now)
	target.Call("addEventListener", event, f, map[string]any{"passive": false})
	w.undo = append(w.undo, func() { target.Call("removeEventListener", event, f) })
}

func (w *Window) callback(now func(e js.Value) func()) js.Func {
	f := js.FuncOf(func(_ js.Value, args []js.Value) any {
		if later := now(args[0]); later != nil {
			w.happened = append(w.happened, later)
			w.Wake()
		}
		return nil
	})
	w.funcs = append(w.funcs, f)
	return f
}

// letGo releases all buttons: the page lost the focus, and their releases may go elsewhere.
func (w *Window) letGo() {
	w.pointer.cancel()
	for b := range Button(buttons) {
		if w.pointer.owner[b] != up {
			w.onButton(b, Release, 0)
		}
	}
}

func (w *Window) keyDown(e js.Value) func() {
	if to := e.Get("target").Get("tagName"); to.Type() == js.TypeString {
		switch to.String() {
		case "INPUT", "TEXTAREA", "SELECT":
			return nil // the page's own
		}
	}
	k, m, repeats, text := keyOf(e), modsOf(e), e.Get("repeat").Truthy(), e.Get("key").String()
	if w.takes(k, m) {
		e.Call("preventDefault")
	}
	return func() {
		if repeats {
			w.onRepeat(k, m)
		} else {
			w.onKey(k, Press, m)
		}
		if r, n := utf8.DecodeRuneInString(text); n == len(text) && n > 0 && m&(ModControl|ModSuper) == 0 {
			w.onChar(r)
		}
	}
}

// takes reports whether the browser shall do nothing with a key itself: it would scroll the page or fill the screen in
// its own way. All other keys stay the browser's, too.
func (w *Window) takes(k Key, m Mods) bool {
	if m&(ModControl|ModAlt|ModSuper) != 0 {
		return false
	}
	switch k {
	case ' ', KeyUp, KeyDown, KeyLeft, KeyRight, KeyPageUp, KeyPageDown, KeyHome, KeyEnd:
		return true
	case KeyF1 + 10:
		return !w.cfg.NoKeys
	}
	return false
}

// cursorNow returns the middle of the canvas: a browser tells no place before the first event.
func (w *Window) cursorNow() (x, y float64) { return float64(w.wide) / 2, float64(w.high) / 2 }

// placeOf returns the place of a mouse event or of a touch on the canvas, in the page's pixels.
func (w *Window) placeOf(e js.Value) (x, y float64) {
	box := w.canvas.Call("getBoundingClientRect")
	return e.Get("clientX").Float() - box.Get("left").Float(), e.Get("clientY").Float() - box.Get("top").Float()
}

// notches turns a wheel's way into notches of 100 pixels, 3 lines or a page.
func notches(e js.Value, field string) float64 {
	const pixels, lines = 0, 1
	switch d := e.Get(field).Float(); e.Get("deltaMode").Int() {
	case pixels:
		return d / 100
	case lines:
		return d / 3
	default:
		return d
	}
}

func buttonOf(e js.Value) Button {
	switch b := e.Get("button").Int(); b {
	case 0:
		return ButtonLeft
	case 1:
		return ButtonMiddle
	case 2:
		return ButtonRight
	default:
		return Button(min(max(b, 3), buttons-1))
	}
}

func modsOf(e js.Value) (m Mods) {
	for _, mod := range [...]struct {
		field string
		bit   Mods
	}{{"shiftKey", ModShift}, {"ctrlKey", ModControl}, {"altKey", ModAlt}, {"metaKey", ModSuper}} {
		if e.Get(mod.field).Truthy() {
			m |= mod.bit
		}
	}
	return m
}

// keyOf returns the key by what the layout prints on it, as far as a browser tells.
func keyOf(e js.Value) Key {
	text, code := e.Get("key").String(), e.Get("code").String()
	if k, ok := keys[text]; ok {
		return k
	}
	if n, ok := number(text, "F"); ok && n >= 1 && n <= 25 {
		return KeyF1 + Key(n-1)
	}
	if k, ok := pad[code]; ok {
		return k
	}
	if len(text) == 1 && (text[0] >= 'a' && text[0] <= 'z' || text[0] >= 'A' && text[0] <= 'Z') {
		return Key(text[0] &^ 0x20)
	}
	// With Shift a browser tells only the upper character. The place of the key on a US keyboard says the lower one.
	if n := len("Digit"); len(code) == n+1 && code[:n] == "Digit" && (e.Get("shiftKey").Truthy() || len(text) != 1) {
		return Key(code[n])
	}
	if k, ok := us[code]; ok && (e.Get("shiftKey").Truthy() || len(text) != 1) {
		return k
	}
	if len(text) == 1 && text[0] >= ' ' && text[0] <= '~' {
		return Key(text[0])
	}
	if n := len("Key"); len(code) == n+1 && code[:n] == "Key" { // a letter outside of ASCII
		return Key(code[n])
	}
	return -1
}

// number returns the number behind a prefix.
func number(s, prefix string) (n int, ok bool) {
	if len(s) <= len(prefix) || len(s) > len(prefix)+2 || s[:len(prefix)] != prefix {
		return 0, false
	}
	for _, c := range []byte(s[len(prefix):]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}

var keys = map[string]Key{
	"Escape": KeyEscape, "Enter": KeyEnter, "Tab": KeyTab, "Backspace": KeyBackspace, "Insert": KeyInsert, "Delete": KeyDelete,
	"ArrowRight": KeyRight, "ArrowLeft": KeyLeft, "ArrowDown": KeyDown, "ArrowUp": KeyUp,
	"PageUp": KeyPageUp, "PageDown": KeyPageDown, "Home": KeyHome, "End": KeyEnd,
}

// pad has the keys of the number pad that print, as GLFW numbers them.
var pad = map[string]Key{
	"Numpad0": 320, "Numpad1": 321, "Numpad2": 322, "Numpad3": 323, "Numpad4": 324, "Numpad5": 325, "Numpad6": 326, "Numpad7": 327,
	"Numpad8": 328, "Numpad9": 329, "NumpadDecimal": 330, "NumpadDivide": 331, "NumpadMultiply": 332, "NumpadSubtract": 333,
	"NumpadAdd": 334, "NumpadEnter": 335, "NumpadEqual": 336,
}

// us has what a US keyboard prints on the other keys.
var us = map[string]Key{
	"Minus": '-', "Equal": '=', "BracketLeft": '[', "BracketRight": ']', "Backslash": '\\', "Semicolon": ';', "Quote": '\'',
	"Backquote": '`', "Comma": ',', "Period": '.', "Slash": '/',
}
