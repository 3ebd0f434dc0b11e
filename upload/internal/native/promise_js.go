package native

import (
	"errors"
	"fmt"
	"syscall/js"

	"github.com/cogentcore/webgpu/wgpu"
)

// await waits for a promise, and returns the promise's value, or the error that rejected it.
func await(promise js.Value) (value js.Value, err error) {
	done := make(chan struct{})
	settled(promise, func(v js.Value, e error) { value, err = v, e; close(done) })
	<-done
	return value, err
}

// settled calls f when the promise is fulfilled or rejected. f runs in a callback and must not wait.
func settled(promise js.Value, f func(js.Value, error)) {
	var fulfilled, rejected js.Func
	end := func(v js.Value, err error) {
		fulfilled.Release()
		rejected.Release()
		f(v, err)
	}
	fulfilled = js.FuncOf(func(_ js.Value, args []js.Value) any { end(args[0], nil); return nil })
	rejected = js.FuncOf(func(_ js.Value, args []js.Value) any { end(js.Value{}, asError(args[0])); return nil })
	promise.Call("then", fulfilled, rejected)
}

// asError turns an error of JavaScript or of WebGPU into a Go error.
func asError(v js.Value) error {
	message := v.Get("message").String()
	if memory := js.Global().Get("GPUOutOfMemoryError"); memory.Truthy() && v.InstanceOf(memory) {
		return fmt.Errorf("%w (%s)", ErrOutOfMemory, message)
	}
	return errors.New(message)
}

// thrown makes calls, and returns what JavaScript throws meanwhile as an error.
func thrown(calls func() error) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case js.Error:
			err = asError(p.Value)
		default:
			panic(p)
		}
	}()
	return calls()
}

// Check makes calls that create something on d, and returns the first error that the browser finds in them. The
// binding's own calls return none. It waits for the browser.
func Check(d *wgpu.Device, calls func() error) error {
	v := deviceObject.Of(d)
	v.Call("pushErrorScope", "out-of-memory")
	v.Call("pushErrorScope", "validation")
	err := thrown(calls)
	scopes := []js.Value{v.Call("popErrorScope"), v.Call("popErrorScope")}
	for _, scope := range scopes {
		switch caught, lost := await(scope); {
		case err != nil:
		case lost != nil:
			err = lost
		case caught.Truthy():
			err = asError(caught)
		}
	}
	return err
}
