// Package window opens a window and shows frames in it. A Window is a render.Target.
//
//	func main() {
//		err := window.Run(window.Config{Title: "cubes"}, func(w *window.Window) error {
//			r, err := render.New(w.Device(), render.Config{Format: w.Format()})
//			...
//			for w.Next() {
//				if _, err := r.Frame(w, &camera, batch); err != nil && !errors.Is(err, render.ErrSkip) {
//					return err
//				}
//			}
//			return nil
//		})
//		...
//	}
//
// Threads. A windowing system wants its calls on the thread that main runs on. Importing this package locks main's
// goroutine to that thread, and Run, which must be called from main's goroutine, runs the loop there. Other goroutines
// are free. The lock has a price, with or without a window: a switch between main's goroutine and another one becomes a
// switch between two threads, which takes many times as long. A program that finds that it will show no window calls
// Unlock.
//
// A Window is for the loop's goroutine. Wake, Close, Paused and SetPaused are for any goroutine.
//
// Coordinates. Sizes and mouse positions are in physical pixels, from the top left corner, at any display scale.
//
// Browsers. With GOOS=js GOARCH=wasm the same program draws in the canvas of a page, by WebGPU (examples/page.html is
// the page). Next waits until the browser shows a frame; while the page is hidden, nothing is drawn. A page has one
// thread: a goroutine that never waits stops the page. Renderer.GPUTimes has no times there.
//
// Systems. On Linux a window is X11's; with the build tag "wayland" it is Wayland's. This is the only package of
// slotstream that imports GLFW, so a program without a window needs no X11 headers.
package window
