package native

import (
	"syscall/js"

	"github.com/cogentcore/webgpu/wgpu"
)

// Wait returns when the GPU has done everything that was submitted to d.
func Wait(d *wgpu.Device) {
	_, _ = await(deviceObject.Of(d).Get("queue").Call("onSubmittedWorkDone")) // a lost device is done, too
}

// Flush does nothing: a browser begins queue writes by itself, and frees what is destroyed.
func Flush(*wgpu.Device) {}

// A Fence tells when the GPU has done the work that was submitted before Set. The zero Fence is done.
type Fence struct {
	done   chan struct{} // closed when it is
	signal js.Func       // closes done; made by the first Set
}

// Set makes the fence wait for everything that was submitted to d so far. The fence must be done.
func (f *Fence) Set(d *wgpu.Device) {
	if f.done == nil {
		f.signal = js.FuncOf(func(js.Value, []js.Value) any { close(f.done); return nil })
	}
	f.done = make(chan struct{})
	deviceObject.Of(d).Get("queue").Call("onSubmittedWorkDone").Call("then", f.signal, f.signal)
}

// Done reports whether the GPU has done the work. It does not wait. The answer changes only while the browser's event
// loop runs: when all goroutines wait.
func (f *Fence) Done() bool {
	select {
	case <-f.done:
		return true
	default:
		return f.done == nil
	}
}

// Wait returns when the GPU has done the work.
func (f *Fence) Wait() {
	if f.done != nil {
		<-f.done
	}
}

// Release waits, and frees the callback.
func (f *Fence) Release() {
	f.Wait()
	if f.done != nil {
		f.signal.Release()
	}
	*f = Fence{}
}
