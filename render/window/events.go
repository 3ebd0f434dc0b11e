//go:build cgo

package window

import (
	"strings"

	"github.com/go-gl/glfw/v3.3/glfw"
)

// Events are the callbacks of a window. Each may be nil. They run on the loop's goroutine, inside Next and Wait. A
// callback that returns a bool returns true if it handled the event: then the window does nothing with it.
type Events struct {
	// OnKey is called when a key is pressed and when it is released. A key that is held down is reported once.
	OnKey func(k Key, a Action, m Mods) bool

	// OnRepeat is called again and again for a key that is held down, at the keyboard's rate. Set it if a key is to act
	// until its release, such as an arrow that scrolls. For the press itself OnKey is called.
	OnRepeat func(k Key, m Mods)

	// OnChar is called for text, as the keyboard's layout makes it, after the OnKey of its key. Where OnRepeat is set, it
	// is called again for a key that is held down, after OnRepeat.
	OnChar func(r rune)

	// OnButton is called when a mouse button is pressed and when it is released. Cursor returns the place. If it returns
	// true for a press, the press is yours: it steers no camera and makes no click. The release of each press is
	// reported once, wherever the mouse is by then, and what you return for it does not matter. When the window loses
	// the focus, the buttons that are down count as released.
	OnButton func(b Button, a Action, m Mods) bool

	// OnClick is called when a button is released where it was pressed, unless OnButton handled the press. x and y are
	// the place of the press, in pixels from the top left corner.
	OnClick func(b Button, x, y float64)

	OnCursor func(x, y float64)        // the mouse moved: pixels from the top left corner
	OnScroll func(dx, dy float64) bool // the wheel turned, in notches: positive is right, and away from the user
	OnResize func(width, height int)   // the window has another size: pixels
}

// Key is a key, named by what the keyboard's layout prints on it: the capital letter, or the character that comes
// without Shift ('A', '1', ' ', '='). A key that prints a character outside of ASCII, a Greek or Cyrillic letter for
// example, has the name of the key that a US keyboard has in its place. The other keys have the constants below. The
// numbers are GLFW's.
type Key int

// Keys without a character.
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
	KeyF1        = Key(glfw.KeyF1) // KeyF1 + 1 is F2, and so on
)

// An Action is the press or the release of a key or a button.
type Action int

const (
	Release = Action(glfw.Release)
	Press   = Action(glfw.Press)
)

// Mods is the set of modifier keys that are held down: a bit for each.
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

// listen sets GLFW's callbacks. What an event says is taken from the event: what a query says may be older or newer.
func (w *Window) listen() {
	g := w.glfw
	w.resize(g.GetFramebufferSize())
	w.wide, w.high = g.GetSize()
	w.pointer.place(g.GetPos())
	g.SetFramebufferSizeCallback(func(_ *glfw.Window, width, height int) {
		w.resize(width, height)
		if w.OnResize != nil {
			w.OnResize(w.width, w.height)
		}
	})
	g.SetSizeCallback(func(_ *glfw.Window, width, height int) {
		w.wide, w.high = width, height
		if wayland { // tells no program where its window is
			w.pointer.misplace()
		}
	})
	g.SetPosCallback(func(_ *glfw.Window, x, y int) { w.pointer.place(x, y) })
	g.SetFocusCallback(func(_ *glfw.Window, on bool) {
		if !on { // GLFW reports the releases of keys and buttons right after this
			w.pointer.cancel()
		}
	})
	g.SetIconifyCallback(func(_ *glfw.Window, iconified bool) { w.iconified = iconified })
	g.SetRefreshCallback(func(*glfw.Window) { w.exposed = true })
	g.SetKeyCallback(func(_ *glfw.Window, k glfw.Key, scancode int, a glfw.Action, m glfw.ModifierKey) {
		w.onKey(printed(k, scancode), a, Mods(m))
	})
	g.SetCharCallback(func(_ *glfw.Window, r rune) {
		if w.OnChar != nil && (!w.repeating || w.OnRepeat != nil) {
			w.OnChar(r)
		}
	})
	g.SetMouseButtonCallback(func(_ *glfw.Window, b glfw.MouseButton, a glfw.Action, m glfw.ModifierKey) {
		w.onButton(Button(b), Action(a), Mods(m))
	})
	g.SetCursorPosCallback(func(_ *glfw.Window, x, y float64) { w.onMotion(x, y) })
	g.SetScrollCallback(func(_ *glfw.Window, dx, dy float64) { w.onScroll(dx, dy) })
}

func (w *Window) onKey(k Key, a glfw.Action, m Mods) {
	if w.repeating = a == glfw.Repeat; w.repeating {
		if w.OnRepeat != nil {
			w.OnRepeat(k, m)
		}
		return
	}
	if w.OnKey != nil && w.OnKey(k, Action(a), m) || w.cfg.NoKeys || a != glfw.Press || m&(Control|Alt|Super) != 0 {
		return
	}
	switch k {
	case KeyF1 + 10:
		w.SetFullScreen(!w.FullScreen())
	case 'S':
		w.Screenshot("", w.logScreenshot)
	case ' ':
		w.SetPaused(!w.Paused())
	}
}

// printed returns the key as the layout prints it; k is its place on a US keyboard. The keys of the number pad keep
// their names.
func printed(k glfw.Key, scancode int) Key {
	if k != glfw.KeyUnknown && (k < glfw.KeyApostrophe || k > glfw.KeyWorld2) {
		return Key(k)
	}
	name := glfw.GetKeyName(k, scancode)
	if len(name) != 1 || name[0] <= ' ' || name[0] > '~' {
		return Key(k)
	}
	return Key(strings.ToUpper(name)[0])
}
