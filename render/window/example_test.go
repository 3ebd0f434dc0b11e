package window_test

import (
	"errors"
	"log"

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
