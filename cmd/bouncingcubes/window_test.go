//go:build linux && cgo && !wayland

package main

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slotstream/slotstream/render/overlay"
	"github.com/slotstream/slotstream/render/window/windowtest"
)

// A demoWindow is the program in a window on a screen of its own. The test sees and uses it as a user does.
type demoWindow struct {
	*windowtest.Screen
	*windowtest.Program
	t      *testing.T
	dir    string // its working directory
	window string
	place  image.Rectangle // of the window, on the screen
}

// launch starts the program; startDemo also waits until its window is drawn.
func launch(t *testing.T, args ...string) *demoWindow {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return launched(t, self, args...)
}

func launched(t *testing.T, program string, args ...string) *demoWindow {
	t.Helper()
	d := &demoWindow{Screen: windowtest.NewScreen(t), t: t, dir: t.TempDir()}
	cmd := exec.Command(program, append([]string{"-window", "-size", "800x500"}, args...)...)
	cmd.Env, cmd.Dir = append(d.Env(), beProgram+"=1"), d.dir
	d.Program = windowtest.Start(t, cmd)
	return d
}

func startDemo(t *testing.T, args ...string) *demoWindow {
	t.Helper()
	return launch(t, args...).drawn("^bouncing cubes")
}

// startViewer is startDemo for slotview.
func startViewer(t *testing.T, args ...string) *demoWindow {
	t.Helper()
	return launched(t, slotview(t), args...).drawn("^slotview")
}

// drawn waits until the window of that title is drawn.
func (d *demoWindow) drawn(title string) *demoWindow {
	d.t.Helper()
	d.window = d.Focus(title)
	d.place = d.Place(d.window)
	d.until("a drawn window", func(img *image.NRGBA) bool { return len(colors(img, d.scene())) > 20 })
	return d
}

const edge = 16 // pixels between the window's border and the overlay

// panel returns the part of the window that the overlay may cover, scene the rest.
func (d *demoWindow) panel() image.Rectangle {
	r := d.place
	r.Max.X = r.Min.X + edge + overlay.HUDWidth
	return r
}

func (d *demoWindow) scene() image.Rectangle {
	r := d.place
	r.Min.X += edge + overlay.HUDWidth
	return r
}

// lastLine returns the place of the last line of the state in a picture of the window.
func (d *demoWindow) lastLine(img *image.NRGBA) image.Rectangle {
	d.t.Helper()
	x, y := d.place.Min.X+edge+4, d.place.Min.Y+edge+8
	for below := img.NRGBAAt(x, d.place.Max.Y-2); img.NRGBAAt(x, y) != below; y++ {
		if y == d.place.Max.Y {
			d.t.Fatalf("the panel has no end: %s", d.Keep(img))
		}
	}
	return image.Rect(x, y-30, d.scene().Min.X, y-6)
}

func (d *demoWindow) until(what string, right func(*image.NRGBA) bool) *image.NRGBA {
	d.t.Helper()
	return d.Until(what, right)
}

// press presses a key.
func (d *demoWindow) press(key string) { d.t.Helper(); d.Do("key", key) }

// title waits for a title that matches, and returns the parts in parentheses as numbers.
func (d *demoWindow) title(pattern string) []int {
	d.t.Helper()
	var last string
	var found []int
	windowtest.Wait(d.t, "the title "+pattern, func() bool {
		last = d.Do("getwindowname", d.window)
		m := regexp.MustCompile(pattern).FindStringSubmatch(last)
		for _, text := range m[min(1, len(m)):] {
			n, _ := strconv.Atoi(strings.ReplaceAll(text, ",", ""))
			found = append(found, n)
		}
		return m != nil
	})
	return found
}

