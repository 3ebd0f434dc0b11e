//go:build linux && !wayland

package window

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window/windowtest"
)

// loop fills the window until it is closed, and prints each change of the camera and each 30th frame.
func loop(w *Window, each func()) error {
	camera := render.NewCamera(mgl32.Vec3{}, 10)
	w.Camera = &camera
	fmt.Println("window", w.glfw.GetX11Window())
	seen := camera
	for frames := 0; w.Next(); {
		if err := fill(w, cyan); err != nil && !errors.Is(err, render.ErrSkip) {
			return err
		}
		if camera != seen {
			fmt.Println("turned", camera.Yaw-seen.Yaw, camera.Pitch-seen.Pitch)
			seen = camera
		}
		if frames++; frames%30 == 0 {
			fmt.Println("frames")
		}
		each()
	}
	return nil
}

// panelProgram has a panel at the left that takes all buttons over it.
func panelProgram() error {
	return Run(options, func(w *Window) error {
		w.OnButton = func(b Button, a Action, _ Mods) bool {
			x, _ := w.Cursor()
			fmt.Println("button", b, a, x < 200)
			return x < 200
		}
		w.OnClick = func(b Button, x, y float64) { fmt.Println("click", b, x, y) }
		w.OnKey = func(k Key, a Action, _ Mods) bool {
			if a == Press {
				fmt.Println("key", k)
			}
			return false
		}
		return loop(w, func() {})
	})
}

// after waits until the program has handled all events so far, and returns the lines that it printed meanwhile.
func after(x *windowtest.Screen, p *windowtest.Program, key string) []string {
	n := len(p.Seen)
	x.Do("key", key)
	p.Expect("key " + fmt.Sprint(int(strings.ToUpper(key)[0])))
	p.Expect("frames")
	return p.Seen[n:]
}

// has reports whether a line begins with prefix.
func has(lines []string, prefix string) bool {
	return slices.ContainsFunc(lines, func(s string) bool { return strings.HasPrefix(s, prefix) })
}

func startPanel(t *testing.T) (x *windowtest.Screen, p *windowtest.Program, id string) {
	x = windowtest.NewScreen(t)
	p = run(t, "panel", t.TempDir(), x.Env())
	id = p.Expect("window")
	p.Expect("frames")
	x.Focus("slotstream")
	return x, p, id
}

// A drag ends with its button, also over what takes the release; a press there begins none.
func TestDragThatEndsOverAPanel(t *testing.T) {
	x, p, id := startPanel(t)
	to := func(at, y int) { x.Do("mousemove", "--sync", "--window", id, fmt.Sprint(at), fmt.Sprint(y)) }
	to(400, 180)
	x.Do("mousedown", "1")
	to(300, 180)
	p.Expect("turned")
	to(100, 180)
	x.Do("mouseup", "1")
	p.Expect("button 0 0 true")
	to(300, 200)
	to(500, 250)
	if lines := after(x, p, "a"); has(lines, "turned") {
		t.Errorf("the camera follows a mouse that was let go: %q", lines)
	}
	x.Do("click", "1")
	p.Expect("click 0 500 250")

	to(100, 100)
	x.Do("mousedown", "1")
	p.Expect("button 0 1 true")
	to(400, 180)
	x.Do("mouseup", "1")
	p.Expect("button 0 0 false")
	if lines := after(x, p, "b"); has(lines, "turned") || has(lines, "click") {
		t.Errorf("a press that the program took: %q", lines)
	}
	x.Close(id)
	p.End()
}

// Full screen, another size and another place of the window under a drag turn no camera, and the drag goes on by what
// the mouse moves.
func TestDragWhileTheWindowMoves(t *testing.T) {
	x, p, id := startPanel(t)
	pixel := func(what string, high float64) {
		t.Helper()
		x.Do("mousemove_relative", "1", "0")
		var yaw, pitch float64
		scan(t, p.Expect("turned"), &yaw, &pitch)
		if want := -math.Pi / high; math.Abs(yaw-want) > 1e-4 || pitch != 0 {
			t.Errorf("%s: a pixel of the mouse turns the camera by %v, %v, want %v", what, yaw, pitch, want)
		}
	}
	x.Do("windowmove", "--sync", id, "500", "300")
	x.Do("mousemove", "--sync", "--window", id, "320", "180")
	after(x, p, "a")
	x.Do("mousedown", "1")
	p.Expect("button 0 1 false")
	x.Do("key", "F11")
	x.Until("a full screen of cyan", filled(1600, 900))
	pixel("full screen", 900)
	x.Do("key", "F11")
	x.Until("640×360 pixels of cyan", filled(640, 360))
	pixel("back from full screen", 360)
	x.Do("windowmove", "--sync", id, "200", "100")
	pixel("another place", 360)
	x.Do("windowsize", "--sync", id, "800", "450")
	x.Until("800×450 pixels of cyan", filled(800, 450))
	pixel("another size", 450)
	x.Do("mouseup", "1")
	p.Expect("button 0 0")
	if lines := after(x, p, "b"); has(lines, "click") || has(lines, "turned") {
		t.Errorf("after the drag: %q", lines)
	}

	// A press that does not move makes no click either, if its window went from under it.
	x.Do("mousedown", "1")
	p.Expect("button 0 1")
	x.Do("windowmove", "--sync", id, "300", "200")
	after(x, p, "c")
	x.Do("mouseup", "1")
	p.Expect("button 0 0")
	if lines := after(x, p, "d"); has(lines, "click") {
		t.Errorf("a click in a window that moved: %q", lines)
	}
	x.Close(id)
	p.End()
}

