package stage

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/cmd/internal/aabb"
	"github.com/slotstream/slotstream/cmd/internal/framing"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
)

// A Scene is a source and everything that draws it. It belongs to the render goroutine.
type Scene struct {
	Source   Source
	Renderer *render.Renderer
	Camera   render.Camera
	Boxes    []aabb.Box // that are drawn

	device   *render.Device
	ctx      context.Context
	outputs  Outputs
	batch    render.BatchConfig
	layers   []Layer // of the source, as far as they are drawn
	sinks    sinks
	cube     *render.Mesh
	outlines *outlines

	batches []render.Drawable // of the last frame
	target  *late             // of the last frame
	fitted  render.Camera     // the result of the last fit; the user has not moved the camera as long as it is equal
	view    view              // the input of the last fit
	corners []mgl32.Vec3      // likewise

	still still // in a window: tells whether there is something new to draw
}

// NewScene makes a source and draws it on a device, for targets that have the format of the given one.
func NewScene(ctx context.Context, dev *render.Device, target render.Target, c Config) (*Scene, error) {
	s := &Scene{device: dev, ctx: ctx, outputs: c.Outputs}
	if err := s.init(dev, target, c); err != nil {
		s.Release()
		return nil, err
	}
	return s, nil
}

func (s *Scene) init(dev *render.Device, target render.Target, c Config) (err error) {
	if s.Source, err = c.Open(s.ctx, dev.Info.Software); err != nil {
		return err
	}
	f := s.Source.Framing()
	if s.Renderer, err = render.New(dev, render.Config{Format: target.Format(), MSAA: c.MSAA, Look: c.Look, Sun: f.Sun}); err != nil {
		return err
	}
	if s.cube, err = render.NewCube(dev); err != nil {
		return err
	}
	if s.outlines, err = newOutlines(s.Renderer, s.cube); err != nil {
		return err
	}
	s.batch = render.BatchConfig{Upload: upload.Config{Strategy: c.Upload}, Tick: f.Tick}
	s.Source.Enter(s)
	if err = s.Update(); err != nil { // the state before the first tick
		return err
	}
	width, height := target.Size()
	s.Fit(width, height)
	return nil
}

// join draws the layers that are new, and sends them where the outputs say.
func (s *Scene) join() error {
	for _, l := range s.Source.Layers()[len(s.layers):] {
		if err := l.Draw(s.Renderer, s.cube, s.batch); err != nil {
			return err
		}
		s.layers = append(s.layers, l)
		if err := s.output(l, len(s.layers)); err != nil {
			return err
		}
	}
	return nil
}

// output begins the recording and the publication of a layer, the nth.
func (s *Scene) output(l Layer, nth int) error {
	o := s.outputs
	if o.Record != "" {
		recorder, err := l.Record(numbered(o.Record, nth), o.Stdout, l.Metadata(recordedMetadata), func() time.Duration { return l.Clock(s.Renderer.Now) })
		if err != nil {
			return err
		}
		s.sinks = append(s.sinks, recorder.begin(l, recordedMetadata))
	}
	if o.Publish != "" {
		name := numbered(o.Publish, nth)
		publisher, stats, err := l.Publish(s.ctx, o.NATS, name, l.Metadata(publishedMetadata))
		if err != nil {
			return err
		}
		s.sinks = append(s.sinks, publisher.begin(l, publishedMetadata))
		if o.Counters != nil {
			o.Counters.Set(name, counters(stats))
		}
	}
	return nil
}

// Camera returns a camera that looks at the origin as a user first looks at a source of that framing.
func Camera(f framing.Framing) render.Camera {
	c := render.NewCamera(mgl32.Vec3{}, 1)
	if f.FovY > 0 {
		c.Yaw, c.Pitch, c.FovY = f.Yaw, f.Pitch, f.FovY
	}
	return c
}

// Bytes that the metadata of a layer may have.
const (
	recordedMetadata  = 1<<20 - 4<<10 // a recording takes a mebibyte, of which some bytes are its own
	publishedMetadata = 64 << 10
)

// numbered returns the name of the nth output: a.mcap, a-2.mcap.
func numbered(name string, nth int) string {
	if nth == 1 {
		return name
	}
	ext := filepath.Ext(name)
	return fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ext), nth, ext)
}

// margins are the strips of a picture that the overlay covers, in pixels.
type margins struct{ left, bottom int }

