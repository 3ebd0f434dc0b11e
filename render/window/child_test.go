//go:build linux && !wayland

package window

import (
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/glfw/v3.3/glfw"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window/windowtest"
)

// Windows want the main thread, which `go test` keeps for itself. So the test binary is its own set of programs: with
// this variable set it runs one of them as main would, and the tests talk to it through events and its output.
const childVariable = "SLOTSTREAM_WINDOW_TEST_PROGRAM"

var programs = map[string]func() error{
	"report":  reportProgram,
	"open":    openProgram,
	"resizes": resizesProgram,
	"sphere":  sphereProgram,
	"abandon": abandonProgram,
	"log":     logProgram,
	"unlock":  unlockProgram,
	"nested":  nestedProgram,
	"after":   afterProgram,
	"panel":   panelProgram,
	"repeats": repeatsProgram,
	"wake":    wakeProgram,
	"idle":    idleProgram,
	"full":    fullDiskProgram,
}

func TestMain(m *testing.M) {
	name := os.Getenv(childVariable)
	if name == "" {
		os.Exit(m.Run())
	}
	if err := programs[name](); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run starts one of the programs above in a folder.
func run(t *testing.T, name, dir string, env []string) *windowtest.Program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env, cmd.Dir = append(env, childVariable+"="+name), dir
	return windowtest.Start(t, cmd)
}

var options = Config{Width: 640, Height: 360, Stats: true, Device: render.DeviceConfig{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}}

var cyan = wgpu.Color{G: 1, B: 1, A: 1}

// fill draws a frame of one colour.
func fill(w *Window, c wgpu.Color) error {
	view, err := w.Acquire()
	if err != nil {
		return err
	}
	if err := submit(w, view, c); err != nil {
		return err
	}
	return w.Present()
}

func submit(w *Window, view *wgpu.TextureView, c wgpu.Color) error {
	e, err := w.Device().GPU.CreateCommandEncoder(nil)
	if err != nil {
		return err
	}
	defer e.Release()
	pass := e.BeginRenderPass(&wgpu.RenderPassDescriptor{ColorAttachments: []wgpu.RenderPassColorAttachment{
		{View: view, LoadOp: wgpu.LoadOpClear, StoreOp: wgpu.StoreOpStore, ClearValue: c}}})
	if err := pass.End(); err != nil {
		return err
	}
	pass.Release()
	commands, err := e.Finish(nil)
	if err != nil {
		return err
	}
	defer commands.Release()
	w.Device().Queue.Submit(commands)
	return nil
}

// reportProgram fills a window and prints what happens to it.
func reportProgram() error {
	o := options
	o.Device.Logger = nil // screenshots are logged
	return Run(o, func(w *Window) error {
		camera := render.NewCamera(mgl32.Vec3{}, 10)
		w.Camera = &camera
		w.OnKey = func(k Key, a Action, m Mods) bool { fmt.Println("key", k, a, m); return k == 'X' }
		w.OnChar = func(r rune) { fmt.Println("char", string(r)) }
		w.OnButton = func(b Button, a Action, m Mods) bool { fmt.Println("button", b, a, m); return false }
		w.OnClick = func(b Button, x, y float64) { fmt.Println("click", b, x, y) }
		w.OnCursor = func(x, y float64) { fmt.Println("cursor", x, y) }
		w.OnScroll = func(dx, dy float64) bool { fmt.Println("scroll", dx, dy); return false }
		var before glfw.FocusCallback
		before = w.glfw.SetFocusCallback(func(g *glfw.Window, on bool) {
			before(g, on)
			fmt.Println("focus", on)
		})
		if w.glfw.GetAttrib(glfw.Focused) == glfw.True { // already, on a machine that was slow to come here
			fmt.Println("focus", true)
		}
		fmt.Println("window", w.glfw.GetX11Window())
		fmt.Println("scale", w.Scale())

		var frames, width, height int
		var paused, skipped bool
		seen := camera
		for w.Next() {
			err := fill(w, cyan)
			if skip := errors.Is(err, render.ErrSkip); skip != skipped {
				skipped = skip
				fmt.Println("skipped", skip)
			}
			if errors.Is(err, render.ErrSkip) {
				continue
			}
			if err != nil {
				return err
			}
			if x, y := w.Size(); x != width || y != height {
				width, height = x, y
				fmt.Println("frame", x, y, w.FullScreen())
			}
			if w.Paused() != paused {
				paused = w.Paused()
				fmt.Println("paused", paused)
			}
			if camera != seen {
				seen = camera
				fmt.Println("camera", camera.Yaw, camera.Pitch, camera.Distance, camera.Target.Len())
			}
			if frames++; frames == 30 {
				fmt.Println("frames", frames)
				frames = 0
			}
		}
		fmt.Println("closed")
		return nil
	})
}

