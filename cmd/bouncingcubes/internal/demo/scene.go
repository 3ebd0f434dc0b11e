package demo

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
)

// scene is what a source gives to see, and what the renderer draws of it, whenever it likes. It belongs to the render
// goroutine.
type scene struct {
	source   source
	layers   []layer // the source's
	renderer *render.Renderer
	cube     *render.Mesh
	bars     *tankFrames
	boxes    []physics.Tank // as bars shows them
	lo, hi   mgl32.Vec3     // the corners of all boxes; equal: there is none

	batches []render.Drawable // scratch of draw

	target *late // the last
	camera render.Camera
	fitted render.Camera // as fit left it: while camera is the same, nobody has steered it
	view   view          // that fit fitted it to

	still still // window: whether there is anything new to draw
}

// newScene makes a source and its pictures on a device, for targets like the given one. If ctx is cancelled meanwhile,
// a simulated world is smaller than was asked for.
func newScene(ctx context.Context, dev *render.Device, target render.Target, c Config) (*scene, error) {
	s := new(scene)
	if err := s.init(ctx, dev, target, c); err != nil {
		s.release()
		return nil, err
	}
	return s, nil
}

func (s *scene) init(ctx context.Context, dev *render.Device, target render.Target, c Config) (err error) {
	c.spread = dev.Info.Software
	if s.source, err = open(ctx, c); err != nil {
		return err
	}
	s.layers = s.source.layers()
	f := s.source.framing()
	if s.renderer, err = render.New(dev, render.Config{Format: target.Format(), MSAA: c.MSAA, Look: c.Look, Sun: f.Sun}); err != nil {
		return err
	}
	if s.cube, err = render.NewCube(dev); err != nil {
		return err
	}
	batch := render.BatchConfig{Upload: upload.Config{Strategy: c.Upload}, Tick: f.Tick}
	for _, l := range s.layers {
		if err = l.draw(s.renderer, s.cube, batch); err != nil {
			return err
		}
	}
	if s.bars, err = newTankFrames(s.renderer, s.cube); err != nil {
		return err
	}
	if c.Record != "" {
		if err = s.layers[0].record(c.Record, c.Stdout, f.Metadata(), func() time.Duration { return s.renderer.Now }); err != nil {
			return err
		}
	}
	if c.Publish != "" {
		stats, err := s.layers[0].publish(ctx, c.NATS, c.Publish, f.Metadata())
		if err != nil {
			return err
		}
		if c.Counters != nil {
			c.Counters.Set(c.Publish, counters(stats))
		}
	}
	if err = s.update(); err != nil { // what there is before the first tick
		return err
	}
	width, height := target.Size()
	s.fit(width, height, margins{})
	return nil
}

// open is the source that c asks for.
func open(ctx context.Context, c Config) (source, error) {
	if c.Replay != nil {
		return players[c.Replay.Layout()](c)
	}
	if len(c.Follow) > 0 {
		return follow(ctx, c)
	}
	s, err := simulate(ctx, c)
	if err != nil {
		return nil, err // and not s: a nil *simulated is a source that is not nil
	}
	return s, nil
}

// margins are strips of a picture that the overlay hides, in pixels.
type margins struct{ left, bottom int }

// view is what decides where the camera must stand to show everything.
type view struct {
	width, height int
	lo, hi        mgl32.Vec3
	margins
}

// fit shows all tanks in a picture of width × height pixels, beside the margins. It leaves a camera alone that
// somebody has steered since.
func (s *scene) fit(width, height int, m margins) {
	if m.left > width/3 || m.bottom > height/3 {
		m = margins{} // no room beside them
	}
	f := s.source.framing()
	lo, hi := f.Lo, f.Hi
	if s.lo != s.hi {
		lo, hi = s.lo, s.hi
	}
	v := view{width, height, lo, hi, m}
	if v == s.view || width == 0 || height == 0 || s.camera != s.fitted {
		return
	}
	s.view = v
	s.camera = render.NewCamera(lo.Add(hi).Mul(0.5), 1)
	if f.FovY > 0 {
		s.camera.Yaw, s.camera.Pitch, s.camera.FovY = f.Yaw, f.Pitch, f.FovY
	}
	inner := float32(height - m.bottom)
	s.camera.FitBox(lo, hi, float32(width-m.left)/inner, 0.06)
	s.camera.Zoom(float32(height) / inner)
	s.camera.Pan(-float32(m.left)/2/float32(height), -float32(m.bottom)/2/float32(height))
	s.fitted = s.camera
}

// bounds are the corners of the smallest box around all tanks.
func bounds(tanks []physics.Tank) (lo, hi mgl32.Vec3) {
	for i, t := range tanks {
		for k := range 3 {
			l, h := t.Center[k]-t.Half[k], t.Center[k]+t.Half[k]
			if i == 0 || l < lo[k] {
				lo[k] = l
			}
			if i == 0 || h > hi[k] {
				hi[k] = h
			}
		}
	}
	return lo, hi
}

// draw draws one frame of the scene: the newest whole tick, and where its cubes are by now.
func (s *scene) draw(t render.Target) (render.FrameStats, error) {
	if s.target == nil || s.target.Target != t {
		s.target = &late{Target: t, update: s.update}
	}
	s.batches = s.batches[:0]
	for _, l := range s.layers {
		s.batches = append(s.batches, l.batch())
	}
	return s.renderer.Frame(s.target, &s.camera, append(s.batches, s.bars.batch)...)
}

// late is a target for which the scene is brought up to date when there is something to draw into, and the frame before
// the last is done: so that a frame that had to wait shows what is new.
type late struct {
	render.Target
	update func() error
}

func (l *late) Acquire() (*wgpu.TextureView, error) {
	view, err := l.Target.Acquire()
	if err == nil {
		err = l.update()
	}
	return view, err
}

// Unwrap is what the frame is drawn to.
func (l *late) Unwrap() render.Target { return l.Target }

// update brings all that follows the source up to now: what is drawn next, and what is recorded.
func (s *scene) update() error {
	now, err := s.source.update()
	if err != nil {
		return err
	}
	s.renderer.Now = now
	for _, l := range s.layers {
		if err := l.update(); err != nil {
			return err
		}
	}
	tanks, changed := s.source.tanks()
	if !changed {
		return nil
	}
	s.boxes = tanks
	s.lo, s.hi = bounds(tanks)
	return s.bars.update(tanks)
}

// taken reports whether others take what is shown, also where nothing is drawn.
func (s *scene) taken() bool { return slices.ContainsFunc(s.layers, layer.taken) }

// lost reports whether one of them takes no more.
func (s *scene) lost() bool {
	return slices.ContainsFunc(s.layers, func(l layer) bool { return l.lost() != nil })
}

// wait waits for the takers to have room.
func (s *scene) wait() {
	for _, l := range s.layers {
		l.wait()
	}
}

// end ends the takers, each of which says what became of it.
func (s *scene) end(say func(string)) error {
	var errs []error
	for _, l := range s.layers {
		errs = append(errs, l.end(say))
	}
	return errors.Join(errs...)
}

// release ends what fills the arena and gives back all that newScene took.
func (s *scene) release() {
	if s.bars != nil {
		s.bars.batch.Release()
	}
	if s.source != nil {
		s.source.release()
	}
	if s.cube != nil {
		s.cube.Release()
	}
	if s.renderer != nil {
		s.renderer.Release()
	}
}
