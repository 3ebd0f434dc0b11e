// Package window shows frames in a window: a render.Target for a display.
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
// Windowing systems want their calls on the thread that main runs on. Importing this package locks the main
// goroutine to that thread, and Run, which must be called from main, runs the loop there; other goroutines go on
// where they like. The lock has a price, window or not: a change between main and another goroutine takes one between
// two threads, many times as long. A program that finds that it shows no window calls Unlock.
// A Window is for the loop alone, except where a method says otherwise.
//
// Sizes and mouse positions are in physical pixels, from the top left corner, whatever the scale of the display.
//
// Linux windows are X11's; a build with the tag "wayland" makes Wayland's. It is the only package of slotstream
// that imports GLFW, so that programs without a window need no X11 headers.
package window