// still waits until the scene stands still, and returns the picture. Either the graph in the overlay, which every frame
// changes, has changed several times and the scene has not. Or nothing has changed for so long that the window draws no
// more frames.
func (d *demoWindow) still() *image.NRGBA {
	d.t.Helper()
	const enough, drawsNoMore = 5, 3 * time.Second // six times as long as it goes on after a change
	var first, last *image.NRGBA
	var since time.Time
	changes := 0
	return d.until("a scene that stands still", func(img *image.NRGBA) bool {
		if first == nil || !same(first, img, d.scene()) {
			first, last, changes, since = img, img, 0, time.Now()
		} else if !same(last, img, d.panel()) {
			last, since = img, time.Now()
			changes++
		}
		return changes >= enough || time.Since(since) > drawsNoMore
	})
}

// changed waits until the scene differs from that in a picture.
func (d *demoWindow) changed(what string, from *image.NRGBA) *image.NRGBA {
	d.t.Helper()
	return d.until(what, func(img *image.NRGBA) bool { return !same(from, img, d.scene()) })
}

// close closes the window as its button does, and waits until the program ends with status 0.
func (d *demoWindow) close() {
	d.t.Helper()
	d.Close(d.window)
	d.End()
}

func same(a, b *image.NRGBA, within image.Rectangle) bool {
	for y := within.Min.Y; y < within.Max.Y; y++ {
		from, to := a.PixOffset(within.Min.X, y), a.PixOffset(within.Max.X, y)
		if !slices.Equal(a.Pix[from:to], b.Pix[from:to]) {
			return false
		}
	}
	return true
}

// colors counts the pixels of each colour.
func colors(img *image.NRGBA, within image.Rectangle) map[color.NRGBA]int {
	found := map[color.NRGBA]int{}
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for x := within.Min.X; x < within.Max.X; x++ {
			found[img.NRGBAAt(x, y)]++
		}
	}
	return found
}

// hue returns the hue of a colour in degrees, and whether the colour is strong enough to have one.
func hue(c color.NRGBA) (degrees float64, marked bool) {
	r, g, b := float64(c.R), float64(c.G), float64(c.B)
	degrees = math.Mod(math.Atan2(math.Sqrt(3)*(g-b), 2*r-g-b)*180/math.Pi+360, 360)
	return degrees, max(r, g, b)-min(r, g, b) > 90
}

// warm returns the fraction of the pixels with a hue that are red, orange or yellow.
func warm(img *image.NRGBA, within image.Rectangle) float64 {
	all, hits := 0, 0
	for c, n := range colors(img, within) {
		if degrees, marked := hue(c); marked {
			all += n
			if degrees < 60 || degrees > 330 {
				hits += n
			}
		}
	}
	return float64(hits) / float64(max(all, 1))
}

