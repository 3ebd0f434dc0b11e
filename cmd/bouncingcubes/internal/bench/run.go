package bench

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/crew"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/pattern"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/cmd/internal/framing"
	"github.com/slotstream/slotstream/cmd/internal/recording"
	"github.com/slotstream/slotstream/cmd/internal/words"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/frametime"
	"github.com/slotstream/slotstream/upload"
)

// errNothing ends a run that was cancelled before its first timed frame.
var errNothing = errors.New("nothing was measured")

// auditFrames returns how many frames to draw after the timed ones, with every allocation recorded.
func auditFrames(frames int) int { return min(20, 1+frames/4) }

// writers are the goroutines that write to the arena: the physics or a pattern.
type writers interface {
	Step()                       // does one tick, which the next Descend shows
	Close()                      // stops the goroutines
	Bounds() (lo, hi mgl32.Vec3) // corners of the box with all cubes, in metres
}

// A benchRun is one timed run: writers, an arena of matrices, and the batch that draws it.
type benchRun struct {
	*bencher
	c        Config
	arena    *arena.Arena[mgl32.Mat4]
	writers  writers
	renderer *render.Renderer
	cube     *render.Mesh
	batch    *render.Batch[mgl32.Mat4]
	batches  []render.Drawable // has only batch
	camera   render.Camera
	rec      *frametime.Recorder
	ticker   *crew.Ticker // free: ticks the writers; nil: every frame is a tick
	ages     []float64    // free: for each timed frame, the time since the end of the last tick, µs

	tape  *recording.Recording[mgl32.Mat4] // nil: none
	steps int                              // ticks so far, in lockstep

	gpu  []render.GPUTime // they arrive some frames late
	sums struct {
		calls, bytes, ranges, updated, torn int
		frames                              frametime.StrategyFrames
	}
}

func (b *bencher) newRun(c Config) (*benchRun, error) {
	r := &benchRun{bencher: b, c: c, rec: frametime.NewRecorder(c.Frames), gpu: make([]render.GPUTime, 0, c.Frames+256)}
	if err := r.init(); err != nil {
		r.release()
		return nil, err
	}
	return r, nil
}

func (r *benchRun) init() (err error) {
	b, c := r.bencher, r.c
	if r.renderer, err = render.New(b.device, render.Config{Format: b.target.Format(), MSAA: c.MSAA, Look: c.Look, Timestamps: true}); err != nil {
		return err
	}
	if r.cube, err = render.NewCube(b.device); err != nil {
		return err
	}
	// The room beside the cubes is for a tank's span and a fountain. There is no more, since a matrix makes an arena for
	// each run.
	if r.arena, err = arena.New(arena.Config[mgl32.Mat4]{MaxSlots: 2*c.Cubes + 4096}); err != nil {
		return err
	}
	if r.writers, err = newWriters(r.ctx, r.arena, c, c.Free && r.device.Info.Software); err != nil {
		return err
	}
	if r.batch, err = render.NewBatch(r.renderer, r.arena, r.cube, render.BatchConfig{Upload: upload.Config{Strategy: c.Upload}}); err != nil {
		return err
	}
	r.batches = []render.Drawable{r.batch}
	width, height := b.target.Size()
	lo, hi := r.writers.Bounds()
	r.camera = render.NewCamera(lo.Add(hi).Mul(0.5), 1)
	r.camera.FitBox(lo, hi, float32(width)/float32(height), 0.06)
	if c.Record == "" {
		return nil
	}
	shown := framing.Framing{Lo: lo, Hi: hi, Yaw: r.camera.Yaw, Pitch: r.camera.Pitch, FovY: r.camera.FovY}
	if r.tape, err = recording.Begin(c.Record, c.Stdout, r.arena, shown.Metadata(), r.now); err != nil {
		return err
	}
	r.arena.Descend()
	return r.tape.Append() // the state before the first tick
}

// now returns the time after the ticks that are done.
func (r *benchRun) now() time.Duration {
	done := uint64(r.steps)
	if r.ticker != nil {
		done = r.ticks().Done
	}
	return time.Duration(float64(done) * float64(time.Second) / r.c.Tick)
}

