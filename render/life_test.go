package render_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
	"github.com/slotstream/slotstream/upload/gpu"
)

// A life is all that one draws with, made for one test.
type life struct {
	device *render.Device
	target *render.Offscreen
	r      *render.Renderer
	mesh   *render.Mesh
	batch  *render.Batch[mgl32.Mat4]
	back   *gpu.Readback
}

func newLife(t *testing.T, look render.Look) *life {
	t.Helper()
	l := &life{device: ownDevice(t)}
	s := newStage(t, l.device, 64, 64, render.Config{Look: look, Timestamps: true})
	l.target, l.r, l.mesh = s.target, s.renderer, cubeMesh(t, l.device)
	l.batch = newBatch(t, s, oneCube(t), l.mesh, render.BatchConfig{})
	var err error
	l.back, err = gpu.NewReadback(l.device.GPU, 64)
	check(t, err)
	t.Cleanup(l.back.Release)
	return l
}

func oneCube(t *testing.T) *arena.Arena[mgl32.Mat4] {
	t.Helper()
	a, err := arena.New(arena.Config[mgl32.Mat4]{})
	check(t, err)
	_, err = a.Alloc(mgl32.Ident4())
	check(t, err)
	return a
}

// A second Release does nothing, in any order of the releases. The process goes on and can draw.
func TestReleaseTwice(t *testing.T) {
	for _, look := range []render.Look{render.Plain, render.Studio} {
		l := newLife(t, look)
		_, err := l.r.Frame(l.target, &front, l.batch)
		check(t, err)
		for range 2 {
			l.batch.Release()
			l.mesh.Release()
			l.r.Release()
			l.target.Release()
			l.back.Release()
			l.device.Release()
		}
	}
	l := newLife(t, render.Plain) // the device first
	_, err := l.r.Frame(l.target, &front, l.batch)
	check(t, err)
	for range 2 {
		l.device.Release()
		l.r.Release()
		l.target.Release()
		l.mesh.Release()
		l.batch.Release()
	}
	l = newLife(t, render.Plain)
	_, err = l.r.Frame(l.target, &front, l.batch)
	check(t, err)
}

// Use after Release panics, and the message names what was released.
func TestUseAfterRelease(t *testing.T) {
	frame := func(l *life) { l.r.Frame(l.target, &front, l.batch) }
	for name, c := range map[string]struct {
		release, use func(l *life)
	}{
		"a batch has been":            {func(l *life) { l.batch.Release() }, frame},
		"Upload: a batch has been":    {func(l *life) { l.batch.Release() }, func(l *life) { l.batch.Upload() }},
		"SetOrigin: a batch has been": {func(l *life) { l.batch.Release() }, func(l *life) { l.batch.SetOrigin(mgl64.Vec3{}) }},
		"SetTick: a batch has been":   {func(l *life) { l.batch.Release() }, func(l *life) { l.batch.SetTick(0) }},
		"SetClock: a batch has been":  {func(l *life) { l.batch.Release() }, func(l *life) { l.batch.SetClock(0) }},
		"Sync: the uploader":          {func(l *life) { l.batch.Release() }, func(l *life) { l.batch.Uploader().Sync() }},
		"the renderer has been":       {func(l *life) { l.r.Release() }, frame},
		"Wait: the renderer":          {func(l *life) { l.r.Release() }, func(l *life) { l.r.Wait() }},
		"Frame: a batch's mesh":       {func(l *life) { l.mesh.Release() }, frame},
		"NewBatch: the mesh has been": {func(l *life) { l.mesh.Release() }, func(l *life) { render.NewBatch(l.r, oneCube(t), l.mesh, render.BatchConfig{}) }},
		"Acquire: the picture":        {func(l *life) { l.target.Release() }, frame},
		"Image: the picture":          {func(l *life) { l.target.Release() }, func(l *life) { l.target.Image() }},
		"Wait: the device":            {func(l *life) { l.device.Release() }, func(l *life) { l.device.Wait() }},
		"NewMesh: the device":         {func(l *life) { l.device.Release() }, func(l *life) { render.NewCube(l.device) }},
		"Frame: the device":           {func(l *life) { l.device.Release() }, frame},
		"Upload: the device":          {func(l *life) { l.device.Release() }, func(l *life) { l.batch.Upload() }},
		"Pick: the device":            {func(l *life) { l.device.Release() }, func(l *life) { l.r.Pick(&front, 64, 64, 32, 32, l.batch) }},
		"NewBatch: the device":        {func(l *life) { l.device.Release() }, func(l *life) { render.NewBatch(l.r, oneCube(t), l.mesh, render.BatchConfig{}) }},
		"Image: the device":           {func(l *life) { l.device.Release() }, func(l *life) { l.target.Image() }},
		"Poll: the readback":          {func(l *life) { l.back.Release() }, func(l *life) { l.back.Poll(nil) }},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLife(t, render.Plain)
			frame(l)
			c.release(l)
			defer func() {
				if said := fmt.Sprint(recover()); !strings.Contains(said, name) || !strings.Contains(said, "released") {
					t.Errorf("it says %q", said)
				}
			}()
			c.use(l)
		})
	}
}

