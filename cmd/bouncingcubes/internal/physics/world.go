// Package physics simulates tanks of rigid cubes on any number of goroutines, and streams the motions into an arena in
// whole ticks: a Descend shows every cube as of the same tick.
//
// Units are metres, seconds, kilograms and radians. Axes are right-handed, and Y is up. A tank is a closed box that
// stands on the plane y = 0 and has up to CubesPerTank cubes. It has its own random numbers, and its own span of the
// world's group in the arena. So the result does not depend on the number of goroutines.
//
// A tick, in the order of the files: grid (broad phase), collide (narrow phase), detect (contacts, also from the last
// step), solve (impulses), part (removal of overlap), rest (islands and sleep). Each file names its sources.
//
// Limits: all cubes have the same size and mass. At speeds of up to 10 m/s they overlap by at most 5 cm at any tick,
// and nearly always by at most 2 cm, as at rest. They overlap with walls by at most wallTolerance. The same build
// gives the same bytes on every machine; the compiler for another architecture may fuse multiplications, and so round
// differently.
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

// Config says what to simulate. Cubes must be positive. Any other field that is zero has its default.
type Config struct {
	Cubes    int     // in all tanks; it determines the number of tanks
	Workers  int     // goroutines; default GOMAXPROCS
	Tick     float64 // ticks a second; default 60, at least 1
	Seed     uint64
	Fountain bool // cubes come and go
	Spread   bool // each worker begins a tick on a processor of its own, for a world beside threads that draw on the CPU

	Enough <-chan struct{} // when closed, New and SetCubes make no more tanks after the first; nil: never
}

// A Cube is the argument of a write function: the motion of a cube in a tick, and properties that colours may show.
// Turns are unit quaternions. A cube is Edge wide.
type Cube struct {
	From, To         mgl32.Vec3 // where the tick began and where it ends, metres
	FromTurn, ToTurn mgl32.Quat
	Start            time.Duration // when the cube is at From, on the world's clock; a tick later it is at To; 0 at rest

	ID     uint32 // constant as long as the cube lives
	Worker int    // the goroutine that simulates the cube, unless another one helps
	Awake  bool
	Moved  bool // false in the last write after a cube came to rest, and in the writes of Repaint
}

// Mat4 is a write function for an arena of matrices: each is the model matrix at the end of the tick, for a mesh of the
// cube [-0.5, 0.5]³.
func Mat4(dst *mgl32.Mat4, c *Cube) {
	q := c.ToTurn
	matrix(fromMgl(c.To), quat{q.W, q.V[0], q.V[1], q.V[2]}, dst)
}

// A World has all tanks and the goroutines that simulate them. It ticks in each Step, or by itself after Run. Any
// goroutine may call the methods. A command (Push, Explode and so on) waits for at most one tick. Its effect appears
// as a whole, in a commit of its own or in that of the next tick.
type World[T comparable] struct {
	group arena.Group[T]
	write func(*T, *Cube)
	cfg   Config
	tick  time.Duration

	mu      sync.Mutex // guards the tanks and the fields below, in a tick, a commit or a command
	tanks   atomic.Pointer[[]*tank[T]]
	start   time.Duration // of the motions of the last tick
	commits uint64
	shown   time.Duration // when the last commit was

	steps atomic.Int64 // ticks so far
	crew  *crew.Crew
	clock *crew.Clock // after Run
	ended sync.WaitGroup
}

// New fills a world, stores the first pose of every cube in a, and starts the goroutines, which wait for Step or Run.
// Close stops them.
//
// write turns a cube into a slot. The goroutines call it concurrently. A slot whose value is the same as before is not
// stored again, so cubes that sleep cost nothing.
func New[T comparable](a *arena.Arena[T], cfg Config, write func(dst *T, c *Cube)) (*World[T], error) {
	if cfg.Cubes <= 0 {
		return nil, fmt.Errorf("physics: %d cubes: want 1 or more", cfg.Cubes)
	}
	if cfg.Workers <= 0 {
		cfg.Workers = runtime.GOMAXPROCS(0)
	}
	if cfg.Tick == 0 {
		cfg.Tick = 60
	}
	if !(cfg.Tick >= 1 && cfg.Tick <= 10_000) {
		return nil, fmt.Errorf("physics: %g ticks a second: want 1 to 10,000", cfg.Tick)
	}
	w := &World[T]{
		group: a.NewGroup(), write: write, cfg: cfg,
		tick: time.Duration(float64(time.Second) / cfg.Tick),
	}
	w.tanks.Store(new([]*tank[T]))
	if err := w.SetCubes(cfg.Cubes); err != nil {
		w.group.Free()
		return nil, err
	}
	w.crew = crew.New(cfg.Workers, cfg.Spread, w.work)
	return w, nil
}

