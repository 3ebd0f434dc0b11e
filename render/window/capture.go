//go:build cgo

package window

import (
	"errors"
	"image"
	"log/slog"
	"time"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/render"
)

// A capture takes one frame as a picture: the frame is drawn offscreen, in the window's size and format, and the
// window keeps showing the one before. (Not every system lets one read a window's own frames.)
type capture struct {
	done    func(*image.NRGBA, error) // whoever waits for the picture, or nil
	picture *render.Offscreen         // between acquire and deliver
}

var errClosed = errors.New("window: the window closed before the next frame")

// Capture hands the next frame to done, as a picture with straight alpha, inside that frame's Present; or an error,
// also where the window closes first. A second call before that replaces the first.
func (w *Window) Capture(done func(*image.NRGBA, error)) {
	w.check("Capture")
	w.capture.done = done
}

// Screenshot saves the next frame as a PNG file and logs where, or why it could not.
func (w *Window) Screenshot(path string) {
	w.Capture(func(img *image.NRGBA, err error) {
		if err == nil {
			err = render.WritePNG(path, img)
		}
		if err != nil {
			w.logger().Error("screenshot", "error", err)
			return
		}
		w.logger().Info("screenshot", "file", path)
	})
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

func (w *Window) logger() *slog.Logger {
	if l := w.options.Device.Logger; l != nil {
		return l
	}
	return slog.Default()
}

// screenshotName is a name in the working directory that sorts by time.
func screenshotName(t time.Time) string {
	return "slotstream-" + t.Format("20060102-150405.000") + ".png"
}
