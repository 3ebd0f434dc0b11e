//go:build linux && !wayland

package window

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cogentcore/webgpu/wgpu"
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
		p.expect("no display: true")
		if p.cmd.Wait() == nil {
			t.Errorf("DISPLAY=%q: the program did not fail", display)
		}
		if said := p.stderr.String(); strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "window: no display: ") {
			t.Errorf("DISPLAY=%q: not one sentence: %q", display, said)
		}
	}
}

func TestRunOutsideMain(t *testing.T) {
	defer func() {
		if said, _ := recover().(string); !strings.Contains(said, "main") {
			t.Errorf("Run on another goroutine: panic %q", said)
		}
	}()
	Run(Options{}, func(*Window) error { return nil })
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
	x := startXvfb(t)
	p := run(t, "report", t.TempDir(), x.env())
	id := p.expect("window")
	p.expect("frame 640 360")
	p.expect("frames 30")
	x.until("640×360 pixels of cyan", filled(640, 360))
	x.do("windowsize", "--sync", id, "900", "500")
	p.expect("frame 900 500")
	x.until("900×500 pixels of cyan", filled(900, 500))
	x.do("windowsize", "--sync", id, "301", "203")
	p.expect("frame 301 203")
	x.until("301×203 pixels of cyan", filled(301, 203))
	x.do("key", "alt+F4") // openbox asks the window to close, as its button does
	p.expect("closed")
	p.end()
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
	x := startXvfb(t)
	dir := t.TempDir()
	p := run(t, "report", dir, x.env())
	p.expect("window")
	p.expect("focus true")
	p.expect("frames 30")

	x.do("key", "a")
	p.expect("key 65 1 0")
	p.expect("char a")
	p.expect("key 65 0 0")
	x.do("key", "shift+b")
	p.expect("key 66 1 1")
	p.expect("char B")

	x.do("key", "space")
	p.expect("paused true")
	x.do("key", "space")
	p.expect("paused false")

	x.do("key", "F11")
	p.expect("frame 1600 900 true")
	x.until("a full screen of cyan", filled(1600, 900))
	x.do("key", "F11")
	p.expect("frame 640 360 false")
	shown := x.until("640×360 pixels of cyan", filled(640, 360))

	x.do("key", "s")
	path := screenshot(t, dir)
	x.do("key", "alt+F4")
	p.expect("closed")
	p.end()
	shot := readPNG(t, path)
	if shot.Rect != image.Rect(0, 0, 640, 360) || !filled(640, 360)(shot) {
		t.Errorf("the screenshot is not what the screen showed: %s, %s", x.keep(shot), x.keep(shown))
	}
}

func TestMouse(t *testing.T) {
	x := startXvfb(t)
	p := run(t, "report", t.TempDir(), x.env())
	id := p.expect("window")
	p.expect("focus true")
	p.expect("frames 30")
	x.do("mousemove", "--window", id, "320", "180")
	p.expect("cursor 320 180")

	x.do("click", "1")
	p.expect("button 0 1 0")
	p.expect("button 0 0 0")
	p.expect("click 0 320 180")

	// A quarter of the height to the right turns the camera a quarter of half a turn to the left.
	x.do("mousedown", "1")
	x.do("mousemove_relative", "90", "0")
	yaw, pitch, distance, moved := camera(t, p)
	x.do("mouseup", "1")
	p.expect("button 0 0 0")
	if !near(yaw, 0.6-math.Pi/4) || !near(pitch, 0.45) || !near(distance, 10) || moved != 0 {
		t.Errorf("after a drag: yaw %v, pitch %v, distance %v, target moved by %v", yaw, pitch, distance, moved)
	}

	// The right button takes along what is under it: a quarter of the height of the view.
	x.do("mousedown", "3")
	x.do("mousemove_relative", "0", "90")
	_, _, _, moved = camera(t, p)
	x.do("mouseup", "3")
	if want := 10 * math.Tan(0.4) / 2; !near(moved, want) {
		t.Errorf("panned by %v, want %v", moved, want)
	}

	x.do("click", "4") // the wheel, away from the user
	p.expect("scroll 0 1")
	if _, _, distance, _ = camera(t, p); !near(distance, 9) {
		t.Errorf("one notch leaves a distance of %v", distance)
	}
	for _, line := range p.seen {
		if strings.HasPrefix(line, "click 2") || strings.HasPrefix(line, "click 1") {
			t.Errorf("a drag counted as a click: %s", line)
		}
	}
	x.do("key", "alt+F4")
	p.end()
}

