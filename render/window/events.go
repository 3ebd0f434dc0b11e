//go:build cgo

package window

import (
	"strings"
	"time"

	"github.com/go-gl/glfw/v3.3/glfw"
)

// Events are the callbacks of a window; nil ones are left out. They run on the loop's goroutine, inside Next.
// Those that return a bool say with true that they handled the event: the window does nothing more with it.
type Events struct {
	OnKey    func(k Key, a Action, m Mods) bool
	OnChar   func(r rune)                          // text, as the keyboard's layout makes it
	OnButton func(b Button, a Action, m Mods) bool // Cursor says where
	OnClick  func(b Button, x, y float64)          // a button let go where it was pressed, in pixels
	OnCursor func(x, y float64)                    // in pixels, from the top left
	OnScroll func(dx, dy float64) bool             // in notches; positive is right and away from the user
	OnResize func(width, height int)               // in pixels
}

// Key is a key by what the keyboard's layout prints on it: the capital letter or the character that comes without
// Shift ('A', '1', ' ', '='). Keys that print something outside of ASCII, as those of Greek or Cyrillic letters do,
// are what a US keyboard has in their place. The others have names here. The numbers are GLFW's.
type Key int

const (
	KeyEscape    = Key(glfw.KeyEscape)
	KeyEnter     = Key(glfw.KeyEnter)
	KeyTab       = Key(glfw.KeyTab)
	KeyBackspace = Key(glfw.KeyBackspace)
	KeyInsert    = Key(glfw.KeyInsert)
	KeyDelete    = Key(glfw.KeyDelete)
	KeyRight     = Key(glfw.KeyRight)
	KeyLeft      = Key(glfw.KeyLeft)
	KeyDown      = Key(glfw.KeyDown)
	KeyUp        = Key(glfw.KeyUp)
	KeyPageUp    = Key(glfw.KeyPageUp)
	KeyPageDown  = Key(glfw.KeyPageDown)
	KeyHome      = Key(glfw.KeyHome)
	KeyEnd       = Key(glfw.KeyEnd)
	KeyF1        = Key(glfw.KeyF1) // F2 to F12 follow
	KeyF11       = Key(glfw.KeyF11)
	KeyAdd       = Key(glfw.KeyKPAdd) // on the number pad
	KeySubtract  = Key(glfw.KeyKPSubtract)
)

// Action is what happened to a key or button.
type Action int

const (
	Release = Action(glfw.Release)
	Press   = Action(glfw.Press)
	Repeat  = Action(glfw.Repeat) // a key held down
)

// Mods are the modifier keys held down, a set of bits.
type Mods int

const (
	Shift   = Mods(glfw.ModShift)
	Control = Mods(glfw.ModControl)
	Alt     = Mods(glfw.ModAlt)
	Super   = Mods(glfw.ModSuper)
)

// Button is a mouse button.
type Button int

const (
	Left   = Button(glfw.MouseButtonLeft)
	Right  = Button(glfw.MouseButtonRight)
	Middle = Button(glfw.MouseButtonMiddle)
)

// Cursor is where the mouse was at the event under way, or at the last one, in pixels from the top left. Where it is by
// now nobody is told: an event that waited for a slow frame would be judged by a place that it does not belong to.
func (w *Window) Cursor() (x, y float64) {
	w.check("Cursor")
	if w.mouse.seen {
		return w.mouse.x, w.mouse.y
	}
	return w.pixels(w.glfw.GetCursorPos())
}

// pixels turns screen coordinates into pixels. They differ on some HiDPI systems.
func (w *Window) pixels(x, y float64) (float64, float64) {
	if sw, sh := w.glfw.GetSize(); sw > 0 && sh > 0 {
		return x * float64(w.width) / float64(sw), y * float64(w.height) / float64(sh)
	}
	return x, y
}

// listen hears the display.
func (w *Window) listen() {
	g := w.glfw
	w.resize(g.GetFramebufferSize())
	g.SetFramebufferSizeCallback(func(_ *glfw.Window, width, height int) {
		w.resize(width, height)
		if w.OnResize != nil {
			w.OnResize(w.width, w.height)
		}
	})
	g.SetIconifyCallback(func(_ *glfw.Window, iconified bool) { w.iconified = iconified })
	g.SetKeyCallback(func(_ *glfw.Window, k glfw.Key, scancode int, a glfw.Action, m glfw.ModifierKey) {
		k = printed(k, scancode)
		if w.OnKey == nil || !w.OnKey(Key(k), Action(a), Mods(m)) {
			w.key(k, a, m)
		}
	})
	g.SetRefreshCallback(func(*glfw.Window) { w.exposed = true })
	g.SetCharCallback(func(_ *glfw.Window, r rune) {
		if w.OnChar != nil {
			w.OnChar(r)
		}
	})
	g.SetMouseButtonCallback(func(_ *glfw.Window, b glfw.MouseButton, a glfw.Action, m glfw.ModifierKey) {
		w.mouse.button(w, Button(b), Action(a), Mods(m))
	})
	g.SetCursorPosCallback(func(_ *glfw.Window, x, y float64) {
		x, y = w.pixels(x, y)
		w.mouse.move(w, x, y)
		if w.OnCursor != nil {
			w.OnCursor(x, y)
		}
	})
	g.SetScrollCallback(func(_ *glfw.Window, dx, dy float64) { w.mouse.scroll(w, dx, dy) })
}

// printed is a key as the layout prints it, where GLFW gives its place on a US keyboard. The number pad keeps its
// names.
func printed(k glfw.Key, scancode int) glfw.Key {
	if k != glfw.KeyUnknown && (k < glfw.KeyApostrophe || k > glfw.KeyWorld2) {
		return k
	}
	name := glfw.GetKeyName(k, scancode)
	if len(name) != 1 || name[0] <= ' ' || name[0] > '~' {
		return k
	}
	return glfw.Key(strings.ToUpper(name)[0])
}

// key is what the window itself does with a key.
func (w *Window) key(k glfw.Key, a glfw.Action, m glfw.ModifierKey) {
	if w.options.NoKeys || a != glfw.Press || m&(glfw.ModControl|glfw.ModAlt|glfw.ModSuper) != 0 {
		return
	}
	switch k {
	case glfw.KeyF11:
		w.SetFullScreen(!w.FullScreen())
	case glfw.KeyS:
		w.Screenshot(screenshotName(time.Now()))
	case glfw.KeySpace:
		w.SetPaused(!w.Paused())
	}
}