// A window that loses the focus lets go of the mouse, once, and makes no click.
func TestDragThatLosesTheFocus(t *testing.T) {
	x, p, id := startPanel(t)
	other := run(t, "panel", t.TempDir(), x.Env())
	otherID := other.Expect("window")
	other.Expect("frames")
	x.Do("windowmove", "--sync", otherID, "900", "400")
	x.Do("windowmove", "--sync", id, "100", "100")
	x.Do("windowfocus", "--sync", id)
	x.Do("mousemove", "--sync", "--window", id, "400", "180")
	after(x, p, "a")
	x.Do("mousedown", "1")
	p.Expect("button 0 1 false")
	x.Do("windowfocus", "--sync", otherID)
	p.Expect("button 0 0 false")
	x.Do("mousemove_relative", "--sync", "30", "0")
	x.Do("mouseup", "1")
	x.Do("windowfocus", "--sync", id)
	if lines := after(x, p, "b"); has(lines, "button") || has(lines, "click") || has(lines, "turned") {
		t.Errorf("after the focus was lost: %q", lines)
	}
	x.Do("click", "1")
	p.Expect("click 0 430 180")
	x.Close(id)
	p.End()
	x.Close(otherID)
	other.End()
}

// repeatsProgram prints what keys do: with a handler of repeats, after A, and without, after B.
func repeatsProgram() error {
	return Run(options, func(w *Window) error {
		again := func(k Key, _ Mods) { fmt.Println("repeat", k) }
		w.OnChar = func(r rune) { fmt.Println("char", string(r)) }
		w.OnKey = func(k Key, a Action, _ Mods) bool {
			fmt.Println("key", k, a)
			switch k {
			case 'A':
				w.OnRepeat = again
			case 'B':
				w.OnRepeat = nil
			}
			return false
		}
		return loop(w, func() {
			if full := w.FullScreen(); full {
				fmt.Println("full screen")
			}
		})
	})
}

// A key that is held acts once, but for a handler that asks for its repeats.
func TestHeldKeys(t *testing.T) {
	x := windowtest.NewScreen(t)
	p := run(t, "repeats", t.TempDir(), x.Env())
	id := p.Expect("window")
	p.Expect("frames")
	x.Focus("slotstream")
	count := func(lines []string, line string) (n int) {
		for _, s := range lines {
			if s == line {
				n++
			}
		}
		return n
	}

	x.Do("key", "a")
	x.Do("keydown", "h")
	for range 5 {
		p.Expect("repeat 72")
		p.Expect("char h")
	}
	x.Do("keyup", "h")
	p.Expect("key 72 0")
	if n := count(p.Seen, "key 72 1"); n != 1 {
		t.Errorf("a held key was pressed %d times", n)
	}

	x.Do("key", "b")
	p.Expect("key 66 0")
	from := len(p.Seen)
	x.Do("keydown", "j")
	p.Expect("key 74 1")
	time.Sleep(1500 * time.Millisecond) // the server begins to repeat it after 660 ms; too short a wait would only miss a fault
	x.Do("keyup", "j")
	p.Expect("key 74 0")
	x.Do("key", "k")
	p.Expect("key 75 0")
	lines := p.Seen[from:]
	if count(lines, "key 74 1") != 1 || count(lines, "char j") != 1 || has(lines, "repeat") {
		t.Errorf("without a handler of repeats: %q", lines)
	}
	x.Close(id)
	p.End()
}

// wakeProgram waits for longer than a test does, again and again, until others end that: goroutines by Wake, by
// SetPaused and by Close.
func wakeProgram() error {
	return Run(options, func(w *Window) error {
		const forever = 1000 * time.Hour
		begun, done := make(chan bool), make(chan bool)
		go func() { // all at once, from many goroutines, while the loop waits, and while it does not
			for range 3 {
				for range 100 {
					go w.Wake()
				}
				<-begun
				time.Sleep(20 * time.Millisecond)
				w.Wake()
			}
			<-begun
			w.SetPaused(true)
			<-begun
			w.Close()
			close(done)
		}()
		rounds := 0
		for ; w.Next(); rounds++ {
			if err := fill(w, cyan); err != nil && !errors.Is(err, render.ErrSkip) {
				return err
			}
			select {
			case begun <- true:
			default:
			}
			w.Wait(forever)
		}
		w.Wait(forever) // a window that closes does not wait
		<-done
		fmt.Println("closed", w.Paused())
		return nil
	})
}

