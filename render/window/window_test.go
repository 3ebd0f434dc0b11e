//go:build linux && !wayland

package window

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/render/window/windowtest"
)

func TestNoDisplay(t *testing.T) {
	for _, c := range []struct {
		x11, wl string
		wayland bool
		says    string
	}{
		{"", "", false, "neither DISPLAY nor WAYLAND_DISPLAY is set"},
		{"", "", true, "neither DISPLAY nor WAYLAND_DISPLAY is set"},
		{"", "wayland-0", false, "-tags wayland"},
		{":0", "", true, "built for Wayland"},
		{":0", "", false, ""},
		{"", "wayland-0", true, ""},
	} {
		err := displayNamed(c.x11, c.wl, c.wayland)
		if c.says == "" {
			if err != nil {
				t.Errorf("%+v: %v", c, err)
			}
			continue
		}
		if !errors.Is(err, ErrNoDisplay) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// A display that is not set, or cannot be reached, is one sentence: no panic, no log line.
func TestNoDisplayProgram(t *testing.T) {
	for _, display := range []string{"", ":4095"} {
		p := run(t, "open", t.TempDir(), append(os.Environ(), "DISPLAY="+display, "WAYLAND_DISPLAY="))
		p.Expect("no display: true")
		if p.Cmd.Wait() == nil {
			t.Errorf("DISPLAY=%q: the program did not fail", display)
		}
		if said := p.Stderr.String(); strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "window: no display: ") {
			t.Errorf("DISPLAY=%q: not one sentence: %q", display, said)
		}
	}
}

// Nobody else's log lines are lost while a display is opened.
func TestLogIsLeftAlone(t *testing.T) {
	p := run(t, "log", t.TempDir(), append(os.Environ(), "DISPLAY=:4095", "WAYLAND_DISPLAY="))
	if lost := p.Expect("lost"); lost != "0" {
		t.Errorf("%s log lines of another goroutine are lost", lost)
	}
	p.End()
}

func TestUnlock(t *testing.T) {
	p := run(t, "unlock", t.TempDir(), append(os.Environ(), "DISPLAY=:4095", "WAYLAND_DISPLAY="))
	p.Expect("elsewhere")
	p.Expect("refused")
	p.End()
}

// A window opens where the window manager has crashed.
func TestManagerCrashed(t *testing.T) {
	x := windowtest.NewScreen(t)
	x.CrashManager()
	p := run(t, "open", t.TempDir(), x.Env())
	p.Expect("no display: false")
	p.End()
}

// Keys are what the layout prints on them; where it prints no ASCII, they are what a US keyboard has there.
func TestLayouts(t *testing.T) {
	type press struct {
		code string // of the X server: a place on the keyboard
		key  rune
	}
	for layout, presses := range map[string][]press{
		"us":         {{"27", 'R'}, {"21", '='}},
		"de":         {{"52", 'Y'}, {"35", '+'}, {"61", '-'}},
		"fr":         {{"38", 'Q'}, {"47", 'M'}, {"15", '-'}},
		"us(dvorak)": {{"31", 'C'}, {"43", 'D'}},
		"ru":         {{"27", 'R'}, {"54", 'C'}},
	} {
		t.Run(layout, func(t *testing.T) {
			x := windowtest.NewScreen(t)
			x.Layout(layout)
			p := run(t, "report", t.TempDir(), x.Env())
			x.Focus("slotstream") // the window manager does not, where it is still busy with the layout
			p.Expect("focus true")
			p.Expect("frames 30")
			for _, c := range presses {
				x.Do("key", c.code)
				if got, want := p.Expect("key"), fmt.Sprintf("%d 1 0", c.key); got != want {
					t.Errorf("place %s: %s, want %s", c.code, got, want)
				}
				p.Expect("key") // let go
			}
		})
	}
}

func TestRunOutsideMain(t *testing.T) {
	defer func() {
		if said, _ := recover().(string); !strings.Contains(said, "main") {
			t.Errorf("Run on another goroutine: panic %q", said)
		}
	}()
	Run(Config{}, func(*Window) error { return nil })
	t.Error("Run on another goroutine went on")
}

func TestPresentMode(t *testing.T) {
	const immediate, mailbox, fifo = wgpu.PresentModeImmediate, wgpu.PresentModeMailbox, wgpu.PresentModeFifo
	for _, c := range []struct {
		has   []wgpu.PresentMode
		vsync bool
		want  wgpu.PresentMode
	}{
		{[]wgpu.PresentMode{fifo, mailbox, immediate}, true, fifo},
		{[]wgpu.PresentMode{fifo, mailbox, immediate}, false, immediate},
		{[]wgpu.PresentMode{fifo, mailbox}, false, mailbox},
		{[]wgpu.PresentMode{fifo}, false, fifo},
	} {
		if got := (&surface{modes: c.has}).presentMode(c.vsync); got != c.want {
			t.Errorf("%v: %v", c, got)
		}
	}
}

func TestDrawResizeClose(t *testing.T) {
	x := windowtest.NewScreen(t)
	p := run(t, "report", t.TempDir(), x.Env())
	id := p.Expect("window")
	p.Expect("frame 640 360")
	p.Expect("frames 30")
	x.Until("640×360 pixels of cyan", filled(640, 360))
	x.Do("windowsize", "--sync", id, "900", "500")
	p.Expect("frame 900 500")
	x.Until("900×500 pixels of cyan", filled(900, 500))
	x.Do("windowsize", "--sync", id, "301", "203")
	p.Expect("frame 301 203")
	x.Until("301×203 pixels of cyan", filled(301, 203))
	x.Close(id)
	p.Expect("closed")
	p.End()
}

// filled tells whether a screen shows width × height pixels of cyan and no other.
func filled(width, height int) func(*image.NRGBA) bool {
	return func(img *image.NRGBA) bool {
		var box image.Rectangle
		n := 0
		for y := range img.Rect.Max.Y {
			for x := range img.Rect.Max.X {
				if img.NRGBAAt(x, y) == (color.NRGBA{0, 255, 255, 255}) {
					box = box.Union(image.Rect(x, y, x+1, y+1))
					n++
				}
			}
		}
		return n == width*height && box.Dx() == width && box.Dy() == height
	}
}

func TestKeys(t *testing.T) {
	x := windowtest.NewScreen(t)
	dir := t.TempDir()
	p := run(t, "report", dir, x.Env())
	p.Expect("window")
	p.Expect("focus true")
	p.Expect("frames 30")

	x.Do("key", "a")
	p.Expect("key 65 1 0")
	p.Expect("char a")
	p.Expect("key 65 0 0")
	x.Do("key", "shift+b")
	p.Expect("key 66 1 1")
	p.Expect("char B")

	x.Do("key", "space")
	p.Expect("paused true")
	x.Do("key", "space")
	p.Expect("paused false")

	x.Do("key", "F11")
	p.Expect("frame 1600 900 true")
	x.Until("a full screen of cyan", filled(1600, 900))
	x.Do("key", "F11")
	p.Expect("frame 640 360 false")
	shown := x.Until("640×360 pixels of cyan", filled(640, 360))

	x.Do("key", "s")
	path := screenshot(t, dir)
	x.Close(x.Do("getactivewindow"))
	p.Expect("closed")
	p.End()
	shot := windowtest.ReadPNG(t, path)
	if shot.Rect != image.Rect(0, 0, 640, 360) || !filled(640, 360)(shot) {
		t.Errorf("the screenshot is not what the screen showed: %s, %s", x.Keep(shot), x.Keep(shown))
	}
}

func TestMouse(t *testing.T) {
	x := windowtest.NewScreen(t)
	p := run(t, "report", t.TempDir(), x.Env())
	id := p.Expect("window")
	p.Expect("focus true")
	p.Expect("frames 30")
	x.Do("mousemove", "--window", id, "320", "180")
	p.Expect("cursor 320 180")

	x.Do("click", "1")
	p.Expect("button 0 1 0")
	p.Expect("button 0 0 0")
	p.Expect("click 0 320 180")

	// A quarter of the height to the right turns the camera a quarter of half a turn to the left.
	x.Do("mousedown", "1")
	x.Do("mousemove_relative", "90", "0")
	yaw, pitch, distance, moved := camera(t, p)
	x.Do("mouseup", "1")
	p.Expect("button 0 0 0")
	if !near(yaw, 0.6-math.Pi/4) || !near(pitch, 0.45) || !near(distance, 10) || moved != 0 {
		t.Errorf("after a drag: yaw %v, pitch %v, distance %v, target moved by %v", yaw, pitch, distance, moved)
	}

	// The right button moves the point under it: by a quarter of the height of the view.
	x.Do("mousedown", "3")
	x.Do("mousemove_relative", "0", "90")
	_, _, _, moved = camera(t, p)
	x.Do("mouseup", "3")
	if want := 10 * math.Tan(0.4) / 2; !near(moved, want) {
		t.Errorf("panned by %v, want %v", moved, want)
	}

	x.Do("click", "4") // the wheel, away from the user
	p.Expect("scroll 0 1")
	if _, _, distance, _ = camera(t, p); !near(distance, 9) {
		t.Errorf("one notch leaves a distance of %v", distance)
	}
	for _, line := range p.Seen {
		if strings.HasPrefix(line, "click 2") || strings.HasPrefix(line, "click 1") {
			t.Errorf("a drag counted as a click: %s", line)
		}
	}
	x.Close(id)
	p.End()
}

// An event that had to wait for a slow frame happened where the mouse was then.
func TestMouseWhileBusy(t *testing.T) {
	x := windowtest.NewScreen(t)
	p := run(t, "report", t.TempDir(), x.Env())
	id := p.Expect("window")
	p.Expect("focus true")
	p.Expect("frames 30")

	resume := p.Suspend()
	x.Do("mousemove", "--sync", "--window", id, "320", "180")
	x.Do("mousedown", "1")
	x.Do("mousemove_relative", "--sync", "90", "0")
	x.Do("mouseup", "1")
	x.Do("mousemove", "--sync", "--window", id, "20", "30")
	x.Do("click", "1")
	x.Do("mousemove", "--sync", "--window", id, "500", "300")
	resume()
	p.Expect("click 0 20 30")
	if yaw, pitch, _, _ := camera(t, p); !near(yaw, 0.6-math.Pi/4) || !near(pitch, 0.45) {
		t.Errorf("after a drag that waited: yaw %v, pitch %v", yaw, pitch)
	}
	for _, line := range p.Seen {
		if line == "click 0 320 180" || line == "click 0 410 180" {
			t.Errorf("a drag counted as a click: %s", line)
		}
	}
	x.Close(id)
	p.End()
}

func camera(t *testing.T, p *windowtest.Program) (yaw, pitch, distance, moved float64) {
	t.Helper()
	scan(t, p.Expect("camera"), &yaw, &pitch, &distance, &moved)
	return
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-4 }

// On a display of 192 dots per inch a window has twice the pixels, and all positions are in them.
func TestHiDPI(t *testing.T) {
	x := windowtest.NewScreen(t)
	x.SetDPI("192")
	p := run(t, "report", t.TempDir(), x.Env())
	id := p.Expect("window")
	p.Expect("scale 2")
	p.Expect("frame 1280 720")
	x.Until("1280×720 pixels of cyan", filled(1280, 720))
	x.Do("mousemove", "--window", id, "1200", "700")
	p.Expect("cursor 1200 700")
	x.Close(id)
	p.End()
}

func TestMinimise(t *testing.T) {
	x := windowtest.NewScreen(t)
	p := run(t, "report", t.TempDir(), x.Env())
	id := p.Expect("window")
	p.Expect("frames 30")
	x.Do("windowminimize", id)
	p.Expect("skipped true")
	x.Until("an empty screen", filled(0, 0))
	x.Do("windowactivate", id)
	p.Expect("skipped false")
	p.Expect("frames")
	x.Until("the window again", filled(640, 360))
	x.Close(id)
	p.Expect("closed")
	p.End()
}

// A sphere stays round, in the middle and as high as before, in a window of any shape.
func TestResizeKeepsShape(t *testing.T) {
	x := windowtest.NewScreen(t)
	p := run(t, "sphere", t.TempDir(), x.Env())
	id := p.Expect("window")
	p.Expect("frame 640 360")
	x.Until("a round sphere 301 pixels high", round(301))
	x.Do("windowsize", "--sync", id, "900", "300")
	p.Expect("frame 900 300")
	x.Until("a round sphere 251 pixels high", round(251))
	x.Do("windowsize", "--sync", id, "400", "600")
	p.Expect("frame 400 600")
	x.Until("a sphere 502 pixels high and cut off at the sides", func(img *image.NRGBA) bool {
		box := red(img)
		return box.Dx() == 400 && around(box.Dy(), 502)
	})
	x.Close(id)
	p.End()
}

// red is the box around a screen's red pixels.
func red(img *image.NRGBA) (box image.Rectangle) {
	for y := range img.Rect.Max.Y {
		for x := range img.Rect.Max.X {
			if img.NRGBAAt(x, y) == (color.NRGBA{255, 0, 0, 255}) {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box
}

func round(height int) func(*image.NRGBA) bool {
	return func(img *image.NRGBA) bool {
		box := red(img)
		return around(box.Dy(), height) && around(box.Dx(), box.Dy())
	}
}

func around(a, b int) bool { return a-b <= 3 && b-a <= 3 }

// The example runs as it stands in the documentation, and S saves what it shows.
func TestExample(t *testing.T) {
	x := windowtest.NewScreen(t)
	dir := t.TempDir()
	binary := filepath.Join(dir, "example")
	if out, err := exec.Command("go", "build", "-o", binary, "../../examples/window").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	example := exec.Command(binary)
	example.Dir, example.Env = dir, x.Env()
	p := windowtest.Start(t, example)
	x.Focus("^wave")
	x.Do("key", "s")
	path := screenshot(t, dir)
	x.Close(x.Do("getactivewindow"))
	p.End()
	img := windowtest.ReadPNG(t, path)
	colors := map[color.NRGBA]bool{}
	for y := range img.Rect.Max.Y {
		for x := range img.Rect.Max.X {
			colors[img.NRGBAAt(x, y)] = true
		}
	}
	if img.Rect != image.Rect(0, 0, 1280, 720) || len(colors) < 20 { // eight colours on three lit faces
		t.Errorf("a picture of %v with %d colours: %s", img.Rect, len(colors), x.Keep(img))
	}
}

// screenshot waits for a program to begin its picture; it is whole once the program has ended.
func screenshot(t *testing.T, dir string) string {
	t.Helper()
	var shots []string
	windowtest.Wait(t, "a screenshot", func() bool {
		shots, _ = filepath.Glob(filepath.Join(dir, "slotstream-*.png"))
		return len(shots) > 0
	})
	return shots[0]
}

func TestResizesLeaveMemoryFlat(t *testing.T) {
	x := windowtest.NewScreen(t)
	p := run(t, "resizes", t.TempDir(), x.Env())
	var first, last int
	scan(t, p.Expect("resident"), &first)
	scan(t, p.Expect("resident"), &last)
	p.End()
	t.Logf("resident after 50 resizes: %d kB, after 110: %d kB", first, last)
	if last > first+24<<10 { // one swapchain kept alive per resize would be 60 to 120 MB
		t.Errorf("60 resizes took %d kB", last-first)
	}
}

func TestAbandonedFrames(t *testing.T) {
	x := windowtest.NewScreen(t)
	p := run(t, "abandon", t.TempDir(), x.Env())
	p.Expect("survived")
	p.End()
}

// What is called after Run, or waits for a moment that has passed, ends nothing.
func TestAfterRun(t *testing.T) {
	x := windowtest.NewScreen(t)
	p := run(t, "after", t.TempDir(), x.Env())
	p.Expect("survived")
	p.End()
}

func scan(t *testing.T, s string, to ...any) {
	t.Helper()
	if _, err := fmt.Sscan(s, to...); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
}
