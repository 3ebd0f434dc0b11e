package window_test

import (
	"errors"
	"fmt"
	"image"
	"log"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window"
)

func ExampleRun() {
	cubes, err := arena.New(arena.Config[mgl32.Mat4]{})
	if err != nil {
		log.Fatal(err)
	}
	cubes.Alloc(mgl32.Ident4()) // and write to it from any goroutine
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

// A program of one's own keys, which draws only when there is something new to see.
func ExampleWindow() {
	moving := false // whatever else makes a frame worth drawing
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
				w.Screenshot("still.png")
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
		for seen := (render.Camera{}); w.Next(); {
			if !moving && *w.Camera == seen && !w.Exposed() {
				w.Wait(time.Second)
				continue
			}
			seen = *w.Camera
			if _, err := r.Frame(w, w.Camera); err != nil && !errors.Is(err, render.ErrSkip) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
}

// A program that can do without a window leaves the main thread where there is none.
func ExampleUnlock() {
	err := window.Run(window.Config{}, func(*window.Window) error { return nil })
	if errors.Is(err, window.ErrNoDisplay) {
		window.Unlock()
		log.Print("drawing to a file instead: ", err)
	}
}