func TestWakeAndCloseEndAWait(t *testing.T) {
	x := windowtest.NewScreen(t)
	p := run(t, "wake", t.TempDir(), x.Env())
	p.Expect("closed true")
	p.End()
}

// idleProgram draws a second of frames, nothing for two seconds, and frames again, and prints the times of its frames.
func idleProgram() error {
	return Run(options, func(w *Window) error {
		start := time.Now()
		for w.Next() {
			at := time.Since(start)
			if at > time.Second && at < 3*time.Second {
				w.Wait(50 * time.Millisecond)
				continue
			}
			if err := fill(w, cyan); err != nil && !errors.Is(err, render.ErrSkip) {
				return err
			}
			fmt.Println("took", int64(w.FrameTime()), at > 3*time.Second)
			if at > 4*time.Second {
				return nil
			}
		}
		return nil
	})
}

// The time in which a program had nothing to draw is no frame, and stands in no title.
func TestIdleTimeIsNotShown(t *testing.T) {
	x := windowtest.NewScreen(t)
	p := run(t, "idle", t.TempDir(), x.Env())
	id := x.Focus("slotstream")
	titles := map[string]bool{}
	windowtest.Wait(t, "a frame rate", func() bool {
		title := x.Do("getwindowname", id)
		titles[title] = true
		return strings.Contains(title, " fps")
	})
	windowtest.Wait(t, "none while nothing is drawn", func() bool {
		title := x.Do("getwindowname", id)
		titles[title] = true
		return title == "slotstream"
	})
	windowtest.Wait(t, "a frame rate again", func() bool {
		title := x.Do("getwindowname", id)
		titles[title] = true
		return strings.Contains(title, " fps")
	})
	p.End()
	for title := range titles {
		var fps, ms float64
		if _, stat, ok := strings.Cut(title, " · "); ok {
			if scan(t, strings.NewReplacer(" fps · ", " ", " ms", "").Replace(stat), &fps, &ms); ms > 900 {
				t.Errorf("a title of %q: the wait counts as a frame", title)
			}
		}
	}
	first := false
	for _, line := range p.Seen {
		var took int64
		var late bool
		if _, err := fmt.Sscanf(line, "took %d %t", &took, &late); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if late && !first {
			if first = true; took != 0 {
				t.Errorf("the first frame after two idle seconds took %v", time.Duration(took))
			}
		}
	}
	if !first {
		t.Error("no frame after the idle time")
	}
}

// A display may claim any resolution: the window opens, and has a scale that a display can have.
func TestResolutionsThatNoDisplayHas(t *testing.T) {
	for dpi, scale := range map[string]string{"0": "1", "auto": "1", "nan": "1", "769": "1", "120": "1.25"} {
		t.Run(dpi, func(t *testing.T) {
			x := windowtest.NewScreen(t)
			x.SetDPI(dpi)
			p := run(t, "report", t.TempDir(), x.Env())
			p.Expect("window")
			if got := p.Expect("scale"); got != scale {
				t.Errorf("a scale of %s, want %s", got, scale)
			}
			p.Expect("frames 30")
		})
	}
}

// fullDiskProgram asks for pictures that cannot be written, that can, and that come after the window closes.
func fullDiskProgram() error {
	say := func(path string, err error) {
		fmt.Println("shot", path, err)
	}
	return Run(options, func(w *Window) error {
		for _, path := range []string{"missing/a.png", "full.png", "b.png", "", ""} {
			w.Screenshot(path, say)
			w.Next()
			if err := fill(w, cyan); err != nil {
				return err
			}
		}
		w.Screenshot("missing/a.png", nil)
		w.Next()
		if err := fill(w, cyan); err != nil {
			return err
		}
		w.Screenshot("late.png", say)
		return nil
	})
}

// A screenshot reports its file or its failure to the caller.
func TestScreenshotReportsItsFailure(t *testing.T) {
	x := windowtest.NewScreen(t)
	dir := t.TempDir()
	if err := os.Symlink("/dev/full", dir+"/full.png"); err != nil {
		t.Fatal(err)
	}
	p := run(t, "full", dir, x.Env())
	for _, want := range []string{"cannot write missing/a.png: no such file", "cannot write full.png: no space left", "b.png <nil>"} {
		if got := p.Expect("shot"); !strings.Contains(got, want) {
			t.Errorf("it reports %q, want %q", got, want)
		}
	}
	names := map[string]bool{}
	for range 2 {
		name, ok := strings.CutSuffix(p.Expect("shot"), " <nil>")
		if !ok || !strings.HasPrefix(name, "slotstream-") {
			t.Errorf("it reports %q", name)
		}
		names[name] = true
	}
	if got := p.Expect("shot late.png"); !strings.Contains(got, "the window closed") {
		t.Errorf("it reports %q", got)
	}
	p.End()
	for name := range names {
		if img := windowtest.ReadPNG(t, dir+"/"+name); !filled(640, 360)(img) {
			t.Errorf("%s is not what the window showed: %s", name, x.Keep(img))
		}
	}
	if len(names) != 2 {
		t.Errorf("two screenshots have the names %v", names)
	}
}