// A view is the input of fit: from it follows where the camera stands to show everything.
type view struct {
	width, height int
	lo, hi        mgl32.Vec3
	margins
}

// Fit moves the camera so that a picture of width × height pixels shows the source's extent. It does not move a camera
// that the user has moved.
func (s *Scene) Fit(width, height int) { s.fit(width, height, margins{}) }

// fit leaves room for the margins.
func (s *Scene) fit(width, height int, m margins) {
	if m.left > width/3 || m.bottom > height/3 {
		m = margins{} // there is no room beside them
	}
	inner := float32(height - m.bottom)
	aspect := float32(width-m.left) / inner
	var corners []mgl32.Vec3
	if source, ok := s.Source.(Spread); ok && width > 0 && height > 0 {
		corners = source.Corners(aspect)
	}
	f := s.Source.Framing()
	lo, hi := s.Source.Extent()
	if lo == hi {
		lo, hi = f.Lo, f.Hi
	}
	v := view{width, height, lo, hi, m}
	if v == s.view && slices.Equal(corners, s.corners) || width == 0 || height == 0 || s.Camera != s.fitted {
		return
	}
	s.view, s.corners = v, slices.Clone(corners)
	s.Camera = Camera(f)
	s.Camera.Target = lo.Add(hi).Mul(0.5)
	if len(corners) > 0 {
		s.Camera.FitPoints(corners, aspect, 0.06)
	} else {
		s.Camera.FitBox(lo, hi, aspect, 0.06)
	}
	s.Camera.Zoom(float32(height) / inner)
	s.Camera.Pan(-float32(m.left)/2/float32(height), -float32(m.bottom)/2/float32(height))
	s.fitted = s.Camera
}

// Device returns the device that draws the scene.
func (s *Scene) Device() *render.Device { return s.device }

// Refit makes the next frame fit the camera again, also if the user has moved it.
func (s *Scene) Refit() { s.Camera, s.view = s.fitted, view{} }

// Draw draws one frame: the newest whole tick, with each slot where it is at this moment.
func (s *Scene) Draw(t render.Target) (render.FrameStats, error) {
	if s.target == nil || s.target.Target != t {
		s.target = &late{Target: t, update: s.bring}
	}
	if err := s.join(); err != nil {
		return render.FrameStats{}, err
	}
	return s.Renderer.Frame(s.target, &s.Camera, append(s.Batches(), s.outlines.batch)...)
}

// Batches returns the batches of all layers, until the next call.
func (s *Scene) Batches() []render.Drawable {
	s.batches = s.batches[:0]
	for _, l := range s.layers {
		s.batches = l.Batches(s.batches)
	}
	return s.batches
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

// Update draws the layers that are new, and brings the scene up to the present.
func (s *Scene) Update() error {
	if err := s.join(); err != nil {
		return err
	}
	return s.bring()
}

// bring brings the scene up to the present: it descends into the layers, and lets the sinks send the changes.
func (s *Scene) bring() error {
	now, err := s.Source.Update()
	if err != nil {
		return err
	}
	s.Renderer.Now = now
	for _, l := range s.layers {
		l.Descend()
	}
	if err := s.Source.Described(); err != nil {
		s.sinks.end(err)
	}
	s.sinks.send(s.outputs.Warn)
	boxes, changed := s.Source.Boxes()
	if !changed {
		return nil
	}
	s.Boxes = boxes
	return s.outlines.update(boxes)
}

// Wait returns when every recording has room for the next tick.
func (s *Scene) Wait() { s.sinks.wait() }

// Close ends the recordings and publications, and says what they hold. It returns the first error of each.
func (s *Scene) Close() error { return s.sinks.close(s.outputs.Say) }

// Failed reports whether a recording or a publication has failed.
func (s *Scene) Failed() bool { return s.sinks.failed() }

// Outlines returns the batch that draws the boxes.
func (s *Scene) Outlines() render.Drawable { return s.outlines.batch }

// Release stops the source and frees everything that NewScene made.
func (s *Scene) Release() {
	s.sinks.close(func(string) {})
	if s.outlines != nil {
		s.outlines.batch.Release()
	}
	if s.Source != nil {
		s.Source.Release()
	}
	if s.cube != nil {
		s.cube.Release()
	}
	if s.Renderer != nil {
		s.Renderer.Release()
	}
}
