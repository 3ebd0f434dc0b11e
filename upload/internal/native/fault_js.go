package native

import (
	"errors"
	"fmt"
	"strings"
	"syscall/js"

	"github.com/cogentcore/webgpu/wgpu"
)

// A listener hears what a browser reports about one device, later than the call that caused it.
type listener struct {
	device js.Value
	heard  js.Func
	faults int   // errors so far
	fault  error // the first error since the last Fault
	lost   error // not nil: the device is lost, for ever
}

var listeners []*listener

// Listen begins to hear d's errors. A second call does nothing.
func Listen(d *wgpu.Device) { listen(deviceObject.Of(d)) }

func listen(device js.Value) *listener {
	for _, l := range listeners {
		if l.device.Equal(device) {
			return l
		}
	}
	l := &listener{device: device}
	l.heard = js.FuncOf(func(_ js.Value, args []js.Value) any {
		l.faults++
		if l.fault == nil {
			l.fault = oneLineOf(asError(args[0].Get("error")))
		}
		return nil
	})
	device.Call("addEventListener", "uncapturederror", l.heard)
	settled(device.Get("lost"), func(info js.Value, _ error) {
		l.lost = fmt.Errorf("%w (%s)", ErrDeviceLost, strings.TrimSpace(info.Get("message").String()))
	})
	listeners = append(listeners, l)
	return l
}

// Fault returns the first error that the browser has reported about d since the last call, and ErrDeviceLost from the
// loss of the device on.
func Fault(d *wgpu.Device) error {
	l := listen(deviceObject.Of(d))
	if l.lost != nil {
		return l.lost
	}
	err := l.fault
	l.fault = nil
	return err
}

// Faults returns how many errors the browser has reported about d so far.
func Faults(d *wgpu.Device) int { return listen(deviceObject.Of(d)).faults }

// Destroy ends d and frees its memory. The loss that follows is no fault.
func Destroy(d *wgpu.Device) {
	v := deviceObject.Of(d)
	for i, l := range listeners {
		if l.device.Equal(v) {
			v.Call("removeEventListener", "uncapturederror", l.heard)
			l.heard.Release()
			listeners = append(listeners[:i], listeners[i+1:]...)
			break
		}
	}
	v.Call("destroy")
}

// oneLineOf puts err's message on one line, and keeps what err wraps.
func oneLineOf(err error) error {
	if errors.Is(err, ErrOutOfMemory) {
		return err
	}
	return oneLine(err.Error())
}
