//go:build cgo

package main

import (
	"errors"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/demo"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/options"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window"
)

// deviceConfig returns the adapter that the options ask for.
func deviceConfig(o options.Options) render.DeviceConfig {
	return render.DeviceConfig{Power: wgpu.PowerPreferenceHighPerformance, Adapter: o.Adapter, Backend: o.Backend}
}

// openWindow opens a window and its device, and calls f. It reports whether the window was opened. If not, the error is
// about the display or the device.
func openWindow(o options.Options, f func(w *window.Window) error) (opened bool, err error) {
	demo.GiveWay()
	err = window.Run(window.Config{
		Title: "bouncing cubes", Width: o.Size.Width, Height: o.Size.Height, NoVSync: !o.VSync, Stats: !o.Bench.On, Device: deviceConfig(o),
	}, func(w *window.Window) error {
		opened = true
		return f(w)
	})
	if errors.Is(err, window.ErrNoDisplay) && o.Window {
		return opened, options.UsageError{Err: err}
	}
	return opened, badAdapter(o, err)
}

// openOffscreen opens a device and a picture, and calls f.
func openOffscreen(o options.Options, f func(d *render.Device, target *render.Offscreen) error) error {
	if o.Bench.On && o.Bench.Free {
		demo.GiveWay() // this thread stays locked, as with a window
	} else {
		window.Unlock() // there will be no window
	}
	d, err := render.Open(deviceConfig(o))
	if err != nil {
		return badAdapter(o, err)
	}
	defer d.Release()
	target, err := render.NewOffscreen(d, o.Size.Width, o.Size.Height, 0)
	if err != nil && max(o.Size.Width, o.Size.Height) > d.MaxSize() {
		return options.UsageError{Err: err}
	} else if err != nil {
		return err
	}
	defer target.Release()
	return f(d, target)
}

// badAdapter turns the error that an adapter is missing into a UsageError if a flag names the adapter or its backend.
func badAdapter(o options.Options, err error) error {
	if errors.Is(err, render.ErrNoAdapter) && (o.Adapter != "" || o.Backend != "") {
		return options.UsageError{Err: err}
	}
	return err
}
