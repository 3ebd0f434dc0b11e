package pattern

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/crew"
)

const (
	group = 16  // slots whose versions share a cache line, so no two workers write to one group
	turns = 64  // ticks in which a cube makes a full turn
	bulk  = 256 // slots that Run stores at a time

	// Spacing is the distance between neighbouring cubes, and Edge is their size, in metres.
	Spacing = 1.0
	Edge    = 0.5
)

// Config says what to write. If a field is zero, its default is in parentheses.
type Config struct {
	Slots   int     // cubes, one slot each
	Workers int     // goroutines (GOMAXPROCS); fewer if there are not 16 slots for each
	Moving  float64 // fraction of the slots that a tick writes, 0 to 1, rounded to whole slots
	Kind    Kind
	Seed    uint64 // for Random
}

// A Writer writes a block of cubes on a grid. A fixed fraction of them turns on the spot in each tick. The same Config
// writes the same slots in the same ticks. The methods belong to one goroutine.
type Writer[T any] struct {
	workers []*worker[T]
	side    int // cubes along an edge of the grid
	slots   int
	crew    *crew.Crew
}

// A worker owns a span. Its fields belong to its goroutine.
type worker[T any] struct {
	span   arena.Span[T]
	first  int // index of its first slot among those of the Writer
	touch  int // slots in each tick
	kind   Kind
	side   int
	write  func(dst *T, m *mgl32.Mat4, slot int)
	rng    *rand.Rand
	choice []int32    // Random: a permutation of the slots, whose head is drawn anew in each tick
	buffer []T        // Run
	value  T          // Random, Stride: the next value; a field, since the arguments of write escape
	matrix mgl32.Mat4 // the argument of write
	at     int        // Stride, Run: where the next tick begins
	tick   int
}

// rotation has the matrix of a cube of the size Edge at the origin, for each step of a turn.
var rotation = func() (r [turns]mgl32.Mat4) {
	for i := range r {
		angle := 2 * math.Pi * float32(i) / turns
		r[i] = mgl32.HomogRotate3D(angle, mgl32.Vec3{1, 2, 0.5}.Normalize()).Mul4(mgl32.Scale3D(Edge, Edge, Edge))
	}
	return r
}()

// New allocates the slots, writes every cube once and starts the workers, which Close stops. write turns a model matrix
// (right-handed, column-major, in metres, of the cube [-0.5, 0.5]³) and the number of a cube into a T. The workers call
// write concurrently. New fails with arena.ErrFull, or if c is not valid.
func New[T any](a *arena.Arena[T], c Config, write func(dst *T, m *mgl32.Mat4, slot int)) (*Writer[T], error) {
	if c.Workers == 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	switch {
	case c.Slots < 1:
		return nil, fmt.Errorf("pattern: %d slots: want 1 or more", c.Slots)
	case c.Workers < 0:
		return nil, fmt.Errorf("pattern: %d workers: want 0 or more", c.Workers)
	case !(c.Moving >= 0 && c.Moving <= 1):
		return nil, fmt.Errorf("pattern: Moving is %v: want a fraction from 0 to 1", c.Moving)
	case c.Kind < Random || c.Kind > Run:
		return nil, fmt.Errorf("pattern: unknown kind %d", int(c.Kind))
	}
	w := &Writer[T]{
		slots: c.Slots,
		side:  int(math.Ceil(math.Cbrt(float64(c.Slots)) - 1e-9)),
	}
	groups := (c.Slots + group - 1) / group
	n := min(c.Workers, groups)
	total := int(math.Round(c.Moving * float64(c.Slots)))
	for i := range n {
		first, end := i*groups/n*group, min((i+1)*groups/n*group, c.Slots)
		wk := &worker[T]{
			first: first,
			touch: end*total/c.Slots - first*total/c.Slots, // the parts sum to total
			kind:  c.Kind,
			side:  w.side,
			write: write,
			rng:   rand.New(rand.NewPCG(c.Seed, uint64(i))),
		}
		if err := wk.open(a, end-first); err != nil {
			return nil, fmt.Errorf("pattern: placing %d cubes: %w", c.Slots, err)
		}
		w.workers = append(w.workers, wk)
	}
	w.crew = crew.New(n, false, func(k int) { w.workers[k].step() })
	return w, nil
}

// open allocates and writes the worker's cubes.
func (wk *worker[T]) open(a *arena.Arena[T], n int) error {
	cubes := make([]T, n)
	for i := range cubes {
		wk.pose(&cubes[i], i)
	}
	span, err := a.AllocSpan(n, cubes[0])
	if err != nil {
		return err
	}
	span.StoreAll(cubes)
	wk.span = span
	switch wk.kind {
	case Random:
		wk.choice = make([]int32, n)
		for i := range wk.choice {
			wk.choice[i] = int32(i)
		}
	case Run:
		wk.buffer = make([]T, min(bulk, n))
	}
	return nil
}

// pose sets dst to the worker's cube i in this tick.
func (wk *worker[T]) pose(dst *T, i int) {
	slot := wk.first + i
	m := &wk.matrix
	*m = rotation[(slot*7+wk.tick)%turns]
	n, side := uint32(slot), uint32(wk.side)
	middle := float32(side-1) / 2
	m[12] = Spacing * (float32(n%side) - middle)
	m[13] = Spacing * (float32(n/side%side) - middle)
	m[14] = Spacing * (float32(n/side/side) - middle)
	wk.write(dst, m, slot)
}

// step does one tick.
func (wk *worker[T]) step() {
	wk.tick++
	n := wk.span.Len()
	switch wk.kind {
	case Random: // the head of a Fisher-Yates shuffle; it is fair without a fresh permutation
		for i := range wk.touch {
			j := i + wk.rng.IntN(n-i)
			wk.choice[i], wk.choice[j] = wk.choice[j], wk.choice[i]
			slot := int(wk.choice[i])
			wk.pose(&wk.value, slot)
			wk.span.Set(slot, &wk.value)
		}
	case Stride:
		for i := range wk.touch {
			slot := (wk.at + i*n/wk.touch) % n
			wk.pose(&wk.value, slot)
			wk.span.Set(slot, &wk.value)
		}
		wk.at = (wk.at + 1) % n
	case Run:
		for left := wk.touch; left > 0; {
			piece := wk.buffer[:min(left, len(wk.buffer), n-wk.at)]
			for i := range piece {
				wk.pose(&piece[i], wk.at+i)
			}
			wk.span.StoreRange(wk.at, piece)
			wk.at = (wk.at + len(piece)) % n
			left -= len(piece)
		}
	}
	wk.span.Flush()
}

// Step lets every worker do one tick. When it returns, the next Descend shows the whole tick.
func (w *Writer[T]) Step() {
	w.crew.Ask()
	w.crew.Wait()
}

// Close stops the workers. The slots stay as they are.
func (w *Writer[T]) Close() { w.crew.Close() }

// Workers returns the number of goroutines.
func (w *Writer[T]) Workers() int { return len(w.workers) }

// Bounds returns the corners of the box that contains all cubes, in metres.
func (w *Writer[T]) Bounds() (lo, hi mgl32.Vec3) {
	reach := float32(w.side-1)/2*Spacing + Edge
	return mgl32.Vec3{-reach, -reach, -reach}, mgl32.Vec3{reach, reach, reach}
}