// Each key, in a paused world, changes what it should and nothing else, to the pixel.
func TestKeysInAWindow(t *testing.T) {
	d := startDemo(t, "-cubes", "600")
	d.press("R")
	d.changed("motion", d.Image())
	d.press("space")
	paused := d.still()
	d.press("R")
	d.changed("the start", paused)
	start := d.still()
	d.title(`600 cubes in 2 tanks · 600 awake · paused$`)

	// Cubes.
	d.press("plus")
	d.title(`1,600 cubes in 4 tanks`)
	d.changed("more tanks", start)
	more := d.still()
	d.press("KP_Add")
	d.title(`2,600 cubes in 6 tanks`)
	d.press("KP_Subtract")
	d.title(`1,600 cubes in 4 tanks`)
	d.until("the four tanks again", func(img *image.NRGBA) bool { return same(more, img, d.scene()) })
	d.press("minus")
	d.title(`600 cubes in 2 tanks`)
	d.until("the two tanks again", func(img *image.NRGBA) bool { return same(start, img, d.scene()) })

	// Colours. All cubes are awake here.
	worker := func() *image.NRGBA { d.press("c"); d.changed("colours by worker", start); return d.still() }()
	if n := len(colors(worker, d.scene())); n >= len(colors(start, d.scene())) {
		t.Errorf("%d colours by worker, more than by cube: %s", n, d.Keep(worker))
	}
	d.press("c")
	d.changed("colours by sleep", worker)
	if awake := d.still(); warm(awake, d.scene()) < 0.99 {
		t.Errorf("awake cubes are not all warm: %s", d.Keep(awake))
	}
	d.press("c")
	d.until("colours of what moved", func(img *image.NRGBA) bool { return warm(img, d.scene()) > 0.99 })
	d.press("c")
	d.until("a colour for each cube again", func(img *image.NRGBA) bool { return same(start, img, d.scene()) })

	// Panels. Here the keys are to the right of the state, since there is no room below it.
	d.press("h")
	d.changed("the keys", start)
	d.press("h")
	d.until("no keys", func(img *image.NRGBA) bool { return same(start, img, d.scene()) })
	corner := image.Rect(0, 0, 8, 8).Add(d.place.Min).Add(image.Pt(edge+4, edge+4))
	ground := start.NRGBAAt(d.place.Min.X+2, d.place.Min.Y+2)
	d.press("o")
	d.until("no overlay", func(img *image.NRGBA) bool { return colors(img, corner)[ground] == 64 })
	d.press("o")
	d.until("the overlay", func(img *image.NRGBA) bool {
		return colors(img, corner)[ground] == 0 && same(start, img, d.scene())
	})

	// An explosion and a screenshot show a message, also while the world is paused. Then full screen.
	line := d.lastLine(start)
	d.press("e")
	d.until("a word about the explosion", func(img *image.NRGBA) bool { return !same(start, img, line) })
	d.until("the state again", func(img *image.NRGBA) bool { return same(start, img, line) })
	d.press("s")
	d.until("a word about the screenshot", func(img *image.NRGBA) bool { return !same(start, img, line) })
	var shots []string
	windowtest.Wait(t, "a screenshot", func() bool {
		shots, _ = filepath.Glob(filepath.Join(d.dir, "slotstream-*.png"))
		return len(shots) == 1
	})
	d.press("F11")
	d.until("a full screen", func(img *image.NRGBA) bool {
		// Not the upper left, where the mouse may be.
		return img.NRGBAAt(windowtest.Width-3, 2) == ground && img.NRGBAAt(2, windowtest.Height-3) == ground &&
			img.NRGBAAt(windowtest.Width-3, windowtest.Height-3) == ground
	})
	d.press("F11")
	d.until("the window again", func(img *image.NRGBA) bool { return same(start, img, d.scene()) })

	d.press("space")
	d.changed("motion", start)
	d.close()
	if shot := windowtest.ReadPNG(t, shots[0]); shot.Bounds().Size() != d.place.Size() || !sameAt(shot, start, d.scene(), d.place.Min) {
		t.Errorf("the screenshot %v is not what the screen showed: %s, %s", shot.Bounds(), d.Keep(shot), d.Keep(start))
	}
}

// sameAt reports whether a picture of the window equals that on the screen.
func sameAt(shot image.Image, screen *image.NRGBA, within image.Rectangle, at image.Point) bool {
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for x := within.Min.X; x < within.Max.X; x++ {
			if color.NRGBAModel.Convert(shot.At(x-at.X, y-at.Y)) != screen.NRGBAAt(x, y) {
				return false
			}
		}
	}
	return true
}

