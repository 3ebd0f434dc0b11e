package windowtest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/internal/rendertest"
)

// The screen's size in pixels.
const Width, Height = 1600, 900

// Screen is an X server with a window manager, for one test. It ends with the test.
type Screen struct {
	t       testing.TB
	display string
	dir     string // the server maps its screen to a file in it
	manager *exec.Cmd
	kept    int // pictures
}

// NewScreen starts a server and its window manager.
func NewScreen(t testing.TB) *Screen {
	t.Helper()
	for _, tool := range []string{"Xvfb", "openbox", "xdotool", "setxkbmap"} {
		if _, err := exec.LookPath(tool); err != nil {
			rendertest.Missing(t, err)
		}
	}
	s := &Screen{t: t, dir: t.TempDir()}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", Width, Height),
		"-nolisten", "tcp", "-noreset", "-fbdir", s.dir)
	server.ExtraFiles = []*os.File{w}
	start(t, server)
	w.Close()
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb did not start: %v", err)
	}
	s.display = ":" + strings.TrimSpace(number)

	r, w, err = os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s.manager = exec.Command("openbox", "--sm-disable", "--startup", "echo ready")
	s.manager.Env = s.Env()
	s.manager.Stdout = w
	start(t, s.manager)
	w.Close()
	if _, err := bufio.NewReader(r).ReadString('\n'); err != nil {
		t.Fatalf("openbox did not start: %v", err)
	}
	return s
}

// Env returns this process's environment, with the display in it.
func (s *Screen) Env() []string {
	return append(os.Environ(), "DISPLAY="+s.display, "WAYLAND_DISPLAY=")
}

// CrashManager kills the window manager. The screen goes on naming it.
func (s *Screen) CrashManager() {
	s.t.Helper()
	if err := s.manager.Process.Kill(); err != nil {
		s.t.Fatal(err)
	}
	s.manager.Wait()
}

// Do makes real events: xdotool types and clicks through the server's XTEST extension. It returns xdotool's output.
func (s *Screen) Do(args ...string) string {
	s.t.Helper()
	said, err := s.xdotool(args...)
	if err != nil {
		s.t.Fatalf("xdotool %s: %v: %s", strings.Join(args, " "), err, said)
	}
	return said
}

func (s *Screen) xdotool(args ...string) (said string, err error) {
	c := exec.Command("xdotool", args...)
	c.Env = s.Env()
	out, err := c.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// Focus waits for a window whose title matches a pattern, gives it the keyboard, and returns its number.
func (s *Screen) Focus(title string) (window string) {
	s.t.Helper()
	Wait(s.t, "a window named "+title, func() bool {
		// xdotool looks at all windows one after the other, and fails if any of them ends meanwhile.
		found, err := s.xdotool("search", "--onlyvisible", "--name", title)
		window, _, _ = strings.Cut(found, "\n")
		return err == nil
	})
	s.Do("windowfocus", "--sync", window)
	return window
}

// Close makes the window manager ask a window to close, as its button does, and waits until the window is gone. A key
// that is pressed while the window manager gives the keyboard to the window is lost, so it is pressed again.
func (s *Screen) Close(window string) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		s.try("windowactivate", window)
		s.try("key", "alt+F4")
		for again := time.Now().Add(time.Second); time.Now().Before(again); {
			if !s.try("getwindowname", window) {
				return
			}
		}
	}
	s.t.Fatalf("window %s never closed", window)
}

// try is Do, but a failure is a result: the window is gone.
func (s *Screen) try(args ...string) bool {
	_, err := s.xdotool(args...)
	return err == nil
}

// Place returns where the inside of a window is on the screen. It moves the mouse out of the way, to the top left
// corner of the screen: the screen shows the mouse, too.
func (s *Screen) Place(window string) image.Rectangle {
	s.t.Helper()
	// The place of getwindowgeometry is wrong: it has the width of the frame in it twice.
	s.Do("mousemove", "--sync", "--window", window, "0", "0")
	at := s.numbers("getmouselocation", "--shell")
	size := s.numbers("getwindowgeometry", "--shell", window)
	s.Do("mousemove", "0", "0")
	return image.Rect(0, 0, size["WIDTH"], size["HEIGHT"]).Add(image.Pt(at["X"], at["Y"]))
}