func newWriters(ctx context.Context, a *arena.Arena[mgl32.Mat4], c Config, spread bool) (writers, error) {
	if c.Pattern == "sim" {
		w, err := physics.New(a, physics.Config{
			Cubes: c.Cubes, Workers: c.Workers, Tick: c.Tick, Seed: c.Seed, Fountain: c.Fountain, Spread: spread, Enough: ctx.Done(),
		}, physics.Mat4)
		if err != nil {
			return nil, fmt.Errorf("simulating %s: %w", words.Plural(c.Cubes, "cube"), err)
		}
		return w, nil
	}
	kind, err := pattern.ParseKind(c.Pattern)
	if err != nil {
		return nil, err
	}
	w, err := pattern.New(a, pattern.Config{
		Slots: c.Cubes, Workers: c.Workers, Moving: c.Moving, Kind: kind, Seed: c.Seed,
	}, func(dst *mgl32.Mat4, m *mgl32.Mat4, _ int) { *dst = *m })
	if err != nil {
		return nil, err
	}
	return w, nil
}

func (r *benchRun) release() {
	if r.ticker != nil {
		r.ticker.Stop()
	}
	if r.writers != nil {
		r.writers.Close()
	}
	if r.tape != nil { // the run has failed
		r.tape.Close()
	}
	if r.batch != nil {
		r.batch.Release()
	}
	if r.cube != nil {
		r.cube.Release()
	}
	if r.renderer != nil {
		r.renderer.Release()
	}
}

// run does one run: warm-up, the timed frames, then an audit of the heap. It returns the report also with the error of
// the recording.
func (b *bencher) run(c Config) (*frametime.Report, error) {
	r, err := b.newRun(c)
	if err != nil {
		return nil, err
	}
	defer r.release()
	if c.Free {
		r.ticker = crew.StartTicker(c.Tick, r.writers.Step)
		r.ages = make([]float64, 0, c.Frames)
	}
	for i := range c.Warmup {
		if i > 0 && !r.alive() {
			break
		}
		b.progress.frame("warm-up", i, c.Warmup)
		if err := r.frame(nil); err != nil && !errors.Is(err, render.ErrSkip) {
			return nil, fmt.Errorf("drawing warm-up frame %d: %w", i, err)
		}
	}
	r.gpu = r.gpu[:0]

	runtime.GC()
	began, begun := r.ticks(), time.Now()
	before := allocated()
	for r.rec.Len() < c.Frames {
		// Offscreen a run times at least one frame, even if it is cancelled. A window may be closed already.
		if !r.alive() && (r.rec.Len() > 0 || r.next != nil) {
			break
		}
		b.progress.frame("frame", r.rec.Len(), c.Frames)
		if err := r.frame(r.rec); err != nil && !errors.Is(err, render.ErrSkip) {
			return nil, fmt.Errorf("drawing frame %d: %w", r.rec.Len(), err)
		}
	}
	process := allocated().sub(before)
	took, ended := time.Since(begun), r.ticks()
	if r.rec.Len() == 0 {
		return nil, errNothing
	}
	if err := r.collectGPU(); err != nil {
		return nil, err
	}
	for _, t := range r.gpu { // frames of the warm-up have numbers that no timed frame has
		r.rec.SetLate(frametime.GPU, t.Frame, t.Time)
	}
	audited := 0
	counts := audit(func() {
		for range auditFrames(c.Frames) {
			if err == nil && r.alive() {
				if err = r.frame(nil); errors.Is(err, render.ErrSkip) {
					err = nil
				}
				audited++
			}
		}
	}, ownCode, bindings)
	if err != nil {
		return nil, fmt.Errorf("drawing a frame: %w", err)
	}

	n := r.rec.Len()
	out := r.rec.Report()
	if err := b.describe(&out, c); err != nil {
		return nil, err
	}
	out.Interrupted = n < c.Frames
	out.Upload.CallsPerFrame = perFrame(r.sums.calls, n)
	out.Upload.BytesPerFrame = perFrame(r.sums.bytes, n)
	out.Upload.RangesPerFrame = perFrame(r.sums.ranges, n)
	out.Upload.StrategyFrames = r.sums.frames
	out.Arena = frametime.Arena{Live: r.arena.Len(), UpdatedPerFrame: perFrame(r.sums.updated, n), TornTotal: r.sums.torn}
	if r.ticker != nil {
		out.Ticks = &frametime.Ticks{
			Done: ended.Done - began.Done, PerSecond: float64(ended.Done-began.Done) / took.Seconds(),
			Dropped: (ended.Dropped - began.Dropped).Seconds(), Age: frametime.Summarize(r.ages),
		}
	}
	m := &out.Memory
	m.Audited = audited
	m.AllocsPerFrame, m.BytesPerFrame = counts[0].per(audited)
	m.BindingAllocsPerFrame, m.BindingBytesPerFrame = counts[1].per(audited)
	m.ProcessAllocsPerFrame, m.ProcessBytesPerFrame = process.per(n)
	if tape := r.tape; tape != nil {
		r.tape = nil
		return &out, tape.Close()
	}
	return &out, nil
}