// Step does a tick and commits it. It returns when all goroutines are done. The same calls give the same slots for any
// number of goroutines.
func (w *World[T]) Step() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.advance(time.Duration(w.steps.Load()) * w.tick)
	w.commit()
}

// advance does a tick whose motions start at the given time. It reports whether it staged something. The caller holds
// mu.
func (w *World[T]) advance(start time.Duration) bool {
	w.start = start
	w.steps.Add(1)
	if w.atRest() {
		return false
	}
	w.crew.Ask()
	w.crew.Wait()
	return true
}

// atRest reports whether a tick would change nothing.
func (w *World[T]) atRest() bool {
	if w.cfg.Fountain {
		return false
	}
	for _, t := range *w.tanks.Load() {
		if t.sim.shown > 0 {
			return false
		}
	}
	return true
}

// commit commits everything that was staged, at the present time of the world's clock. The caller holds mu.
func (w *World[T]) commit() {
	w.commits++
	w.shown = w.Now()
	w.group.Commit(arena.Tick{Number: w.commits, Time: w.shown})
}

// work is the part of worker k in a tick: first its own tanks, then those that other workers have not begun. So a
// worker that another program delays does not delay the tick.
func (w *World[T]) work(k int) {
	tick := w.steps.Load()
	for _, own := range []bool{true, false} {
		for _, t := range *w.tanks.Load() {
			if (t.worker == k) == own && t.begun.Swap(tick) != tick {
				w.tickOne(t)
				t.stage(w.write, w.start, false)
			}
		}
	}
}

// mostLead is the longest time from when a tick is due to when it is shown. Shorter ticks take their own length.
const mostLead = 25 * time.Millisecond

// Run lets the world tick by real time, on a goroutine of its own, until Close. The world computes a tick when it is
// due, and commits it at the start of its motions, which is a little later. So all motions are there in time. A world
// that cannot keep up gives time up, which Stats counts.
func (w *World[T]) Run() {
	w.clock = crew.NewClock(time.Duration(w.steps.Load()) * w.tick)
	w.ended.Go(w.run)
}

func (w *World[T]) run() {
	lead := min(w.tick, mostLead)
	for {
		due := time.Duration(w.steps.Load()) * w.tick
		if !w.clock.Until(due) {
			return
		}
		w.mu.Lock()
		staged := w.advance(due + lead)
		w.mu.Unlock()
		if !staged {
			continue // nothing to show
		}
		if !w.clock.Until(due + lead) {
			return
		}
		w.mu.Lock()
		w.clock.GiveUp(due+lead, w.tick, w.shown)
		w.commit()
		w.mu.Unlock()
	}
}

// Now returns the time of the world's clock, on which motions start: the real time since Run, without pauses and
// without the time that was given up. Before Run it is the end of the last tick.
func (w *World[T]) Now() time.Duration {
	if w.clock == nil {
		return time.Duration(w.steps.Load()) * w.tick
	}
	return w.clock.Now()
}

// Pause stops the clock, or lets it go on. Commands work meanwhile. Call Pause after Run only.
func (w *World[T]) Pause(on bool) { w.clock.Pause(on) }

// Tick returns the length of a tick.
func (w *World[T]) Tick() time.Duration { return w.tick }

// Shown returns the commit that the arena's mirror shows, and its age on the world's clock. Only the reader's
// goroutine may call it.
func (w *World[T]) Shown() (number uint64, age time.Duration) {
	t := w.group.Shown()
	return t.Number, w.Now() - time.Duration(t.Time)
}

// Close stops the goroutines. The cubes stay in the arena as they are, and commands still work. A second Close does
// nothing.
func (w *World[T]) Close() {
	if w.clock != nil {
		w.clock.End()
	}
	w.ended.Wait()
	w.crew.Close()
}
