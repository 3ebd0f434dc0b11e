//go:build cgo || js

package window

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
	KeyEscape    = Key(256)
	KeyEnter     = Key(257)
	KeyTab       = Key(258)
	KeyBackspace = Key(259)
	KeyInsert    = Key(260)
	KeyDelete    = Key(261)
	KeyRight     = Key(262)
	KeyLeft      = Key(263)
	KeyDown      = Key(264)
	KeyUp        = Key(265)
	KeyPageUp    = Key(266)
	KeyPageDown  = Key(267)
	KeyHome      = Key(268)
	KeyEnd       = Key(269)
	KeyF1        = Key(290) // KeyF1 + 1 is F2, and so on
)

// An Action is the press or the release of a key or a button.
type Action int

const (
	Release = Action(0)
	Press   = Action(1)
)

// Mods is the set of modifier keys that are held down: a bit for each.
type Mods int

const (
	ModShift   = Mods(1)
	ModControl = Mods(2)
	ModAlt     = Mods(4)
	ModSuper   = Mods(8)
)

// Button is a mouse button.
type Button int

const (
	ButtonLeft   = Button(0)
	ButtonRight  = Button(1)
	ButtonMiddle = Button(2)
)

func (w *Window) onKey(k Key, a Action, m Mods) {
	w.repeating = false
	if w.OnKey != nil && w.OnKey(k, a, m) || w.cfg.NoKeys || a != Press || m&(ModControl|ModAlt|ModSuper) != 0 {
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

func (w *Window) onRepeat(k Key, m Mods) {
	w.repeating = true
	if w.OnRepeat != nil {
		w.OnRepeat(k, m)
	}
}

func (w *Window) onChar(r rune) {
	if w.OnChar != nil && (!w.repeating || w.OnRepeat != nil) {
		w.OnChar(r)
	}
}
