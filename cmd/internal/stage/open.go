//go:build cgo

package stage

import (
	"errors"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/cmd/internal/cli"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window"
)

// A Screen says where a program draws.
type Screen struct {
	Title            string // of the window
	Size             cli.Size
	VSync            bool
	NoStats          bool   // no frame rate in the title
	Window           bool   // without a display, fail by a UsageError
	Adapter, Backend string // of the GPU; empty: the best one
	Yield            bool   // offscreen too, the threads that draw give way to the others, as for a window
}

// ScreenOf returns the screen that flags ask for.
func ScreenOf(title string, p cli.Picture, g cli.GPU) Screen {
	return Screen{Title: title, Size: p.Size, VSync: p.VSync, Window: p.Window, Adapter: g.Adapter, Backend: g.Backend}
}

// ConfigOf returns the configuration of what flags say about the picture.
func ConfigOf(p cli.Picture, g cli.GPU) (c Config, err error) {
	c = Config{Frames: p.Frames, Screenshot: p.Screenshot, MSAA: p.MSAA, LookGiven: p.LookGiven}
	if err = c.Look.UnmarshalText([]byte(p.Look)); err == nil {
		err = c.Upload.UnmarshalText([]byte(g.Upload))
	}
	return c, err
}

func (s Screen) device() render.DeviceConfig {
	return render.DeviceConfig{Power: wgpu.PowerPreferenceHighPerformance, Adapter: s.Adapter, Backend: s.Backend}
}

// OpenWindow opens a window and its device, and calls f. It reports whether the window was opened. If not, the error is
// about the display or the device.
func (s Screen) OpenWindow(f func(w *window.Window) error) (opened bool, err error) {
	GiveWay()
	err = window.Run(window.Config{
		Title: s.Title, Width: s.Size.Width, Height: s.Size.Height, NoVSync: !s.VSync, Stats: !s.NoStats, Device: s.device(),
	}, func(w *window.Window) error {
		opened = true
		return f(w)
	})
	if errors.Is(err, window.ErrNoDisplay) && s.Window {
		return opened, cli.UsageError{Err: err}
	}
	return opened, s.badAdapter(err)
}

// OpenOffscreen opens a device and a picture, and calls f.
func (s Screen) OpenOffscreen(f func(d *render.Device, target *render.Offscreen) error) error {
	if s.Yield {
		GiveWay() // this thread stays locked, as with a window
	} else {
		window.Unlock() // there will be no window
	}
	d, err := render.Open(s.device())
	if err != nil {
		return s.badAdapter(err)
	}
	defer d.Release()
	target, err := render.NewOffscreen(d, s.Size.Width, s.Size.Height, 0)
	if err != nil && max(s.Size.Width, s.Size.Height) > d.MaxSize() {
		return cli.UsageError{Err: err}
	} else if err != nil {
		return err
	}
	defer target.Release()
	return f(d, target)
}

// badAdapter turns the error that an adapter is missing into a UsageError if a flag names the adapter or its backend.
func (s Screen) badAdapter(err error) error {
	if errors.Is(err, render.ErrNoAdapter) && (s.Adapter != "" || s.Backend != "") {
		return cli.UsageError{Err: err}
	}
	return err
}
