//go:build cgo && !js

package window

/*
// Of glfw3.h; the binding links it.
typedef void (*ss_error_callback)(int code, const char *text);
extern ss_error_callback glfwSetErrorCallback(ss_error_callback callback);
extern int glfwGetError(const char **text);
extern int glfwInit(void);

#ifdef __ELF__
// Of GLFW's x11_init.c; not there in a program built for Wayland.
extern void _glfwReleaseErrorHandlerX11(void) __attribute__((weak));
#endif

// ss_init opens the display, or sets why it cannot. The binding's error callback is replaced meanwhile: it would log
// the error, and the binding's next call would panic.
static int ss_init(const char **why) {
	ss_error_callback before = glfwSetErrorCallback(0);
	*why = 0;
	int ok = glfwInit();
	int code = glfwGetError(why);
	if (ok || !code) *why = 0;
	glfwSetErrorCallback(before);
#ifdef __ELF__
	// If the root window names a window manager that is gone or not up yet, glfwInit does not give back its handler for X
	// errors. The next call that wants the handler, glfwCreateWindow, would abort.
	if (ok && _glfwReleaseErrorHandlerX11) _glfwReleaseErrorHandlerX11();
#endif
	return ok;
}
*/
import "C"

import (
	"fmt"
	"os"
	"runtime"
)

// display opens the display. glfw.Terminate closes it.
func display() error {
	if runtime.GOOS != "windows" && runtime.GOOS != "darwin" {
		if err := displayNamed(os.Getenv("DISPLAY"), os.Getenv("WAYLAND_DISPLAY"), wayland); err != nil {
			return err
		}
	}
	var why *C.char
	if C.ss_init(&why) == 0 {
		text := "the windowing system cannot be reached"
		if why != nil {
			text = C.GoString(why)
		}
		return fmt.Errorf("%w: %s", ErrNoDisplay, text)
	}
	return nil
}

// displayNamed returns an error if no environment variable names the display. It says more than GLFW's does.
func displayNamed(x11, wl string, wayland bool) error {
	switch {
	case wayland && wl == "" && x11 != "":
		return fmt.Errorf("%w: this program was built for Wayland, and WAYLAND_DISPLAY is not set", ErrNoDisplay)
	case !wayland && x11 == "" && wl != "":
		return fmt.Errorf("%w: there is Wayland only; start Xwayland or build with -tags wayland", ErrNoDisplay)
	case x11 == "" && wl == "":
		return fmt.Errorf("%w: neither DISPLAY nor WAYLAND_DISPLAY is set", ErrNoDisplay)
	}
	return nil
}
