package demo

import (
	"context"
	"time"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
)

// A scene is a source and everything that draws it. It belongs to the render goroutine.
type scene struct {
	source   source
	layers   []layer // of the source
	sinks    sinks
	renderer *render.Renderer
	cube     *render.Mesh
	bars     *tankFrames
	boxes    []physics.Tank // that bars shows
	lo, hi   mgl32.Vec3     // corners of the smallest box around all tanks; equal if there is no tank

	batches []render.Drawable // scratch memory of draw

	target *late // of the last frame
	camera render.Camera
	fitted render.Camera // the result of the last fit; the user has not moved the camera as long as it is equal
	view   view          // the input of the last fit

	still still // in a window: tells whether there is something new to draw
}

// newScene makes a source and draws it on a device, for targets that have the format of the given one. If ctx is
// cancelled meanwhile, a simulated world gets fewer cubes than c asks for.
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
		recorder, err := s.layers[0].record(c.Record, c.Stdout, f.Metadata(), func() time.Duration { return s.renderer.Now })
		if err != nil {
			return err
		}
		s.sinks = append(s.sinks, recorder)
	}
	if c.Publish != "" {
		publisher, stats, err := s.layers[0].publish(ctx, c.NATS, c.Publish, f.Metadata())
		if err != nil {
			return err
		}
		s.sinks = append(s.sinks, publisher)
		if c.Counters != nil {
			c.Counters.Set(c.Publish, counters(stats))
		}
	}
	if err = s.update(); err != nil { // the state before the first tick
		return err
	}
	width, height := target.Size()
	s.fit(width, height, margins{})
	return nil
}

// open makes the source that c asks for.
func open(ctx context.Context, c Config) (source, error) {
	if c.Replay != nil {
		return play(c)
	}
	if len(c.Follow) > 0 {
		return follow(ctx, c)
	}
	s, err := simulate(ctx, c)
	if err != nil {
		return nil, err // not s: an interface that holds a nil pointer is not nil
	}
	if c.Shared {
		return letIn(s, c.Address, c.Say)
	}
	return s, nil
}

// margins are the strips of a picture that the overlay covers, in pixels.
type margins struct{ left, bottom int }

// A view is the input of fit: from it follows where the camera stands to show everything.
type view struct {
	width, height int
	lo, hi        mgl32.Vec3
	margins
}

// fit moves the camera so that a picture of width × height pixels shows all tanks beside the margins. It does not move
// a camera that the user has moved.
func (s *scene) fit(width, height int, m margins) {
	if m.left > width/3 || m.bottom > height/3 {
		m = margins{} // there is no room beside them
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

// draw draws one frame: the newest whole tick, with each cube where it is at this moment.
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

// late is a target that updates the scene as late as possible: when the renderer has waited for an earlier frame and
// for the target. So a frame that had to wait still shows the newest state.
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

// Unwrap returns the target that the frame is drawn to.
func (l *late) Unwrap() render.Target { return l.Target }

// update brings the scene up to the present: it descends into the layers, and lets the sinks send the changes.
func (s *scene) update() error {
	now, err := s.source.update()
	if err != nil {
		return err
	}
	s.renderer.Now = now
	for _, l := range s.layers {
		l.descend()
	}
	if err := s.source.described(); err != nil {
		s.sinks.end(err)
	}
	s.sinks.send()
	tanks, changed := s.source.tanks()
	if !changed {
		return nil
	}
	s.boxes = tanks
	s.lo, s.hi = physics.Bounds(tanks)
	return s.bars.update(tanks)
}

// release stops the source and frees everything that newScene made.
func (s *scene) release() {
	s.sinks.close(func(string) {})
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