func camera(t *testing.T, p *program) (yaw, pitch, distance, moved float64) {
	t.Helper()
	scan(t, p.expect("camera"), &yaw, &pitch, &distance, &moved)
	return
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-4 }

// On a display of 192 dots per inch a window has twice the pixels, and all positions are in them.
func TestHiDPI(t *testing.T) {
	x := startXvfb(t)
	x.setDPI(192)
	p := run(t, "report", t.TempDir(), x.env())
	id := p.expect("window")
	p.expect("scale 2")
	p.expect("frame 1280 720")
	x.until("1280×720 pixels of cyan", filled(1280, 720))
	x.do("mousemove", "--window", id, "1200", "700")
	p.expect("cursor 1200 700")
	x.do("key", "alt+F4")
	p.end()
}

func TestMinimise(t *testing.T) {
	x := startXvfb(t)
	p := run(t, "report", t.TempDir(), x.env())
	id := p.expect("window")
	p.expect("frames 30")
	x.do("windowminimize", id)
	p.expect("skipped true")
	x.until("an empty screen", filled(0, 0))
	x.do("windowactivate", id)
	p.expect("skipped false")
	p.expect("frames")
	x.until("the window again", filled(640, 360))
	x.do("key", "alt+F4")
	p.expect("closed")
	p.end()
}

// A sphere stays round, in the middle and as high as before, whatever the shape of the window.
func TestResizeKeepsShape(t *testing.T) {
	x := startXvfb(t)
	p := run(t, "sphere", t.TempDir(), x.env())
	id := p.expect("window")
	p.expect("frame 640 360")
	x.until("a round sphere 301 pixels high", round(301))
	x.do("windowsize", "--sync", id, "900", "300")
	p.expect("frame 900 300")
	x.until("a round sphere 251 pixels high", round(251))
	x.do("windowsize", "--sync", id, "400", "600")
	p.expect("frame 400 600")
	x.until("a sphere 502 pixels high and cut off at the sides", func(img *image.NRGBA) bool {
		box := red(img)
		return box.Dx() == 400 && around(box.Dy(), 502)
	})
	x.do("key", "alt+F4")
	p.end()
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
	x := startXvfb(t)
	dir := t.TempDir()
	binary := filepath.Join(dir, "example")
	if out, err := exec.Command("go", "build", "-o", binary, "../../examples/window").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	example := exec.Command(binary)
	example.Dir, example.Env = dir, x.env()
	var stderr bytes.Buffer
	example.Stderr = &stderr
	start(t, example)
	x.do("search", "--sync", "--onlyvisible", "--name", "^wave", "windowfocus", "--sync")
	x.do("key", "s")
	path := screenshot(t, dir)
	x.do("key", "alt+F4")
	if err := example.Wait(); err != nil {
		t.Fatalf("the example failed: %v\n%s", err, &stderr)
	}
	img := readPNG(t, path)
	colors := map[color.NRGBA]bool{}
	for y := range img.Rect.Max.Y {
		for x := range img.Rect.Max.X {
			colors[img.NRGBAAt(x, y)] = true
		}
	}
	if img.Rect != image.Rect(0, 0, 1280, 720) || len(colors) < 20 { // eight colours on three lit faces
		t.Errorf("a picture of %v with %d colours: %s", img.Rect, len(colors), x.keep(img))
	}
}

// screenshot waits for a program to begin its picture; it is whole once the program has ended.
func screenshot(t *testing.T, dir string) string {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if shots, _ := filepath.Glob(filepath.Join(dir, "slotstream-*.png")); len(shots) > 0 {
			return shots[0]
		}
	}
	t.Fatal("there is no screenshot")
	return ""
}

func readPNG(t *testing.T, path string) *image.NRGBA {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(img.Bounds())
	draw.Draw(out, out.Rect, img, image.Point{}, draw.Src)
	return out
}

func TestResizesLeaveMemoryFlat(t *testing.T) {
	x := startXvfb(t)
	p := run(t, "resizes", t.TempDir(), x.env())
	var first, last int
	scan(t, p.expect("resident"), &first)
	scan(t, p.expect("resident"), &last)
	p.end()
	t.Logf("resident after 50 resizes: %d kB, after 250: %d kB", first, last)
	if last > first+24<<10 { // one swapchain kept alive per resize would be 200 to 400 MB
		t.Errorf("200 resizes took %d kB", last-first)
	}
}

func TestAbandonedFrames(t *testing.T) {
	x := startXvfb(t)
	p := run(t, "abandon", t.TempDir(), x.env())
	p.expect("survived")
	p.end()
}
