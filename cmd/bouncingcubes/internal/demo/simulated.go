package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/framing"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/words"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/overlay"
	"github.com/slotstream/slotstream/render/window"
)

const (
	pushSpeed = 12.0 // metres a second, which a click adds
	addCubes  = 1000 // which + adds and - removes
)

// simulated is a world whose workers write the arena.
type simulated struct {
	slots    slots[render.MotionInstance]
	paint    *paint
	world    *physics.World[render.MotionInstance]
	boxes    tankSlots
	changed  bool // whether the tanks have changed
	maxCubes int  // the most that + makes
	fountain bool
	paused   bool
	first    framing.Framing

	ticks rate
	age   time.Duration // from the commit that the last frame showed to that frame
}

// simulate makes a world. If ctx is cancelled meanwhile, the world gets fewer cubes than c asks for.
func simulate(ctx context.Context, c Config) (*simulated, error) {
	a, err := arena.New(arena.Config[render.MotionInstance]{MaxSlots: 2 * c.MaxCubes})
	if err != nil {
		return nil, err
	}
	s := &simulated{
		slots: slots[render.MotionInstance]{arena: a}, boxes: tankSlots{arena: a}, paint: new(paint),
		maxCubes: c.MaxCubes, fountain: c.Fountain,
	}
	if s.world, err = physics.New(a, physics.Config{
		Cubes: c.Cubes, Workers: c.Workers, Tick: c.Tick, Seed: c.Seed, Fountain: c.Fountain, Spread: c.spread, Enough: ctx.Done(),
	}, s.paint.write); err != nil {
		return nil, fmt.Errorf("simulating %s: %w", words.Plural(c.Cubes, "cube"), err)
	}
	if err := s.retank(); err != nil {
		s.world.Close()
		return nil, err
	}
	lo, hi := s.world.Bounds()
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

func (s *simulated) layers() []layer { return []layer{&s.slots} }

// framing looks from the left. So the far tanks are at the upper right, and the overlay covers little.
func (s *simulated) framing() framing.Framing { return s.first }

func (s *simulated) described() error { return nil }

func (s *simulated) step() error { s.world.Step(); return nil }

func (s *simulated) run() { s.world.Run() }

func (s *simulated) pause(on bool) {
	s.paused = on
	s.world.Pause(on)
}

func (s *simulated) update() (time.Duration, error) { return s.world.Now(), nil }

func (s *simulated) tanks() (boxes []physics.Tank, changed bool) {
	changed, s.changed = s.changed, false
	return s.world.Tanks(), changed
}

func (s *simulated) moving() bool { return !s.paused && (s.fountain || s.world.Stats().Awake > 0) }

func (s *simulated) summary(sep string) string {
	world := s.world.Stats()
	return fmt.Sprintf("%s in %s%s%s awake", words.Plural(world.Live, "cube"), words.Plural(world.Tanks, "tank"), sep, words.Count(world.Awake))
}

func (s *simulated) keys() []overlay.Row {
	return []overlay.Row{
		{Name: "click", Value: "push a cube"},
		{Name: "E", Value: "explode the heap under the mouse, or all heaps"},
		{Name: "R", Value: "restart"},
		{Name: "+ -", Value: "a thousand cubes more or fewer"},
		{Name: "C", Value: "change what the colours show"},
	}
}

func (s *simulated) rows(h *hud) []overlay.Row {
	world := s.world.Stats()
	age := "at rest"
	if world.Awake > 0 {
		age = fmt.Sprintf("%.1f ms", float64(s.age)/float64(time.Millisecond))
	}
	return append([]overlay.Row{
		{Name: "cubes", Value: words.Count(world.Live)},
		{Name: "awake", Value: words.Count(world.Awake)},
		{Name: "ticks", Value: fmt.Sprintf("%.0f a second", s.ticks.perSecond())},
		{Name: "age", Value: age},
		{Name: "time lost", Value: fmt.Sprintf("%d ms", world.Dropped.Milliseconds())},
	}, append(h.traffic(), overlay.Row{Name: "colour", Value: s.paint.current().String()})...)
}

// key restarts, explodes or repaints the world.
func (s *simulated) key(h *hud, k window.Key, sight ray) bool {
	switch k {
	case 'R':
		s.world.Restart()
	case 'E':
		tank, ok := s.world.Pick(sight.eye, sight.direction)
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
		h.say(name, heaps)
	case 'C':
		s.paint.cycle()
		s.world.Repaint()
	default:
		return false
	}
	return true
}

// char is for + and -: it depends on the keyboard's layout where they are, and whether they need Shift.
func (s *simulated) char(r rune) (do func()) {
	more := map[rune]int{'+': addCubes, '=': addCubes, '-': -addCubes}[r]
	if more == 0 {
		return nil
	}
	return func() { s.resize(s.world.Stats().Live + more) }
}

func (s *simulated) drew(now time.Time) {
	s.ticks.reach(now, float64(s.world.Stats().Ticks))
	_, s.age = s.world.Shown()
}

func (s *simulated) click(sight ray) { s.world.Push(sight.eye, sight.direction, pushSpeed) }

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

func (s *simulated) release() {
	s.world.Close()
	s.slots.release()
}