// openProgram opens a window and says what came of it.
func openProgram() error {
	err := Run(options, func(*Window) error { return nil })
	fmt.Println("no display:", errors.Is(err, ErrNoDisplay))
	return err
}

// logProgram logs from another goroutine while a display is opened in vain, and says how many of the lines came out.
func logProgram() error {
	var out strings.Builder // the logger locks
	log.SetOutput(&out)
	log.SetFlags(0)
	var end atomic.Bool
	var lines int
	done := make(chan bool)
	go func() {
		for ; !end.Load(); lines++ {
			log.Print("line")
		}
		close(done)
	}()
	for range 100 {
		if err := Run(options, func(*Window) error { return nil }); !errors.Is(err, ErrNoDisplay) {
			return fmt.Errorf("a display that is not there: %w", err)
		}
	}
	end.Store(true)
	<-done
	fmt.Println("lost", lines-strings.Count(out.String(), "line\n"))
	return nil
}

// unlockProgram leaves the main thread, and then wants a window all the same.
func unlockProgram() (err error) {
	defer func() {
		if said, ok := recover().(string); ok && strings.HasPrefix(said, "window: ") {
			fmt.Println("refused")
		}
	}()
	Unlock()
	for busy := 0; syscall.Gettid() == os.Getpid(); busy++ { // the main thread has the number of the process
		go func() {
			for end := time.Now().Add(time.Millisecond); time.Now().Before(end); {
			}
		}()
		runtime.Gosched()
	}
	fmt.Println("elsewhere")
	return Run(options, func(*Window) error { return nil })
}

