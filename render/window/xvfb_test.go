//go:build linux && !wayland

package window

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slotstream/slotstream/render"
)

// patience bounds a wait for something that must happen; it decides nothing else.
const patience = 60 * time.Second

// xvfb is an X server of the test's own, with a window manager, and a screen of 1600×900 that can be looked at.
type xvfb struct {
	t       *testing.T
	display string
	dir     string // where the server maps its screen
	kept    int    // pictures
}

func startXvfb(t *testing.T) *xvfb {
	t.Helper()
	for _, tool := range []string{"Xvfb", "openbox", "xdotool"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is missing: make deps", tool)
			}
			t.Skipf("%s is missing: make deps", tool)
		}
	}
	x := &xvfb{t: t, dir: t.TempDir()}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1600x900x24", "-nolisten", "tcp", "-noreset", "-fbdir", x.dir)
	server.ExtraFiles = []*os.File{w}
	start(t, server)
	w.Close()
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb did not start: %v", err)
	}
	x.display = ":" + strings.TrimSpace(number)

	r, w, err = os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	manager := exec.Command("openbox", "--sm-disable", "--startup", "echo ready")
	manager.Env = x.env()
	manager.Stdout = w
	start(t, manager)
	w.Close()
	if _, err := bufio.NewReader(r).ReadString('\n'); err != nil {
		t.Fatalf("openbox did not start: %v", err)
	}
	return x
}

func (x *xvfb) env() []string { return append(os.Environ(), "DISPLAY="+x.display, "WAYLAND_DISPLAY=") }

// setDPI sets the resource that tells programs the display's resolution, as desktops do: a ChangeProperty request of
// the X11 protocol (https://www.x.org/releases/X11R7.7/doc/xproto/x11protocol.html), for want of a tool in make deps.
func (x *xvfb) setDPI(dpi int) {
	x.t.Helper()
	c, err := net.Dial("unix", "/tmp/.X11-unix/X"+x.display[1:])
	if err != nil {
		x.t.Fatal(err)
	}
	defer c.Close()
	order := binary.LittleEndian
	c.Write([]byte{'l', 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	header := make([]byte, 8)
	if _, err := io.ReadFull(c, header); err != nil || header[0] != 1 {
		x.t.Fatalf("the X server refused: %v %v", header, err)
	}
	setup := make([]byte, 4*int(order.Uint16(header[6:])))
	if _, err := io.ReadFull(c, setup); err != nil {
		x.t.Fatal(err)
	}
	vendor, formats := int(order.Uint16(setup[16:])), int(setup[21])
	root := order.Uint32(setup[32+(vendor+3)&^3+8*formats:])

	value := fmt.Appendf(nil, "Xft.dpi:\t%d\n", dpi)
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
		x.t.Fatal(err)
	}
}

// start runs c until the test ends.
func start(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
}

// do makes real events: xdotool types and clicks through the server's XTEST extension.
func (x *xvfb) do(args ...string) {
	x.t.Helper()
	c := exec.Command("xdotool", args...)
	c.Env = x.env()
	if out, err := c.CombinedOutput(); err != nil {
		x.t.Fatalf("xdotool %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

// screen reads what the server shows: an X window dump (XWDFile.h) of 32 bits a pixel.
func (x *xvfb) screen() *image.NRGBA {
	x.t.Helper()
	dump, err := os.ReadFile(filepath.Join(x.dir, "Xvfb_screen0"))
	if err != nil {
		x.t.Fatal(err)
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

// until waits for the screen to look right: what a client presented, the server shows a little later.
func (x *xvfb) until(what string, right func(*image.NRGBA) bool) *image.NRGBA {
	x.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		img := x.screen()
		if right(img) {
			return img
		}
		if time.Now().After(deadline) {
			x.t.Fatalf("the screen never showed %s: %s", what, x.keep(img))
		}
	}
}

// keep saves a picture for whoever looks into a failure.
func (x *xvfb) keep(img image.Image) string {
	x.kept++
	path := filepath.Join(os.TempDir(), fmt.Sprintf("%s-%d.png", x.t.Name(), x.kept))
	if err := render.WritePNG(path, img); err != nil {
		return err.Error()
	}
	return path
}

// program is one of the programs of child_test.go, run by this test binary on a display.
type program struct {
	t      *testing.T
	cmd    *exec.Cmd
	lines  chan string
	stderr bytes.Buffer
	seen   []string
}

func run(t *testing.T, name, dir string, env []string) *program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, cmd: exec.Command(self), lines: make(chan string, 1<<16)}
	p.cmd.Env = append(env, childVariable+"="+name)
	p.cmd.Dir = dir
	p.cmd.Stderr = &p.stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	start(t, p.cmd)
	go func() {
		defer close(p.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			p.lines <- s.Text()
		}
		io.Copy(io.Discard, out)
	}()
	return p
}

// expect reads what the program prints until a line starts with prefix, and returns the rest of that line.
func (p *program) expect(prefix string) string {
	p.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				p.cmd.Wait()
				if strings.Contains(p.stderr.String(), "no graphics adapter") && os.Getenv("CI") != "true" {
					p.t.Skip("no graphics adapter: make deps")
				}
				p.t.Fatalf("the program ended (%v) before it printed %q: %q\n%s", p.cmd.ProcessState, prefix, p.seen[max(0, len(p.seen)-20):], &p.stderr)
			}
			p.seen = append(p.seen, line)
			if rest, ok := strings.CutPrefix(line, prefix); ok {
				return strings.TrimSpace(rest)
			}
		case <-deadline:
			p.t.Fatalf("the program never printed %q: %q\n%s", prefix, p.seen[max(0, len(p.seen)-20):], &p.stderr)
		}
	}
}

// end waits for the program to end well.
func (p *program) end() {
	p.t.Helper()
	for line := range p.lines {
		p.seen = append(p.seen, line)
	}
	if err := p.cmd.Wait(); err != nil {
		p.t.Fatalf("the program failed: %v: %q\n%s", err, p.seen[max(0, len(p.seen)-20):], &p.stderr)
	}
}

func scan(t *testing.T, s string, to ...any) {
	t.Helper()
	if _, err := fmt.Sscan(s, to...); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
}
