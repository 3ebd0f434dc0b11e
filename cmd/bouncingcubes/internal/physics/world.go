// Package physics simulates tanks of rigid cubes and streams their poses into an arena, from as many goroutines as one
// likes.
//
// Units are metres, seconds, kilograms, radians; axes are right-handed, Y up. Each tank is a closed box that stands on
// the plane y = 0 and holds up to CubesPerTank cubes; it is a world of its own, with its own random numbers and its own
// span of the arena. That is what makes the result independent of the number of goroutines.
//
// A tick, in the order of the files: grid (broad phase), collide (narrow phase), detect (contacts, with those of the
// last step), solve (impulses), rest (islands, sleep). Each names its sources.
//
// Limits: all cubes are of one size and mass. Cubes may be up to about 0.15 m inside each other while they collide at
// several metres a second; at rest it is 2 cm at most, against walls never more than wallTolerance. The same build gives
// the same bytes anywhere; another architecture's compiler may fuse multiplications and so round otherwise.
package physics

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/crew"
)

// Config says what to simulate. Cubes must be positive; every other zero means the default.
type Config struct {
	Cubes    int     // in all tanks; the number of tanks follows from it
	Workers  int     // goroutines; default GOMAXPROCS
	Tick     float64 // ticks a second; default 60, at least 1
	Seed     uint64
	Fountain bool // cubes come and go, each with a slot of its own

	Enough <-chan struct{} // closed: New and SetCubes make no more tanks, but one at least; nil: never
}

// Cube is what a write function may want to know beside the pose.
type Cube struct {
	ID     uint32 // the same as long as the cube lives
	Worker int    // the goroutine that simulates it
	Awake  bool
	Moved  bool // false in the last write after a cube came to rest, and in those that Repaint asks for
}

// Mat4 is the write function of an arena of plain matrices.
func Mat4(dst *mgl32.Mat4, m *mgl32.Mat4, _ Cube) { *dst = *m }

// World is all tanks and the goroutines that simulate them. Its methods may be called from any goroutine, also while
// the workers run; a command (Push, Explode, …) waits for at most one tick of the tanks it concerns.
type World[T comparable] struct {
	arena *arena.Arena[T]
	write func(*T, *mgl32.Mat4, Cube)
	cfg   Config
	tick  time.Duration

	resize sync.Mutex // one SetCubes at a time
	tanks  atomic.Pointer[[]*tank[T]]

	crew  *crew.Crew
	steps atomic.Uint64 // ticks asked for in lockstep
	time  atomic.Int64  // nanoseconds asked for in free running
	lost  atomic.Int64  // nanoseconds given up by the tank that gave up most, also if it is gone
}

// New fills a world, stores every cube's first pose in a, and starts the goroutines, which wait for Step or Advance;
// Close ends them.
//
// write turns a model matrix (of a unit mesh cube, [-0.5, 0.5] on each axis) into an instance. The goroutines call it
// concurrently. An instance equal to the one last stored is not stored again, so what sleeps costs nothing.
func New[T comparable](a *arena.Arena[T], cfg Config, write func(dst *T, m *mgl32.Mat4, c Cube)) (*World[T], error) {
	if cfg.Cubes <= 0 {
		return nil, fmt.Errorf("physics: %d cubes: must be positive", cfg.Cubes)
	}
	if cfg.Workers <= 0 {
		cfg.Workers = runtime.GOMAXPROCS(0)
	}
	if cfg.Tick == 0 {
		cfg.Tick = 60
	}
	if !(cfg.Tick >= 1 && cfg.Tick <= 10_000) {
		return nil, fmt.Errorf("physics: %g ticks a second: must be 1 to 10,000", cfg.Tick)
	}
	w := &World[T]{
		arena: a, write: write, cfg: cfg,
		tick: time.Duration(float64(time.Second) / cfg.Tick),
	}
	w.tanks.Store(new([]*tank[T]))
	if err := w.SetCubes(cfg.Cubes); err != nil {
		w.free(*w.tanks.Load())
		return nil, err
	}
	w.crew = crew.New(cfg.Workers, w.work)
	return w, nil
}

// Step brings every tank one tick further and stores the poses it ends in. It returns when all goroutines are done: the
// same calls give the same poses, however many goroutines there are.
func (w *World[T]) Step() {
	w.steps.Add(1)
	w.crew.Ask()
	w.crew.Wait()
}

// Advance asks for dt more of real time and returns at once. The goroutines do the ticks that have come due and store
// poses between the last two ticks, so that motion is smooth at any frame rate; the picture is one tick late. Call it
// once a frame, after the uploader's Sync, with the frame's duration. A goroutine that cannot keep up gives time up
// rather than fall behind for ever (Fiedler, "Fix Your Timestep!", 2004): Stats counts it.
func (w *World[T]) Advance(dt time.Duration) {
	w.time.Add(int64(dt))
	w.crew.Ask()
}

// Wait returns when everything that was asked for is done.
func (w *World[T]) Wait() { w.crew.Wait() }

// Close ends the goroutines. The cubes stay in the arena as they are.
func (w *World[T]) Close() { w.crew.Close() }

// work is one goroutine's: tanks k, k+W, k+2W, … are its own.
func (w *World[T]) work(k int) {
	steps, now := w.steps.Load(), time.Duration(w.time.Load())
	tanks := *w.tanks.Load()
	for i := k; i < len(tanks); i += w.cfg.Workers {
		w.bring(tanks[i], steps, now)
	}
}

// Of what is due, one request does mostTicks, or mostTime's worth if that is more; it gives the rest up.
const (
	mostTicks = 4
	mostTime  = time.Second / 15
)

// bring takes t to the given step and time, one tick per lock, and stores what changed.
func (w *World[T]) bring(t *tank[T], steps uint64, now time.Duration) {
	for more := true; more; {
		more = w.bringOne(t, steps, now)
	}
}

// bringOne does t's next tick, if one is due, or else the publication, and reports whether there is more.
func (w *World[T]) bringOne(t *tank[T], steps uint64, now time.Duration) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gone {
		return false
	}
	if t.steps < steps {
		t.steps++
		w.tickOne(t)
		if t.steps == steps {
			t.alpha = 1
			t.publish(w.write, false)
		}
		return true
	}
	late := now - t.time
	if most := max(mostTicks*w.tick, mostTime-mostTime%w.tick); late >= most+w.tick {
		give := late - most - late%w.tick
		t.time += give
		lost := t.dropped.Add(int64(give))
		for was := w.lost.Load(); lost > was && !w.lost.CompareAndSwap(was, lost); was = w.lost.Load() {
		}
		return true
	}
	if late >= w.tick {
		t.time += w.tick
		w.tickOne(t)
		return true
	}
	if now > t.shownAt { // a tank may be younger than the request
		t.shownAt = now
		t.alpha = float32(late) / float32(w.tick)
		t.publish(w.write, false)
	}
	return false
}
