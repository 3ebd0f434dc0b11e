package soak

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/internal/rendertest"
	"github.com/slotstream/slotstream/upload"
)

const (
	capacity  = 1 << 15 // slots
	pages     = 8
	pageSlots = capacity / pages
	sizes     = 32
)

// A stage draws the arena that a crowd writes. It is the arena's only reader.
type stage struct {
	arena     *arena.Arena[value]
	device    *render.Device
	renderer  *render.Renderer
	mesh      *render.Mesh
	batch     *render.Batch[value]
	target    *render.Offscreen
	camera    render.Camera
	rng       *rand.Rand
	sizes     [sizes][2]int // that the target takes, width and height
	inspector inspector
	torn      int // slots that the last frame left torn

	figures figures
}

// figures are what a soak counts.
type figures struct {
	frames, resizes, pages              int
	torn, updated, ranges, calls, bytes int
	checks, gpuBytes, pictures, white   int
}

func newStage(t *testing.T) *stage {
	t.Helper()
	a, err := arena.New(arena.Config[value]{MaxSlots: capacity, ChunkSlots: 256})
	must(t, err)
	s := &stage{arena: a, camera: render.NewCamera(mgl32.Vec3{}, 250), rng: rand.New(rand.NewPCG(2, 2))}
	// wgpu remembers about 1 KB for every size that a target ever had, as long as the device lives: so many, and no more.
	s.sizes = [sizes][2]int{{1, 1}, {400, 300}}
	for i := 2; i < sizes; i++ {
		s.sizes[i] = [2]int{1 + s.rng.IntN(400), 1 + s.rng.IntN(300)}
	}
	t.Cleanup(s.close)
	if err := s.open(); errors.Is(err, render.ErrNoAdapter) {
		rendertest.Missing(t, err)
	} else {
		must(t, err)
	}
	return s
}

// open opens a device, and a target to draw to.
func (s *stage) open() (err error) {
	if s.device, err = render.Open(render.DeviceConfig{Logger: slog.New(slog.DiscardHandler)}); err != nil {
		return err
	}
	background := render.RGB(0x102040)
	if s.renderer, err = render.New(s.device, render.Config{Background: &background, Timestamps: true}); err != nil {
		return err
	}
	if s.mesh, err = render.NewCube(s.device); err != nil {
		return err
	}
	return s.resize(s.sizes[1][0], s.sizes[1][1])
}

// close lets go of everything but the arena.
func (s *stage) close() {
	if s.batch != nil {
		s.batch.Release()
	}
	if s.target != nil {
		s.target.Release()
	}
	if s.mesh != nil {
		s.mesh.Release()
	}
	if s.renderer != nil {
		s.renderer.Release()
	}
	if s.device != nil {
		s.device.Release()
	}
	s.batch, s.target, s.mesh, s.renderer, s.device = nil, nil, nil, nil, nil
}

// use begins anew with a strategy: a new uploader brings everything.
func (s *stage) use(strategy upload.Strategy) error {
	if s.batch != nil {
		s.batch.Release()
		s.batch = nil
	}
	b, err := render.NewBatch(s.renderer, s.arena, s.mesh, render.BatchConfig{
		Upload: upload.Config{Strategy: strategy, PageSlots: pageSlots},
		Record: wgslRecord, Shade: wgslShade,
	})
	s.batch = b
	return err
}

func (s *stage) resize(width, height int) error {
	if s.target != nil {
		s.target.Release()
		s.target = nil
	}
	o, err := render.NewOffscreen(s.device, width, height, 0)
	s.target = o
	s.figures.resizes++
	return err
}

// frame draws one and inspects what the mirror accepted.
func (s *stage) frame() error {
	frame, err := s.renderer.Frame(s.target, &s.camera, s.batch)
	if err != nil {
		return err
	}
	s.renderer.GPUTimes(nil)
	f, u := &s.figures, s.batch.Stats()
	f.frames++
	f.pages = max(f.pages, len(s.batch.Uploader().Pages()))
	s.torn = frame.Torn
	f.torn += frame.Torn
	f.updated += u.Updated
	f.ranges += u.Ranges
	f.calls += u.Calls
	f.bytes += u.Bytes
	return s.inspector.accepted(s.arena.Mirror())
}

// check compares mirror, GPU and picture. Writers need not rest: all three are the reader's.
func (s *stage) check() error {
	f := &s.figures
	f.checks++
	if err := onGPU(s.device, s.batch.Uploader().Pages(), s.arena.Mirror(), s.batch.Stats().HighWater); err != nil {
		return err
	}
	f.gpuBytes += len(arena.Bytes(s.arena.Mirror()))
	img, err := s.target.Image()
	if err != nil {
		return err
	}
	white, err := inPicture(img)
	f.pictures++
	f.white += white
	return err
}

// rest draws a frame while the crowd rests, and checks that nothing of what it stored is missing.
func (s *stage) rest(c *crowd) error {
	c.rest.Lock()
	defer c.rest.Unlock()
	for range 2 { // whoever was torn before is not any more
		if err := s.frame(); err != nil {
			return err
		}
	}
	if s.torn != 0 {
		return fmt.Errorf("%d slots are torn though no goroutine writes", s.torn)
	}
	if err := c.complete(s.arena.Mirror()); err != nil {
		return err
	}
	return s.check()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
