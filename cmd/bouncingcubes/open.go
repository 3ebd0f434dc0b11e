//go:build cgo

package main

import (
	"errors"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/demo"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/options"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window"
)

// deviceConfig says which adapter the options ask for.
func deviceConfig(o options.Options) render.DeviceConfig {
	return render.DeviceConfig{Power: render.PowerHigh, Adapter: o.Adapter, Backend: o.Backend}
}

// openWindow opens a window and its device for f. It reports whether that went well: an error before it is one of the
// display, whatever its kind.
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

// openOffscreen opens a device and a picture for f.
func openOffscreen(o options.Options, f func(d *render.Device, target *render.Offscreen) error) error {
	if o.Bench.On && o.Bench.Free {
		demo.GiveWay() // this thread stays locked, as it does with a window
	} else {
		window.Unlock() // there will be none
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

// badAdapter makes a fault of the command line of an adapter or backend that was named and is not there. None at all
// stays a fault of the machine.
func badAdapter(o options.Options, err error) error {
	if errors.Is(err, render.ErrNoAdapter) && (o.Adapter != "" || o.Backend != "") {
		return options.UsageError{Err: err}
	}
	return err
}