// Cubes come to rest. A click wakes the cube under the mouse, and E wakes all cubes.
func TestRestPushAndExplodeInAWindow(t *testing.T) {
	d := startDemo(t, "-cubes", "40")
	d.press("c")
	d.press("c") // colours by sleep
	d.title(`· 0 awake$`)
	asleep := d.still()
	if w := warm(asleep, d.scene()); w > 0 {
		t.Errorf("%v of the sleepers are warm: %s", w, d.Keep(asleep))
	}

	// The lowest cool pixel is of a cube that no other cube hides.
	cool := func(c color.NRGBA) bool { return int(c.B) > int(c.R)+40 }
	var at image.Point
	for y := d.place.Min.Y; y < d.place.Max.Y; y++ {
		for x := d.scene().Min.X; x < d.scene().Max.X; x++ {
			if cool(asleep.NRGBAAt(x, y)) {
				at = image.Pt(x, y-4)
			}
		}
	}
	d.Do("mousemove", fmt.Sprint(at.X), fmt.Sprint(at.Y), "click", "1")
	d.until("a cube awake", func(img *image.NRGBA) bool { return warm(img, d.scene()) > 0 })
	d.title(`· 0 awake$`)
	d.changed("another picture", asleep)

	d.Do("mousemove", fmt.Sprint(d.scene().Max.X-3), fmt.Sprint(d.place.Max.Y-3)) // off the tank: all of them
	before := highest(d.still(), d.scene(), cool)
	d.press("e")
	d.until("cubes in the air", func(img *image.NRGBA) bool {
		return warm(img, d.scene()) > 0.9 && highest(img, d.scene(), func(c color.NRGBA) bool { _, m := hue(c); return m }) < before-50
	})
	d.title(`· 40 awake$`)
	d.close()
}

// highest returns the first line that has such a pixel.
func highest(img *image.NRGBA, within image.Rectangle, is func(color.NRGBA) bool) int {
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for x := within.Min.X; x < within.Max.X; x++ {
			if is(img.NRGBAAt(x, y)) {
				return y
			}
		}
	}
	return within.Max.Y
}

func TestFountainInAWindow(t *testing.T) {
	d := startDemo(t, "-cubes", "100", "-fountain")
	some := 0 // so many that the title, which changes twice a second, shows fewer of them when the fountain begins again
	windowtest.Wait(t, "some cubes", func() bool { some = d.title(`(\d+) cubes in 1 tank `)[0]; return some >= 30 })
	windowtest.Wait(t, "more cubes", func() bool { return d.title(`(\d+) cubes in 1 tank `)[0] > some })
	d.changed("motion", d.Image())
	d.press("r")
	windowtest.Wait(t, "an empty fountain", func() bool { return d.title(`(\d+) cubes in 1 tank `)[0] <= some })
	d.close()
}

func TestFramesEndAWindow(t *testing.T) {
	d := launch(t, "-cubes", "100", "-frames", "20", "-screenshot", "last.png")
	d.End()
	if img := windowtest.ReadPNG(t, filepath.Join(d.dir, "last.png")); img.Bounds() != image.Rect(0, 0, 800, 500) {
		t.Errorf("a picture of %v", img.Bounds())
	}
}

// A window that is closed or interrupted leaves the picture of -screenshot, with its last frame.
func TestWindowThatIsClosedLeavesItsPicture(t *testing.T) {
	for _, end := range []func(d *demoWindow){
		func(d *demoWindow) { d.Close(d.window) },
		func(d *demoWindow) { d.Cmd.Process.Signal(syscall.SIGINT) },
	} {
		d := startDemo(t, "-cubes", "100", "-screenshot", "last.png")
		end(d)
		d.End()
		if img := windowtest.ReadPNG(t, filepath.Join(d.dir, "last.png")); img.Bounds() != image.Rect(0, 0, 800, 500) || len(colors(img, img.Rect)) < 20 {
			t.Errorf("a picture of %v with %d colours", img.Bounds(), len(colors(img, img.Rect)))
		}
	}
}

// A picture that cannot be written is an error, also with a window.
func TestWindowWithoutRoomForItsPicture(t *testing.T) {
	env := windowtest.NewScreen(t).Env()
	display := env[len(env)-2:] // the values of the rest may mean something to a shell
	status, _, stderr := shell(t, t.TempDir(), "export "+strings.Join(display, " ")+"; ln -s /dev/full a.png; "+
		"$B -window -cubes 50 -frames 3 -size 200x100 -screenshot a.png")
	if status != 1 || !strings.Contains(stderr, "bouncingcubes: render: cannot write a.png: no space left") {
		t.Errorf("status %d: %s", status, stderr)
	}
}

