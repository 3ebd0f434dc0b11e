package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/cmd/internal/aabb"
	"github.com/slotstream/slotstream/cmd/internal/framing"
	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/cmd/internal/words"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/overlay"
	"github.com/slotstream/slotstream/render/window"
)

const (
	pushSpeed = 12.0 // metres a second, which a click adds
	addCubes  = 1000 // which + adds and - removes
)

// slots is the layer of the world.
type slots struct {
	stage.Slots[render.MotionInstance]
	first *framing.Framing
}

func (s *slots) Metadata(int) map[string]string { return s.first.Metadata() }

// simulated is a world whose workers write the arena.
type simulated struct {
	stage.Passive
	slots    slots
	paint    *paint
	world    *physics.World[render.MotionInstance]
	boxes    tankSlots
	changed  bool // whether the tanks have changed
	maxCubes int  // the most that + makes
	fountain bool
	paused   bool
	first    framing.Framing
	lo, hi   mgl32.Vec3 // of all tanks

	ticks stage.Rate
	age   time.Duration // from the commit that the last frame showed to that frame
}

// simulate makes a world. If ctx is cancelled meanwhile, the world gets fewer cubes than c asks for.
func simulate(ctx context.Context, c Config, spread bool) (*simulated, error) {
	a, err := arena.New(arena.Config[render.MotionInstance]{MaxSlots: 2 * c.MaxCubes})
	if err != nil {
		return nil, err
	}
	s := &simulated{
		slots: slots{Slots: stage.Slots[render.MotionInstance]{Arena: a}}, boxes: tankSlots{arena: a}, paint: new(paint),
		maxCubes: c.MaxCubes, fountain: c.Fountain,
	}
	if s.world, err = physics.New(a, physics.Config{
		Cubes: c.Cubes, Workers: c.Workers, Tick: c.Tick, Seed: c.Seed, Fountain: c.Fountain, Spread: spread, Enough: ctx.Done(),
	}, s.paint.write); err != nil {
		return nil, fmt.Errorf("simulating %s: %w", words.Plural(c.Cubes, "cube"), err)
	}
	if err := s.retank(); err != nil {
		s.world.Close()
		return nil, err
	}
	lo, hi := s.world.Bounds()
	s.slots.first = &s.first
	s.first = framing.Framing{Tick: s.world.Tick(), Lo: lo, Hi: hi, Yaw: -0.75, Pitch: 0.5, FovY: 0.5, Sun: sun}
	return s, nil
}

// sun is the direction to the sun, left of the camera.
var sun = mgl32.Vec3{-0.58, 0.8, 0.18}

// retank takes note that the tanks have changed.
func (s *simulated) retank() error {
	s.changed = true
	if err := s.boxes.update(s.world.Tanks()); err != nil {
		return fmt.Errorf("storing %s: %w", words.Plural(len(s.world.Tanks()), "tank"), err)
	}
	return nil
}

func (s *simulated) Layers() []stage.Layer { return []stage.Layer{&s.slots} }

// Framing looks from the left. So the far tanks are at the upper right, and the overlay covers little.
func (s *simulated) Framing() framing.Framing { return s.first }

func (s *simulated) Described() error { return nil }

func (s *simulated) Step() error { s.world.Step(); return nil }

func (s *simulated) Run() { s.world.Run() }

func (s *simulated) Pause(on bool) {
	s.paused = on
	s.world.Pause(on)
}

func (s *simulated) Update() (time.Duration, error) { return s.world.Now(), nil }

func (s *simulated) Boxes() (boxes []aabb.Box, changed bool) {
	if !s.changed {
		return nil, false
	}
	s.changed = false
	boxes = s.world.Tanks()
	s.lo, s.hi = aabb.Bounds(boxes)
	return boxes, true
}

// Extent returns the box around all tanks.
func (s *simulated) Extent() (lo, hi mgl32.Vec3) { return s.lo, s.hi }

func (s *simulated) Moving() bool { return !s.paused && (s.fountain || s.world.Stats().Awake > 0) }

func (s *simulated) Summary(sep string) string {
	world := s.world.Stats()
	return fmt.Sprintf("%s in %s%s%s awake", words.Plural(world.Live, "cube"), words.Plural(world.Tanks, "tank"), sep, words.Count(world.Awake))
}

func (s *simulated) Keys() []overlay.Row {
	return []overlay.Row{
		{Name: "click", Value: "push a cube"},
		{Name: "E", Value: "explode the heap under the mouse, or all heaps"},
		{Name: "R", Value: "restart"},
		{Name: "+ -", Value: "a thousand cubes more or fewer"},
		{Name: "C", Value: "change what the colours show"},
	}
}

func (s *simulated) Rows(h *stage.HUD) []overlay.Row {
	world := s.world.Stats()
	age := "at rest"
	if world.Awake > 0 {
		age = fmt.Sprintf("%.1f ms", float64(s.age)/float64(time.Millisecond))
	}
	return append([]overlay.Row{
		{Name: "cubes", Value: words.Count(world.Live)},
		{Name: "awake", Value: words.Count(world.Awake)},
		{Name: "ticks", Value: fmt.Sprintf("%.0f a second", s.ticks.PerSecond())},
		{Name: "age", Value: age},
		{Name: "time lost", Value: fmt.Sprintf("%d ms", world.Dropped.Milliseconds())},
	}, append(h.Traffic(), overlay.Row{Name: "colour", Value: s.paint.current().String()})...)
}

// Key restarts, explodes or repaints the world.
func (s *simulated) Key(h *stage.HUD, k window.Key, at stage.Sight) bool {
	switch k {
	case 'R':
		s.world.Restart()
	case 'E':
		tank, ok := s.world.Pick(at.Eye, at.Direction)
		if !ok {
			tank = -1
		}
		s.world.Explode(tank)
		name, heaps := "exploded", "all heaps"
		if ok {
			heaps = "the heap under the mouse"
		}
		if s.paused {
			name = "after the pause" // the cubes have their speed, and time stands still
			heaps += " will explode"
		}
		h.Say(name, heaps)
	case 'C':
		s.paint.cycle()
		s.world.Repaint()
	default:
		return false
	}
	return true
}

// Char is for + and -: it depends on the keyboard's layout where they are, and whether they need Shift.
func (s *simulated) Char(r rune) (do func()) {
	more := map[rune]int{'+': addCubes, '=': addCubes, '-': -addCubes}[r]
	if more == 0 {
		return nil
	}
	return func() { s.resize(s.world.Stats().Live + more) }
}

func (s *simulated) Drew(now time.Time) {
	s.ticks.Reach(now, float64(s.world.Stats().Ticks))
	_, s.age = s.world.Shown()
}

func (s *simulated) Click(_ *stage.HUD, at stage.Sight) {
	s.world.Push(at.Eye, at.Direction, pushSpeed)
}

// resize changes the number of cubes, and with it the tanks.
func (s *simulated) resize(cubes int) {
	err := s.world.SetCubes(min(max(cubes, 1), s.maxCubes))
	if errors.Is(err, arena.ErrFull) {
		err = nil // there are as many as fit
	}
	if err = errors.Join(err, s.retank()); err != nil {
		slog.Error("changing the number of cubes", "error", err)
	}
}

func (s *simulated) Release() {
	s.world.Close()
	s.slots.Release()
}
