package render_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"testing"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/internal/rendertest"
)

// TestMain skips everything where there is nothing to draw with, but not in CI
// (which TestNoAdapter says it is, for the process that it starts).
func TestMain(m *testing.M) {
	if _, err := render.Adapters(); errors.Is(err, render.ErrNoAdapter) && !rendertest.CI() {
		fmt.Println("skipped:", err)
		return
	}
	if inPage {
		render.CullFrom(crowd(4096))
	}
	os.Exit(m.Run())
}

// inPage says that a browser draws, by SwiftShader: every picture takes several times as long there. Tests of thousands
// of pictures draw some of them.
const inPage = runtime.GOOS == "js"

// crowd returns how many slots a test has that needs n natively. In a page an eighth is enough for culling, as TestMain
// has it: SwiftShader draws each instance as a draw of its own, which takes it about 20 µs.
func crowd(n int) int {
	if inPage {
		return n / 8
	}
	return n
}

var (
	openDevice = rendertest.OpenDevice
	ownDevice  = rendertest.OwnDevice
	check      = rendertest.Check
)

// stage is a renderer and an offscreen target of its format.
type stage struct {
	device   *render.Device
	target   *render.Offscreen
	renderer *render.Renderer
}

func newStage(tb testing.TB, d *render.Device, width, height int, c render.Config) stage {
	tb.Helper()
	target, err := render.NewOffscreen(d, width, height, c.Format)
	check(tb, err)
	tb.Cleanup(target.Release)
	r, err := render.New(d, c)
	check(tb, err)
	tb.Cleanup(r.Release)
	return stage{d, target, r}
}

func newBatch[T any](tb testing.TB, s stage, a *arena.Arena[T], m render.Shapes, o render.BatchConfig) *render.Batch[T] {
	tb.Helper()
	b, err := render.NewBatch(s.renderer, a, m, o)
	check(tb, err)
	tb.Cleanup(b.Release)
	return b
}

// encode draws what the batches have on the GPU: no Descend, and no Upload.
func (s stage) encode(tb testing.TB, c *render.Camera, batches ...render.Drawable) {
	tb.Helper()
	view, err := s.target.Acquire()
	check(tb, err)
	e, err := s.device.GPU.CreateCommandEncoder(nil)
	check(tb, err)
	defer e.Release()
	width, height := s.target.Size()
	check(tb, s.renderer.Encode(e, view, width, height, c, batches...))
	commands, err := e.Finish(nil)
	check(tb, err)
	s.device.Queue.Submit(commands)
	commands.Release()
	check(tb, s.target.Present())
}

func cubeMesh(tb testing.TB, d *render.Device) *render.Mesh {
	tb.Helper()
	m, err := render.NewCube(d)
	check(tb, err)
	tb.Cleanup(m.Release)
	return m
}