func TestCtrlCEndsAWindowInOrder(t *testing.T) {
	d := startDemo(t, "-cubes", "100")
	d.Cmd.Process.Signal(syscall.SIGINT)
	d.End()
	if said := strings.ReplaceAll(d.Stderr.String(), "\n", ""); strings.Contains(said, "panic") || strings.Contains(said, "bouncingcubes:") {
		t.Errorf("stderr: %s", said)
	}
}

func TestEscapeAndQQuit(t *testing.T) {
	for _, key := range []string{"Escape", "q"} {
		d := startDemo(t, "-cubes", "100")
		d.press(key)
		d.End()
	}
}

// A key that is held acts once for a press; + goes on by steps.
func TestHeldKeysActOnce(t *testing.T) {
	d := startDemo(t, "-cubes", "100")
	d.press("space")
	d.title(`paused$`)
	for _, key := range []string{"o", "h", "c"} {
		shown := d.still()
		d.Do("keydown", key)
		pictures, last := 0, shown
		for end := time.Now().Add(1500 * time.Millisecond); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			area := d.scene() // C paints the cubes
			if key != "c" {
				area = d.panel()
				area.Min.Y += 130 // below the graph
			}
			if img := d.Image(); !same(last, img, area) {
				last = img
				pictures++
			}
		}
		d.Do("keyup", key)
		if pictures > 3 { // a frame may be seen half drawn; the keyboard repeats a key 20 times in this time
			t.Errorf("%s held: %d pictures, the last is %s", key, pictures, d.Keep(last))
		}
		d.press(key)
	}
	d.press("space")
	d.Do("keydown", "plus")
	d.title(`2,100 cubes`)
	d.Do("keyup", "plus")
	d.close()
}

// The place of + depends on the layout: on a German keyboard it is to the right of Ü.
func TestPlusOfAnotherLayout(t *testing.T) {
	d := startDemo(t, "-cubes", "100")
	d.Layout("de")
	d.press("35") // the place
	d.title(`1,100 cubes in 3 tanks`)
	d.press("61")
	d.title(`100 cubes in 1 tank `)
}

// A drag on the overlay does not reach the scene, a drag beside the overlay turns the scene, and F shows everything
// again.
func TestDragsOnPanelsAndShowEverything(t *testing.T) {
	d := startDemo(t, "-cubes", "600")
	d.press("space")
	d.press("R")
	d.title(`paused$`)
	start := d.still()
	drag := func(x, y int) {
		d.Do("mousemove", "--sync", fmt.Sprint(x), fmt.Sprint(y), "mousedown", "1")
		d.Do("mousemove", "--sync", fmt.Sprint(x+60), fmt.Sprint(y+40), "mouseup", "1")
	}
	drag(d.place.Min.X+edge+40, d.place.Min.Y+edge+40)
	d.Do("mousemove", "--sync", "0", "0")
	if now := d.still(); !same(start, now, d.scene()) {
		t.Errorf("a drag on the panel turned the scene: %s", d.Keep(now))
	}
	drag(d.scene().Min.X+100, d.place.Min.Y+200)
	d.changed("another view", start)
	d.Do("mousemove", "--sync", "0", "0")
	d.press("f")
	d.until("everything again", func(img *image.NRGBA) bool { return same(start, img, d.scene()) })
	d.press("s")
	d.close()
}