// frame does a tick and draws a frame. It times the frame if there is a recorder.
func (r *benchRun) frame(rec *frametime.Recorder) error {
	rec.Begin()
	shown := r.ticks().Last
	if r.ticker == nil {
		rec.Enter(frametime.Simulate)
		r.writers.Step()
		rec.Leave()
		r.steps++
	}
	s, err := r.draw()
	if err != nil {
		rec.Drop()
		return err
	}
	rec.SetNumber(s.Frame)
	rec.Add(frametime.Wait, s.Wait+s.Acquire+s.Present)
	rec.Add(frametime.Descend, s.Descend)
	rec.Add(frametime.Plan, s.Plan)
	rec.Add(frametime.Write, s.Write)
	rec.Add(frametime.Encode, s.Encode)
	rec.Add(frametime.Submit, s.Submit)
	if r.drain() {
		rec.Enter(frametime.Wait)
		r.device.Wait()
	}
	rec.End()
	if rec != nil && r.ticker != nil {
		r.ages = append(r.ages, float64(time.Since(shown))/1e3)
	}
	r.gpu = r.renderer.GPUTimes(r.gpu)
	if rec != nil {
		r.count(r.batch.Stats(), s.Torn)
	}
	return nil
}

// draw draws a frame, and records it if the run has a recording. The time for that counts as part of Descend.
func (r *benchRun) draw() (render.FrameStats, error) {
	s, err := r.renderer.Frame(r.target, &r.camera, r.batches...)
	if err == nil && r.tape != nil {
		began := time.Now()
		r.tape.Append() // the frames go on after an error, which Close returns
		s.Descend += time.Since(began)
	}
	return s, err
}

// ticks returns what the ticker has done; nothing in lockstep.
func (r *benchRun) ticks() crew.Ticks {
	if r.ticker == nil {
		return crew.Ticks{}
	}
	return r.ticker.Ticks()
}

// count adds the numbers of one frame to the sums.
func (r *benchRun) count(s upload.Stats, torn int) {
	r.sums.calls += s.Calls
	r.sums.bytes += s.Bytes
	r.sums.ranges += s.Ranges
	r.sums.updated += s.Updated
	r.sums.torn += torn
	f := &r.sums.frames // a strategy counts once for each frame, for any number of pages
	f.Ranges += min(s.Pages(upload.Ranges), 1)
	f.Merged += min(s.Pages(upload.Merged), 1)
	f.Scatter += min(s.Pages(upload.Scatter), 1)
	f.Full += min(s.Pages(upload.Full), 1)
}

// collectGPU waits for the device and collects the last times.
func (r *benchRun) collectGPU() error {
	if err := r.renderer.Wait(); err != nil {
		return err
	}
	r.gpu = r.renderer.GPUTimes(r.gpu)
	return nil
}
