// Package physics simulates tanks of rigid cubes and streams their motions into an arena, from as many goroutines as
// one likes, in whole ticks: a Descend shows every cube as of the same one.
//
// Units are metres, seconds, kilograms, radians; axes are right-handed, Y up. Each tank is a closed box that stands on
// the plane y = 0 and holds up to CubesPerTank cubes; it is a world of its own, with its own random numbers and its own
// span of the world's group in the arena. That is what makes the result independent of the number of goroutines.
//
// A tick, in the order of the files: grid (broad phase), collide (narrow phase), detect (contacts, with those of the
// last step), solve (impulses), part (what overlap is left), rest (islands, sleep). Each names its sources.
//
// Limits: all cubes are of one size and mass. At speeds to 10 m/s, they are at most 5 cm inside each other at any tick,
// nearly always at most 2 cm, as at rest; inside walls never more than wallTolerance. The same build gives the same
// bytes anywhere; another architecture's compiler may fuse multiplications and so round otherwise.
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
	Fountain bool // cubes come and go
	Spread   bool // each worker begins a tick on a processor of its own: for a world beside threads that draw on the CPU

	Enough <-chan struct{} // closed: New and SetCubes make no more tanks, but one at least; nil: never
}

// Cube is what a write function makes a slot of: the cube's motion in a tick, and what colours may show. Turns are unit
// quaternions; a cube is Edge wide.
type Cube struct {
	From, To         mgl32.Vec3 // where the tick began and where it ends, metres
	FromTurn, ToTurn mgl32.Quat
	Start            time.Duration // of the world's clock: when it is to be seen at From; a tick later at To; 0 at rest

	ID     uint32 // the same as long as the cube lives
	Worker int    // the goroutine that simulates it, unless another comes to help
	Awake  bool
	Moved  bool // false in the last write after a cube came to rest, and in those that Repaint asks for
}

// Mat4 is the write function of an arena of plain matrices, of a unit mesh cube ([-0.5, 0.5] on each axis): where the
// tick ends.
func Mat4(dst *mgl32.Mat4, c *Cube) {
	q := c.ToTurn
	matrix(fromMgl(c.To), quat{q.W, q.V[0], q.V[1], q.V[2]}, dst)
}

// World is all tanks and the goroutines that simulate them. It ticks when Step says so, or by itself after Run. Its
// methods may be called from any goroutine; a command (Push, Explode, …) waits for at most one tick, and shows as a
// whole, with the commit of its own or of the next tick.
type World[T comparable] struct {
	group arena.Group[T]
	write func(*T, *Cube)
	cfg   Config
	tick  time.Duration

	mu      sync.Mutex // held for a tick, a commit or a command: who has it has the tanks and all that follows
	tanks   atomic.Pointer[[]*tank[T]]
	start   time.Duration // of the motions of the last tick
	commits uint64
	shown   time.Duration // when the last commit was

	steps atomic.Int64 // ticks done
	crew  *crew.Crew
	clock *crew.Clock // after Run
	ended sync.WaitGroup
}

// New fills a world, stores every cube's first pose in a, and starts the goroutines, which wait for Step or Run; Close
// ends them.
//
// write turns a cube into a slot. The goroutines call it concurrently. A slot equal to the one last stored is not
// stored again, so what sleeps costs nothing.
func New[T comparable](a *arena.Arena[T], cfg Config, write func(dst *T, c *Cube)) (*World[T], error) {
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

// Step does a tick and commits it. It returns when all goroutines are done: the same calls give the same slots, however
// many goroutines there are.
func (w *World[T]) Step() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.advance(time.Duration(w.steps.Load()) * w.tick)
	w.commit()
}

// advance does a tick whose motions start at the given time. It reports whether it staged something. Under mu.
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

// commit shows what has been staged, as of now on the world's clock. Under mu.
func (w *World[T]) commit() {
	w.commits++
	w.shown = w.Now()
	w.group.Commit(arena.Tick{Number: w.commits, Time: w.shown})
}

// work is one goroutine's part of a tick: its own tanks, then those of others that have not come to them yet, as what
// else runs on the machine may hold one of them up.
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

// Now is the world's clock, on which motions start: real time since Run, without pauses and what was given up; without
// Run, the end of the last tick.
func (w *World[T]) Now() time.Duration {
	if w.clock == nil {
		return time.Duration(w.steps.Load()) * w.tick
	}
	return w.clock.Now()
}

// Pause has the clock stand, or go on. Commands still work. After Run only.
func (w *World[T]) Pause(on bool) { w.clock.Pause(on) }

// Tick is how long a tick takes.
func (w *World[T]) Tick() time.Duration { return w.tick }

// Shown is the commit that the arena's mirror shows, and its age on the world's clock. The reader's goroutine only.
func (w *World[T]) Shown() (number uint64, age time.Duration) {
	t := w.group.Shown()
	return t.Number, w.Now() - time.Duration(t.Time)
}

// Close ends the goroutines. The cubes stay in the arena as they are, and commands go on working. A second Close does
// nothing.
func (w *World[T]) Close() {
	if w.clock != nil {
		w.clock.End()
	}
	w.ended.Wait()
	w.crew.Close()
}