// In a replay, keys and mouse go to any moment, and a moment looks the same after any way to it.
//
// It takes 10 seconds of CPU: the CPU draws every frame of a window while the test waits for it.
func TestScrubbingInAWindow(t *testing.T) {
	dir := t.TempDir()
	if status, _, stderr := shell(t, dir, "$B"+little+"-fountain -cubes 100 -frames 720 -screenshot a.png -record a.mcap"); status != 0 {
		t.Fatal(stderr)
	}
	d := startViewer(t, filepath.Join(dir, "a.mcap"), "-from", "3")
	d.press("space")
	paused := d.still()
	d.press("Home")
	d.title(`0:00\.0 of 0:1[12]\.\d .* paused$`)
	d.changed("the beginning", paused)
	first := d.still()
	d.press("Right")
	d.title(`0:05\.0 of`)
	d.changed("five seconds on", first)
	fifth := d.still()
	d.press("End")
	d.title(`0:(?:11\.9|12\.0) of`)
	d.changed("the end", fifth)
	d.press("Home")
	d.press("Right")
	d.until("five seconds on again", func(img *image.NRGBA) bool { return same(fifth, img, d.shown()) })

	// The bar: a click, and a drag. They move the moment and not the camera.
	line := d.place.Max.Y - edge - 22
	at := func(part int) string {
		return fmt.Sprint(d.place.Min.X + edge + 66 + (d.place.Dx()-2*edge-2*66)*part/100)
	}
	d.Do("mousemove", "--sync", at(50), fmt.Sprint(line), "click", "1")
	d.title(`0:0[56]\.\d of`)
	d.Do("mousemove", "--sync", at(50), fmt.Sprint(line), "mousedown", "1")
	d.Do("mousemove", "--sync", at(30), fmt.Sprint(line-60))
	d.title(`0:03\.\d of`)
	d.Do("mousemove", "--sync", at(0), fmt.Sprint(line+5), "mouseup", "1")
	d.title(`0:00\.0 of`)
	d.Do("mousemove", "--sync", "0", "0")
	d.until("the beginning again", func(img *image.NRGBA) bool { return same(first, img, d.shown()) })

	d.press("space")
	d.title(`0:00\.[1-9] of|0:0[1-9].*of`)
	d.changed("motion", first)
	d.close()
}

// shown returns the part of the window that no panel of a replay covers.
func (d *demoWindow) shown() image.Rectangle {
	r := d.scene()
	r.Max.Y -= 2*edge + 44
	return r
}

// A recording of a window can be played, with the tanks that the user added.
func TestRecordingInAWindow(t *testing.T) {
	d := startDemo(t, "-cubes", "300", "-record", "a.mcap")
	d.press("plus")
	d.title(`1,300 cubes in 3 tanks`)
	d.press("e")
	d.changed("motion", d.Image())
	d.Cmd.Process.Signal(syscall.SIGINT)
	d.End()
	status, stdout, stderr := shell(t, d.dir, "$V -offscreen a.mcap -from 1e9 -size 320x180 -screenshot a.png")
	if status != 0 || !strings.Contains(stdout, "1,300 bodies") {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
}

// A publisher is killed, with the server in its process, and starts again at the same URL. A window that follows it
// keeps the picture meanwhile, and then shows the cubes of the new publisher.
//
// It takes 14 seconds of CPU: the CPU draws a window while three worlds come to rest, one after the other.
func TestPublisherRestartsUnderAWindow(t *testing.T) {
	one, url := publisher(t, t.TempDir(), "-cubes", "40", "-publish", "one")
	d := startViewer(t, url, "one")
	rest := func(cubes string) *image.NRGBA {
		t.Helper()
		d.title(`\D` + cubes + ` bodies of one`)
		d.still() // a world is also at rest before its first tick
		d.title(`\D` + cubes + ` bodies of one · 0 in motion`)
		return d.still()
	}
	again := func(shown *image.NRGBA, cubes string) {
		t.Helper()
		one.Cmd.Process.Kill()
		one.Cmd.Wait()
		if now := d.still(); !same(shown, now, d.scene()) {
			t.Errorf("what is shown went with its publisher: %s", d.Keep(now))
		}
		var at string
		if one, at = publisher(t, t.TempDir(), "-cubes", cubes, "-publish", "one", "-listen", url); at != url {
			t.Fatalf("it was at %s, and is at %s", url, at)
		}
	}
	first := rest("40")
	again(first, "150")
	second := rest("150")
	if same(first, second, d.scene()) {
		t.Errorf("the second publisher's cubes do not show: %s", d.Keep(second))
	}
	again(second, "40")
	if third := rest("40"); !same(first, third, d.scene()) {
		t.Errorf("the same cubes show another picture: %s", d.Keep(third))
	}
	d.close()
}
