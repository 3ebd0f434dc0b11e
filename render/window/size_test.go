//go:build linux && !wayland

package window

import (
	"errors"
	"strings"
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

// A window over many displays is larger than a picture may be: it is drawn as far as the device draws.
func TestLargerThanTheDeviceDraws(t *testing.T) {
	x := windowtest.NewScreen(t)
	p := run(t, "report", t.TempDir(), x.Env())
	id := p.Expect("window")
	p.Expect("frames 30")
	x.Do("windowsize", "--sync", id, "9000", "40")
	p.Expect("frame 8192 40")
	x.Do("windowsize", "--sync", id, "40", "9000")
	p.Expect("frame 40 8192")
	x.Do("windowsize", "--sync", id, "640", "360")
	p.Expect("frame 640 360")
	x.Until("the window again", filled(640, 360))
	x.Close(id)
	p.Expect("closed")
	p.End()
}

// A second window within the loop of the first is refused, and the first goes on. One after the other is fine.
func TestRunWithinRun(t *testing.T) {
	x := windowtest.NewScreen(t)
	p := run(t, "nested", t.TempDir(), x.Env())
	for range 3 {
		if said := p.Expect("within:"); !strings.Contains(said, "window: Run inside of Run") {
			t.Errorf("it said %q", said)
		}
	}
	p.Expect("survived")
	p.End()
}

// A surface that stays lost is an error, and keeps no core busy.
func TestSurfaceThatStaysLost(t *testing.T) {
	s := &surface{lost: lostMost - 2}
	for range 2 {
		if err := s.failed(3); err != nil {
			t.Fatal("too early:", err)
		}
	}
	if err := s.failed(3); err == nil || !strings.Contains(err.Error(), "given no frame") {
		t.Error(err)
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
