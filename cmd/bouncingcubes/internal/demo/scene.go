package demo

import (
	"context"
	"fmt"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/words"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
)

// scene is the tanks of cubes as they are drawn: the world whose workers write the arena, tick by tick, and what the
// renderer draws of it, whenever it likes. It belongs to the render goroutine; the workers see only the arena.
type scene struct {
	maxCubes int // that + may make
	renderer *render.Renderer
	cube     *render.Mesh

	camera render.Camera
	fitted render.Camera // as fit left it: while camera is the same, nobody has steered it
	view   view          // that fit fitted it to

	still still // window: whether there is anything new to draw

	paint *paint
	world *physics.World[render.MotionInstance]
	cubes *render.Batch[render.MotionInstance]
	bars  *tankFrames
}

// sun stands left of the camera that fit makes.
var sun = mgl32.Vec3{-0.58, 0.8, 0.18}

// newScene makes the world and its pictures on a device, for targets like the given one. If ctx is cancelled meanwhile, the
// world is smaller than was asked for.
func newScene(ctx context.Context, dev *render.Device, target render.Target, c Config) (*scene, error) {
	s := &scene{paint: new(paint), maxCubes: c.MaxCubes}
	if err := s.init(ctx, dev, target, c); err != nil {
		s.release()
		return nil, err
	}
	return s, nil
}

func (s *scene) init(ctx context.Context, dev *render.Device, target render.Target, c Config) (err error) {
	if s.renderer, err = render.New(dev, render.Config{Format: target.Format(), MSAA: c.MSAA, Look: c.Look, Sun: sun}); err != nil {
		return err
	}
	if s.cube, err = render.NewCube(dev); err != nil {
		return err
	}
	instances, err := arena.New(arena.Config[render.MotionInstance]{MaxSlots: 2 * c.MaxCubes})
	if err != nil {
		return err
	}
	if s.world, err = physics.New(instances, physics.Config{
		Cubes: c.Cubes, Workers: c.Workers, Tick: c.Tick, Seed: c.Seed, Fountain: c.Fountain, Enough: ctx.Done(),
	}, s.paint.write); err != nil {
		return fmt.Errorf("simulating %s: %w", words.Plural(c.Cubes, "cube"), err)
	}
	batch := render.BatchConfig{Upload: upload.Config{Strategy: c.Upload}, Tick: s.world.Tick()}
	if s.cubes, err = render.NewBatch(s.renderer, instances, s.cube, batch); err != nil {
		return err
	}
	if s.bars, err = newTankFrames(s.renderer, s.cube); err != nil {
		return err
	}
	if err = s.bars.update(s.world.Tanks()); err != nil {
		return err
	}
	width, height := target.Size()
	s.fit(width, height, 0)
	return nil
}

// view is what decides where the camera must stand to show everything.
type view struct{ width, height, left, tanks int }

// fit shows all tanks in a picture of width × height pixels, to the right of the first left ones. The view is from the
// left, so that what is far is in the upper right and the overlay hides little. It leaves a camera alone that somebody has steered since.
func (s *scene) fit(width, height, left int) {
	if left > width/3 {
		left = 0 // no room beside it
	}
	v := view{width, height, left, s.world.Stats().Tanks}
	if v == s.view || width == 0 || height == 0 || s.camera != s.fitted {
		return
	}
	s.view = v
	lo, hi := s.world.Bounds()
	s.camera = render.NewCamera(lo.Add(hi).Mul(0.5), 1)
	s.camera.Yaw, s.camera.Pitch, s.camera.FovY = -0.75, 0.5, 0.5
	s.camera.FitBox(lo, hi, float32(width-left)/float32(height), 0.06)
	s.camera.Pan(-float32(left)/2/float32(height), 0)
	s.fitted = s.camera
}

// draw draws one frame of the scene: the newest whole tick, and where its cubes are by now.
func (s *scene) draw(t render.Target) (render.FrameStats, error) {
	s.renderer.Now = s.world.Now()
	return s.renderer.Frame(t, &s.camera, s.cubes, s.bars.batch)
}

// release ends the workers and gives back all that newScene took.
func (s *scene) release() {
	if s.world != nil {
		s.world.Close()
	}
	if s.bars != nil {
		s.bars.batch.Release()
	}
	if s.cubes != nil {
		s.cubes.Release()
	}
	if s.cube != nil {
		s.cube.Release()
	}
	if s.renderer != nil {
		s.renderer.Release()
	}
}
