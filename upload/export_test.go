package upload

import (
	"errors"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/internal/native"
)

var ErrInjected = errors.New("injected")

// A Faults stands between an uploader and its device and makes one call fail.
type Faults struct {
	backend
	Calls  int // made since Arm
	failAt int
}

// Inject puts a Faults before u's device.
func Inject[T any](u *Uploader[T]) *Faults {
	f := &Faults{backend: u.gpu, failAt: -1}
	u.gpu = f
	return f
}

// Arm makes the n-th call from now on fail, counted from 0, and no call if n is negative. Each write of a batch counts.
func (f *Faults) Arm(n int) { f.Calls, f.failAt = 0, n }

func (f *Faults) call() error {
	f.Calls++
	if f.Calls-1 == f.failAt {
		return ErrInjected
	}
	return nil
}

func (f *Faults) createBuffer(label string, usage wgpu.BufferUsage, bytes int) (*wgpu.Buffer, error) {
	if err := f.call(); err != nil {
		return nil, err
	}
	return f.backend.createBuffer(label, usage, bytes)
}

func (f *Faults) bindScatter(page, staging *wgpu.Buffer) (*wgpu.BindGroup, error) {
	if err := f.call(); err != nil {
		return nil, err
	}
	return f.backend.bindScatter(page, staging)
}

func (f *Faults) write(base []byte, writes []native.Write) error {
	for i := range writes {
		if err := f.call(); err != nil {
			return err
		}
		if err := f.backend.write(base, writes[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (f *Faults) dispatchScatter(dispatches []native.Dispatch) error {
	if err := f.call(); err != nil {
		return err
	}
	return f.backend.dispatchScatter(dispatches)
}

// LimitScatter lowers how many slots one scatter submit takes.
func LimitScatter[T any](u *Uploader[T], slots int) { u.limits.roundSlots = slots }

// LimitQueue sets how many bytes of writes may wait in the queue.
func LimitQueue[T any](u *Uploader[T], bytes int) { u.limits.queued = bytes }

// SetMinPage sets the size of the smallest page, in slots.
func SetMinPage[T any](u *Uploader[T], slots int) { u.minPage = slots }

// SetStrategy changes u's strategy, from the next upload on. Make u with Auto: then it can use each strategy.
func SetStrategy[T any](u *Uploader[T], s Strategy) { u.strategy = s }

// Pending returns how many ranges are pending, also after u's Release.
func Pending[T any](u *Uploader[T]) func() int {
	b := u.backlog
	return func() int { return len(b.Ranges()) }
}
