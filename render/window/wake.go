//go:build cgo && !js

package window

// extern void glfwPostEmptyEvent(void);
import "C"

import "sync"

// A waker ends a wait from any goroutine, as long as the window is open: GLFW wants no calls after its end.
type waker struct {
	sync.Mutex
	closed bool
}

// Wake makes the Wait under way return, or the next one if none is: call it after you have changed what the loop looks
// at. Several Wakes may end one Wait. Any goroutine may call it, at any time. After Run it does nothing.
func (w *Window) Wake() {
	w.waker.Lock()
	defer w.waker.Unlock()
	if !w.waker.closed {
		C.glfwPostEmptyEvent() // not the binding's: that would take an error of the loop's for its own, and panic
	}
}

func (k *waker) close() {
	k.Lock()
	defer k.Unlock()
	k.closed = true
}
