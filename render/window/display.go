//go:build cgo

package window

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"os"
	"runtime"
	"strings"

	"github.com/go-gl/glfw/v3.3/glfw"
)

// ErrNoDisplay: there is no display to open a window on. The error that wraps it is one sentence.
var ErrNoDisplay = errors.New("no display")

// display opens the display. Close it with glfw.Terminate.
func display() error {
	if runtime.GOOS != "windows" && runtime.GOOS != "darwin" {
		if err := displayNamed(os.Getenv("DISPLAY"), os.Getenv("WAYLAND_DISPLAY"), wayland); err != nil {
			return err
		}
	}
	// Where the display cannot be reached, Init logs that and returns nil; the next call panics.
	var said bytes.Buffer
	out, flags := log.Writer(), log.Flags()
	log.SetOutput(&said)
	log.SetFlags(0)
	err := glfw.Init()
	log.SetOutput(out)
	log.SetFlags(flags)
	if err != nil {
		return fmt.Errorf("window: %w: %w", ErrNoDisplay, err)
	}
	if !initialised() {
		return fmt.Errorf("window: %w: %s", ErrNoDisplay, strings.TrimSpace(said.String()))
	}
	return nil
}

// displayNamed looks for the environment variable that names the display. GLFW must not be called without one.
func displayNamed(x11, wl string, wayland bool) error {
	switch {
	case wayland && wl == "" && x11 != "":
		return fmt.Errorf("window: %w: this program was built for Wayland, and WAYLAND_DISPLAY is not set", ErrNoDisplay)
	case !wayland && x11 == "" && wl != "":
		return fmt.Errorf("window: %w: there is Wayland only; start Xwayland or build with -tags wayland", ErrNoDisplay)
	case x11 == "" && wl == "":
		return fmt.Errorf("window: %w: neither DISPLAY nor WAYLAND_DISPLAY is set", ErrNoDisplay)
	}
	return nil
}

func initialised() (ok bool) {
	defer func() { ok = recover() == nil }()
	glfw.GetMonitors()
	return
}
