package window_test

import (
	"errors"
	"fmt"
	"image"
	"log"
	"sync/atomic"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/overlay"
	"github.com/slotstream/slotstream/render/window"
)

func ExampleRun() {
	cubes, err := arena.New(arena.Config[mgl32.Mat4]{})
	if err != nil {
		log.Fatal(err)
	}
	cubes.Alloc(mgl32.Ident4()) // any goroutine may write it
	err = window.Run(window.Config{Title: "a cube"}, func(w *window.Window) error {
		r, err := render.New(w.Device(), render.Config{Format: w.Format()})
		if err != nil {
			return err
		}
		defer r.Release()
		mesh, err := render.NewCube(w.Device())
		if err != nil {
			return err
		}
		defer mesh.Release()
		batch, err := render.NewBatch(r, cubes, mesh, render.BatchConfig{})
		if err != nil {
			return err
		}
		defer batch.Release()

		w.Camera = new(render.NewCamera(mgl32.Vec3{}, 4))
		w.OnKey = func(k window.Key, a window.Action, _ window.Mods) bool {
			if k == window.KeyEscape {
				w.Close()
			}
			return false
		}
		for w.Next() {
			if _, err := r.Frame(w, w.Camera, batch); err != nil && !errors.Is(err, render.ErrSkip) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
}

// A program with its own keys. It draws only if there is something new to see, and another goroutine says when.
func ExampleWindow() {
	var news atomic.Bool
	err := window.Run(window.Config{Title: "still", NoKeys: true}, func(w *window.Window) error {
		r, err := render.New(w.Device(), render.Config{Format: w.Format()})
		if err != nil {
			return err
		}
		defer r.Release()
		w.Camera = new(render.NewCamera(mgl32.Vec3{}, 4))
		w.OnKey = func(k window.Key, a window.Action, _ window.Mods) bool {
			if a != window.Press {
				return false
			}
			switch k {
			case 'F':
				w.SetFullScreen(!w.FullScreen())
			case 'P':
				w.SetPaused(!w.Paused())
			case 'S':
				w.Screenshot("", func(path string, err error) { log.Print("screenshot ", path, err) })
			case 'V':
				w.SetVSync(false)
			case 'C':
				w.Capture(func(img *image.NRGBA, err error) { log.Print(img.Bounds(), err) })
			}
			return true
		}
		w.OnButton = func(b window.Button, a window.Action, _ window.Mods) bool {
			x, y := w.Cursor()
			w.SetTitle(fmt.Sprintf("pressed at %.0f, %.0f", x, y))
			return false
		}
		w.OnRepeat = func(k window.Key, _ window.Mods) { // of keys that go on while they are held
			if k == window.KeyLeft {
				w.Camera.Orbit(-0.05, 0)
			}
		}
		go func() {
			time.Sleep(time.Second) // until there is something new
			news.Store(true)
			w.Wake() // after the change that the loop looks for
		}()
		var times overlay.Times
		for seen := (render.Camera{}); w.Next(); {
			if !news.Swap(false) && *w.Camera == seen && !w.NeedsRedraw() {
				w.Wait(time.Hour)
				continue
			}
			seen = *w.Camera
			if _, err := r.Frame(w, w.Camera); err != nil && !errors.Is(err, render.ErrSkip) {
				return err
			}
			if took := w.FrameTime(); took > 0 { // not after a wait
				times.Add(took)
			}
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
}

// A program that can do without a window unlocks main's goroutine if there is no display.
func ExampleUnlock() {
	err := window.Run(window.Config{}, func(*window.Window) error { return nil })
	if errors.Is(err, window.ErrNoDisplay) {
		window.Unlock()
		log.Print("drawing to a file instead: ", err)
	}
}