// nestedProgram opens a window within a window's loop, which is refused, and goes on with the first; then it opens
// one after the other.
func nestedProgram() error {
	inside := func() (said string) {
		defer func() { said, _ = recover().(string) }()
		return fmt.Sprint(Run(options, func(*Window) error { return nil }))
	}
	for range 3 {
		err := Run(options, func(w *Window) error {
			fmt.Println("within:", inside())
			for range 3 {
				w.Next()
				if err := fill(w, cyan); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	fmt.Println("survived")
	return nil
}

// afterProgram waits for a moment that has passed, and goes on with a window whose Run is over. A mistake here ends the
// process: GLFW and wgpu abort.
func afterProgram() error {
	var kept *Window
	err := Run(options, func(w *Window) error {
		kept = w
		for w.Next() {
			w.Wait(-time.Second)
			w.Wait(0)
			if err := fill(w, cyan); err != nil {
				return err
			}
			w.Close()
		}
		return nil
	})
	if err != nil {
		return err
	}
	late := func() {
		for _, use := range []struct {
			name string
			do   func()
		}{
			{"Next", func() { kept.Next() }},
			{"Wait", func() { kept.Wait(0) }},
			{"Acquire", func() { kept.Acquire() }},
			{"Present", func() { kept.Present() }},
			{"SetTitle", func() { kept.SetTitle("late") }},
			{"FullScreen", func() { kept.FullScreen() }},
			{"FullScreen", func() { kept.SetFullScreen(true) }},
			{"Scale", func() { kept.Scale() }},
			{"Cursor", func() { kept.Cursor() }},
			{"Capture", func() { kept.Capture(nil) }},
			{"Screenshot", func() { kept.Screenshot("late.png", nil) }},
		} {
			func() {
				defer func() {
					if said, want := fmt.Sprint(recover()), "window: "+use.name+" after Run"; !strings.HasPrefix(said, want) {
						fmt.Fprintf(os.Stderr, "it says %q, want %q\n", said, want)
						os.Exit(1)
					}
				}()
				use.do()
			}()
		}
		kept.Close()
		kept.Wake()
		kept.SetPaused(true)
		kept.Size()
	}
	late()
	if err := Run(options, func(*Window) error { late(); return nil }); err != nil { // the first is over, the second is not
		return err
	}
	fmt.Println("survived")
	return nil
}

// scene draws a red sphere, multisampled, in the middle of a window.
type scene struct {
	renderer *render.Renderer
	mesh     *render.Mesh
	batch    *render.Batch[mgl32.Mat4]
	camera   render.Camera
}

func newScene(w *Window) (*scene, error) {
	r, err := render.New(w.Device(), render.Config{Format: w.Format(), MSAA: 4})
	if err != nil {
		return nil, err
	}
	mesh, err := render.NewSphere(w.Device(), 64, 32)
	if err != nil {
		return nil, err
	}
	a, err := arena.New(arena.Config[mgl32.Mat4]{})
	if err != nil {
		return nil, err
	}
	if _, err := a.Alloc(mgl32.Ident4()); err != nil {
		return nil, err
	}
	batch, err := render.NewBatch(r, a, mesh, render.BatchConfig{Shade: "fn shade(p: Point) -> vec4f { return vec4f(1.0, 0.0, 0.0, 1.0); }"})
	if err != nil {
		return nil, err
	}
	return &scene{r, mesh, batch, render.NewCamera(mgl32.Vec3{}, 1.5)}, nil
}

func (s *scene) frame(w *Window) error {
	_, err := s.renderer.Frame(w, &s.camera, s.batch)
	return err
}

func (s *scene) release() {
	s.batch.Release()
	s.mesh.Release()
	s.renderer.Release()
}

// sphereProgram shows the scene and prints each size that it drew.
func sphereProgram() error {
	return Run(options, func(w *Window) error {
		s, err := newScene(w)
		if err != nil {
			return err
		}
		defer s.release()
		fmt.Println("window", w.glfw.GetX11Window())
		width, height := 0, 0
		for w.Next() {
			if err := s.frame(w); err != nil {
				return err
			}
			if x, y := w.Size(); x != width || y != height {
				width, height = x, y
				fmt.Println("frame", x, y)
			}
		}
		return nil
	})
}

// resizesProgram resizes its window 250 times and prints the memory in use after 50 and after 250.
func resizesProgram() error {
	return Run(options, func(w *Window) error {
		s, err := newScene(w)
		if err != nil {
			return err
		}
		defer s.release()
		for i := range 110 {
			resized := false
			w.OnResize = func(int, int) { resized = true }
			w.glfw.SetSize(200+i*37%700, 200+i*23%400)
			for !resized && w.Next() {
				if err := s.frame(w); err != nil {
					return err
				}
			}
			if i == 49 || i == 109 {
				fmt.Println("resident", resident())
			}
		}
		return nil
	})
}

// resident is the memory of this process, in kB.
func resident() int {
	debug.FreeOSMemory()
	b, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); f[0] == "VmRSS:" {
			kB, _ := strconv.Atoi(f[1])
			return kB
		}
	}
	return 0
}

// abandonProgram acquires frames that it does not present, as a failing frame does, and opens a second window after
// the first. A mistake here ends the process: wgpu aborts.
func abandonProgram() error {
	for range 2 {
		err := Run(options, func(w *Window) error {
			for range 10 {
				w.Next()
				view, err := w.Acquire()
				if err != nil {
					return err
				}
				again, err := w.Acquire()
				if err != nil {
					return err
				}
				if view != again {
					return errors.New("an abandoned frame was not given again")
				}
				w.SetVSync(w.cfg.NoVSync) // the other way; a new configuration throws the frame away
				if err := fill(w, cyan); err != nil {
					return err
				}
				if _, err := w.Acquire(); err != nil {
					return err
				}
				w.surface.drop()
				w.surface.config = swapchain{} // as after a lost surface
				if err := fill(w, cyan); err != nil {
					return err
				}
			}
			_, err := w.Acquire() // and the window closes on an acquired frame
			return err
		})
		if err != nil {
			return err
		}
	}
	fmt.Println("survived")
	return nil
}
