package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/slotstream/slotstream/render/window/windowtest"
)

// start starts this program in a role.
func start(t testing.TB, role string, args ...string) (p *windowtest.Program, stdin io.Writer) {
	t.Helper()
	path, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	stdin, err = cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	return windowtest.Start(t, cmd), stdin
}

func kill(t testing.TB, p *windowtest.Program) {
	t.Helper()
	if err := p.Cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.Cmd.Wait()
}

// free returns an address that was free a moment ago: a server that is killed comes back at the same one.
func free(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// delaying passes connections on to an address. Of what comes back by a WebSocket, it holds every tenth piece for up to
// a fifth of a second, with all that follows it.
func delaying(t *testing.T, to string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer near.Close()
				far, err := net.Dial("tcp", to)
				if err != nil {
					return
				}
				defer far.Close()
				go io.Copy(far, near)
				for b, socket := make([]byte, 64<<10), false; ; {
					n, err := far.Read(b)
					if err != nil {
						return
					}
					socket = socket || bytes.HasPrefix(b[:n], []byte("HTTP/1.1 101"))
					if socket && rand.IntN(10) == 0 {
						time.Sleep(rand.N(time.Second / 5))
					}
					if _, err := near.Write(b[:n]); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

// build builds a page's program.
func build(t testing.TB, pkg string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "main.wasm")
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", path, pkg)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// chromium starts a browser for a test.
func chromium(t testing.TB, args ...string) *devtools {
	t.Helper()
	d, err := drive(t.TempDir(), args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.kill)
	return d
}

// A report is what a follower's page tells.
type report struct {
	Seq, Tick     uint64
	Epoch         string
	Slots         int
	Mirror, GPU   string
	Lost          int
	Hidden        bool
	Yaw, Distance float32
	Paused        bool
	Frames        int
	Error         string

	Age, Write, Encode [2]float64 // median and 99th percentile, in ms
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ask(t testing.TB, page *tab) (r report) {
	t.Helper()
	windowtest.Wait(t, "the page's program", func() bool {
		var there bool
		return page.eval("typeof askBy === 'function'", &there) == nil && there // an error while the page is loading
	})
	must(t, page.eval("ask()", &r))
	return r
}

// Pages have the publisher's last state, byte for byte, in the mirror and in the GPU's memory: in front, hidden, behind
// a network that holds a tenth of the messages, after the publisher, the server and the GPU were gone.
func TestPagesFollowToTheLastState(t *testing.T) {
	const slots = "3000"
	wasm := build(t, "./follower")
	natsAt, pagesAt := free(t), free(t)
	server, _ := start(t, "serve", natsAt, pagesAt, wasm)
	token := server.Expect("token ")
	publisher, stdin := start(t, "publish", "nats://secret@"+natsAt, slots)
	publisher.Expect("publishing")
	again := func() {
		publisher, stdin = start(t, "publish", "nats://secret@"+natsAt, slots)
		publisher.Expect("publishing")
	}
	rest := func() (sum string) {
		fmt.Fprintln(stdin)
		return publisher.Expect("sum ")
	}

	d := chromium(t)
	fragment := "/#follow=boxes&token=" + token
	first, err := d.tab("http://" + pagesAt + fragment)
	must(t, err)
	windowtest.Wait(t, "the first page's first frame", func() bool { return ask(t, first).Seq > 0 })
	second, err := d.tab("http://" + delaying(t, pagesAt) + fragment) // hides the first
	must(t, err)
	windowtest.Wait(t, "the second page's first frame", func() bool { return ask(t, second).Seq > 0 })

	// settled waits until both pages have the sum, each of them in front, and returns what they say.
	settled := func(what, sum string) (a, b report) {
		t.Helper()
		for page, r := range map[*tab]*report{first: &a, second: &b} {
			must(t, page.front())
			windowtest.Wait(t, what+": "+sum, func() bool { *r = ask(t, page); return r.Mirror == sum && !r.Hidden })
			if r.GPU != sum || r.Error != "" {
				t.Errorf("%s: %+v, want the sum %s on the GPU, too", what, *r, sum)
			}
		}
		return a, b
	}

	must(t, second.front())
	if r := ask(t, first); !r.Hidden {
		t.Fatalf("the first page is not hidden: %+v", r)
	}
	ticks := uint64(30 * 60)
	if testing.Short() {
		ticks = 2 * 60
	}
	for last := ask(t, second).Tick + ticks; ask(t, second).Tick < last; { // a Wait for each: thirty seconds are long for one
		before := ask(t, second).Tick
		windowtest.Wait(t, "ticks while the first page is hidden", func() bool { return ask(t, second).Tick > before })
	}
	one, _ := settled("the first page was hidden", rest())

	kill(t, publisher)
	again()
	windowtest.Wait(t, "a frame of the next publisher", func() bool { return ask(t, second).Epoch != one.Epoch })
	settled("the publisher was killed", rest())

	kill(t, server)
	kill(t, publisher)
	server, _ = start(t, "serve", natsAt, pagesAt, wasm)
	server.Expect("token ")
	again()
	settled("the server was killed", rest())

	must(t, first.eval("device.destroy()", nil))
	a, b := settled("the GPU was taken away", ask(t, second).Mirror)
	if a.Lost != 1 || b.Lost != 0 {
		t.Errorf("devices lost: %d and %d, want 1 and 0", a.Lost, b.Lost)
	}
}

// lonely returns a page that follows a name which nobody publishes.
func lonely(t *testing.T) *tab {
	t.Helper()
	natsAt, pagesAt := free(t), free(t)
	server, _ := start(t, "serve", natsAt, pagesAt, build(t, "./follower"))
	page, err := chromium(t).tab("http://" + pagesAt + "/#follow=none&token=" + server.Expect("token "))
	must(t, err)
	return page
}

// What a user does arrives through the browser: keys, the mouse, the wheel and fingers.
func TestInputThroughTheBrowser(t *testing.T) {
	page := lonely(t)
	last := ask(t, page)
	changes := func(what string, changed func(now report) bool) {
		t.Helper()
		windowtest.Wait(t, what, func() bool {
			now := ask(t, page)
			if !changed(now) {
				return false
			}
			last = now
			return true
		})
	}
	mouse := func(kind string, x, y int, more params) {
		t.Helper()
		p := params{"type": kind, "x": x, "y": y}
		for k, v := range more {
			p[k] = v
		}
		must(t, page.call("Input.dispatchMouseEvent", p, nil))
	}
	held := params{"button": "left", "buttons": 1, "clickCount": 1}
	mouse("mousePressed", 300, 200, held)
	mouse("mouseMoved", 500, 200, held)
	mouse("mouseReleased", 500, 200, params{"button": "left", "clickCount": 1})
	changes("a drag to turn the camera", func(now report) bool { return now.Yaw != last.Yaw && now.Distance == last.Distance })
	mouse("mouseWheel", 300, 200, params{"deltaX": 0, "deltaY": -200})
	changes("the wheel to zoom", func(now report) bool { return now.Distance < last.Distance && now.Yaw == last.Yaw })
	for _, kind := range []string{"keyDown", "keyUp"} {
		must(t, page.call("Input.dispatchKeyEvent", params{"type": kind, "key": " ", "code": "Space"}, nil))
	}
	changes("space to pause", func(now report) bool { return now.Paused })
	fingers := func(kind string, at ...[2]int) {
		t.Helper()
		points := []params{}
		for i, p := range at {
			points = append(points, params{"x": p[0], "y": p[1], "id": i})
		}
		must(t, page.call("Input.dispatchTouchEvent", params{"type": kind, "touchPoints": points}, nil))
	}
	fingers("touchStart", [2]int{300, 200})
	fingers("touchMove", [2]int{100, 200})
	fingers("touchEnd")
	changes("a finger to turn the camera", func(now report) bool { return now.Yaw != last.Yaw && now.Distance == last.Distance })
	fingers("touchStart", [2]int{300, 200}, [2]int{400, 200})
	fingers("touchMove", [2]int{200, 200}, [2]int{500, 200})
	fingers("touchEnd")
	changes("two fingers to zoom", func(now report) bool { return now.Distance < last.Distance && now.Yaw == last.Yaw })
}

// The canvas has a pixel for each of the screen's, also after the window came to a screen of another density, and after
// the user has zoomed the page.
func TestDensityOfTheScreen(t *testing.T) {
	page := lonely(t)
	for _, scale := range []float64{1, 2, 1.25, 0.5} {
		must(t, page.size(400, 240, scale, false))
		want := fmt.Sprintf("%v×%v", 400*scale, 240*scale)
		waitFor(t, page, "(c => c.width + '×' + c.height)(document.querySelector('canvas'))", want)
		frames := ask(t, page).Frames // since the last question
		windowtest.Wait(t, "frames of "+want, func() bool { frames += ask(t, page).Frames; return frames > 3 })
	}
}