// A nil argument panics, and the message names it.
func TestNil(t *testing.T) {
	l := newLife(t, render.Plain)
	encoder := newEncoder(t, l.device)
	view, err := l.target.Acquire()
	check(t, err)
	for says, use := range map[string]func(){
		"New: the device":                             func() { render.New(nil, render.Config{}) },
		"NewBatch: the renderer":                      func() { render.NewBatch(nil, oneCube(t), l.mesh, render.BatchConfig{}) },
		"NewBatch: the arena":                         func() { render.NewBatch[mgl32.Mat4](l.r, nil, l.mesh, render.BatchConfig{}) },
		"NewBatch: the mesh":                          func() { render.NewBatch(l.r, oneCube(t), nil, render.BatchConfig{}) },
		"Frame: the target":                           func() { l.r.Frame(nil, &front, l.batch) },
		"Frame: the camera":                           func() { l.r.Frame(l.target, nil, l.batch) },
		"Frame: a batch":                              func() { l.r.Frame(l.target, &front, nil) },
		"Pick: the camera":                            func() { l.r.Pick(nil, 64, 64, 32, 32, l.batch) },
		"Encode: the encoder":                         func() { l.r.Encode(nil, view, 64, 64, &front, l.batch) },
		"Encode: the target's view":                   func() { l.r.Encode(encoder, nil, 64, 64, &front, l.batch) },
		"upload: New: the device or the arena is nil": func() { upload.New(nil, oneCube(t), upload.Config{}) },
	} {
		func() {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.Contains(said, says) {
					t.Errorf("it says %q, want %q", said, says)
				}
			}()
			use()
		}()
	}
	_, err = l.r.Frame(l.target, &front, l.batch)
	check(t, err)
}

func newEncoder(t *testing.T, d *render.Device) *wgpu.CommandEncoder {
	t.Helper()
	e, err := d.GPU.CreateCommandEncoder(nil)
	check(t, err)
	t.Cleanup(e.Release)
	return e
}

// A target of no size is an error, also as the first.
func TestNoSize(t *testing.T) {
	l := newLife(t, render.Plain)
	view, err := l.target.Acquire()
	check(t, err)
	for range 2 {
		if err := l.r.Encode(newEncoder(t, l.device), view, 0, 0, &front, l.batch); err == nil || !strings.Contains(err.Error(), "each side must be 1 to") {
			t.Errorf("a target of no size: %v", err)
		}
		_, err := l.r.Frame(l.target, &front, l.batch)
		check(t, err)
	}
}

// Things of another device, or of another renderer, are an error, and change nothing.
func TestThingsOfAnotherDevice(t *testing.T) {
	x, y := newLife(t, render.Plain), newLife(t, render.Plain)
	frame := func(r *render.Renderer, t render.Target, b render.Drawable) error {
		_, err := r.Frame(t, &front, b)
		return err
	}
	z, err := render.New(x.device, render.Config{})
	check(t, err)
	t.Cleanup(z.Release)
	_, mesh := render.NewBatch(x.r, oneCube(t), y.mesh, render.BatchConfig{})
	check(t, frame(y.r, y.target, y.batch))
	view, err := x.target.Acquire()
	check(t, err)
	page := y.batch.Uploader().Pages()[0].Buffer
	for what, err := range map[string]error{
		"batch":    frame(x.r, x.target, y.batch),
		"target":   frame(x.r, y.target, x.batch),
		"renderer": frame(z, x.target, x.batch),
		"mesh":     mesh,
		"encoder":  x.r.Encode(newEncoder(t, y.device), view, 64, 64, &front, x.batch),
		"page":     gpu.ReadBuffer(x.device.GPU, page, make([]byte, 64)),
	} {
		if err == nil || !strings.Contains(err.Error(), "another") {
			t.Errorf("a %s: %v", what, err)
		}
	}
	check(t, frame(x.r, x.target, x.batch))
}