// numbers returns the lines NAME=NUMBER that xdotool prints.
func (s *Screen) numbers(args ...string) map[string]int {
	s.t.Helper()
	found := map[string]int{}
	for _, line := range strings.Fields(s.Do(args...)) {
		name, value, _ := strings.Cut(line, "=")
		found[name], _ = strconv.Atoi(value)
	}
	return found
}

// SetDPI sets the resource Xft.dpi, by which desktops tell programs the display's resolution. It sends a ChangeProperty
// request itself (https://www.x.org/releases/X11R7.7/doc/xproto/x11protocol.html), since make deps installs no tool for
// it.
func (s *Screen) SetDPI(dpi string) {
	s.t.Helper()
	c, err := net.Dial("unix", "/tmp/.X11-unix/X"+s.display[1:])
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	order := binary.LittleEndian
	c.Write([]byte{'l', 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	header := make([]byte, 8)
	if _, err := io.ReadFull(c, header); err != nil || header[0] != 1 {
		s.t.Fatalf("the X server refused: %v %v", header, err)
	}
	setup := make([]byte, 4*int(order.Uint16(header[6:])))
	if _, err := io.ReadFull(c, setup); err != nil {
		s.t.Fatal(err)
	}
	vendor, formats := int(order.Uint16(setup[16:])), int(setup[21])
	root := order.Uint32(setup[32+(vendor+3)&^3+8*formats:])

	value := fmt.Appendf(nil, "Xft.dpi:\t%s\n", dpi)
	length := uint32(len(value))
	for len(value)%4 != 0 {
		value = append(value, 0)
	}
	const changeProperty, resourceManager, stringType = 18, 23, 31
	request := []byte{changeProperty, 0}
	request = order.AppendUint16(request, uint16(6+len(value)/4))
	for _, v := range []uint32{root, resourceManager, stringType, 8, length} {
		request = order.AppendUint32(request, v)
	}
	const getInputFocus = 43 // the answer to it says that the server has done what came before
	c.Write(append(append(request, value...), getInputFocus, 0, 1, 0))
	if _, err := io.ReadFull(c, make([]byte, 32)); err != nil {
		s.t.Fatal(err)
	}
}

// Layout gives the keyboard another layout, such as "de" or "us(dvorak)".
func (s *Screen) Layout(name string) {
	s.t.Helper()
	c := exec.Command("setxkbmap", name)
	c.Env = s.Env()
	if out, err := c.CombinedOutput(); err != nil {
		s.t.Fatalf("setxkbmap %s: %v: %s", name, err, out)
	}
}

// Image returns a picture of the screen. (The server maps it as an X window dump of 32 bits a pixel: XWDFile.h.)
func (s *Screen) Image() *image.NRGBA {
	s.t.Helper()
	dump, err := os.ReadFile(filepath.Join(s.dir, "Xvfb_screen0"))
	if err != nil {
		s.t.Fatal(err)
	}
	header := func(i int) int { return int(binary.BigEndian.Uint32(dump[4*i:])) }
	const colour = 12 // bytes of a colour map entry
	width, height, stride := header(4), header(5), header(12)
	pixels := dump[header(0)+header(19)*colour:]
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		from, to := pixels[y*stride:][:4*width], img.Pix[y*img.Stride:][:4*width]
		for i := 0; i < len(to); i += 4 {
			to[i], to[i+1], to[i+2], to[i+3] = from[i+2], from[i+1], from[i], 255
		}
	}
	return img
}

// Until waits until the screen looks right, and returns that picture. The server shows a frame a little later than the
// program presents it.
func (s *Screen) Until(what string, right func(*image.NRGBA) bool) *image.NRGBA {
	s.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		img := s.Image()
		if right(img) {
			return img
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("the screen never showed %s: %s", what, s.Keep(img))
		}
	}
}

// Keep saves a picture for a person who looks into a failure, and returns its path.
func (s *Screen) Keep(img image.Image) string {
	s.kept++
	path := filepath.Join(os.TempDir(), fmt.Sprintf("%s-%d.png", strings.ReplaceAll(s.t.Name(), "/", "-"), s.kept))
	if err := render.WritePNG(path, img); err != nil {
		return err.Error()
	}
	return path
}
