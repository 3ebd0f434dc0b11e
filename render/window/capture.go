//go:build cgo || js

package window

import (
	"errors"
	"image"
	"log/slog"
	"time"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/render"
)

// A capture takes one frame as a picture: the frame is drawn offscreen, in the window's size and format, and the window
// keeps showing the frame before. Not every system lets a program read the frames of a window.
type capture struct {
	done    func(*image.NRGBA, error) // gets the picture; nil: no capture is wanted
	picture *render.Offscreen         // from acquire to deliver
}

var errClosed = errors.New("window: capture a frame: the window closed before the next frame")

// Capture calls done with the next frame, as a picture whose colours are not premultiplied. It calls done inside that
// frame's Present, or with an error if the window closes first. A second Capture before that frame replaces the first.
func (w *Window) Capture(done func(*image.NRGBA, error)) {
	w.check("Capture")
	w.capture.done = done
}

// Screenshot saves the next frame as a PNG file at path, and then calls done with the file's path or with the error
// that kept the file from being written. If path is empty, the file is a new one in the working directory, named after
// the time, which replaces no other. done may be nil. It runs inside that frame's Present, or when the window closes
// first.
func (w *Window) Screenshot(path string, done func(path string, err error)) {
	w.check("Screenshot")
	w.Capture(func(img *image.NRGBA, err error) {
		if err == nil {
			path, err = savePNG(path, img)
		}
		if done != nil {
			done(path, err)
		}
	})
}

// screenshotName returns a name after the time, for a screenshot without a path.
func screenshotName() string {
	return "slotstream-" + time.Now().Format("20060102-150405.000") + ".png"
}

// logScreenshot is what the window itself does with the result of a screenshot.
func (w *Window) logScreenshot(path string, err error) {
	log := w.cfg.Device.Logger
	if log == nil {
		log = slog.Default()
	}
	if err != nil {
		log.Error("screenshot", "error", err)
	} else {
		log.Info("screenshot", "file", path)
	}
}

func (c *capture) wanted() bool   { return c.done != nil }
func (c *capture) acquired() bool { return c.picture != nil }

func (c *capture) acquire(d *render.Device, width, height int, format wgpu.TextureFormat) (*wgpu.TextureView, error) {
	c.release() // of a frame that was never presented
	picture, err := render.NewOffscreen(d, width, height, format)
	if err != nil {
		c.finish(nil, err)
		return nil, render.ErrSkip
	}
	c.picture = picture
	return picture.Acquire()
}

func (c *capture) deliver() { c.finish(c.picture.Image()) }

func (c *capture) finish(img *image.NRGBA, err error) {
	c.release()
	if done := c.done; done != nil {
		c.done = nil
		done(img, err)
	}
}

func (c *capture) release() {
	if c.picture != nil {
		c.picture.Release()
		c.picture = nil
	}
}
