//go:build linux && !wayland

package window

import (
	"errors"
	"testing"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window/windowtest"
)

// A window without a pixel has no frame. (X11 knows none, Windows and Wayland do; minimised ones are of this kind.)
func TestNoSizeIsSkipped(t *testing.T) {
	for _, w := range []*Window{{}, {width: 5}, {height: 5}, {width: 5, height: 5, iconified: true}} {
		if _, err := w.Acquire(); !errors.Is(err, render.ErrSkip) {
			t.Errorf("%d×%d: %v", w.width, w.height, err)
		}
	}
}

func TestOnePixel(t *testing.T) {
	x := windowtest.NewScreen(t)
	p := run(t, "report", t.TempDir(), x.Env())
	id := p.Expect("window")
	p.Expect("frames 30")
	x.Do("windowsize", "--sync", id, "1", "1")
	p.Expect("frame 1 1")
	x.Until("one pixel of cyan", filled(1, 1))
	x.Do("windowsize", "--sync", id, "640", "360")
	p.Expect("frame 640 360")
	x.Until("the window again", filled(640, 360))
	x.Close(id)
	p.Expect("closed")
	p.End()
}
