//go:build cgo && !js

package window

import (
	"strings"

	"github.com/go-gl/glfw/v3.3/glfw"
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
		if a == glfw.Repeat {
			w.onRepeat(printed(k, scancode), Mods(m))
		} else {
			w.onKey(printed(k, scancode), Action(a), Mods(m))
		}
	})
	g.SetCharCallback(func(_ *glfw.Window, r rune) { w.onChar(r) })
	g.SetMouseButtonCallback(func(_ *glfw.Window, b glfw.MouseButton, a glfw.Action, m glfw.ModifierKey) {
		w.onButton(Button(b), Action(a), Mods(m))
	})
	g.SetCursorPosCallback(func(_ *glfw.Window, x, y float64) {
		if !wayland && w.pointer.asks() {
			w.pointer.answer(w.glfw.GetPos())
		}
		w.onMotion(x, y)
	})
	g.SetScrollCallback(func(_ *glfw.Window, dx, dy float64) { w.onScroll(dx, dy) })
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

// handled ends a round of events.
func (w *Window) handled() {
	if w.pointer.round() {
		w.pointer.place(w.glfw.GetPos())
		w.drag(w.pointer.moved(w.glfw.GetCursorPos()))
	}
}

// cursorNow asks the windowing system where the mouse is, in screen coordinates.
func (w *Window) cursorNow() (x, y float64) { return w.glfw.GetCursorPos() }
