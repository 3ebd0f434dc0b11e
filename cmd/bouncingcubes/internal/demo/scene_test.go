package demo

import (
	"errors"
	"image"
	"math"
	"testing"
	"time"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window/windowtest"
	"github.com/slotstream/slotstream/upload"
)

// openScene makes a scene as the program does, and a target that is not visible.
func openScene(t *testing.T, width, height int, c Config) (*stage.Scene, *render.Offscreen) {
	t.Helper()
	c.Workers, c.Tick, c.Seed, c.MaxCubes = 2, max(c.Tick, 10), 1, 10_000
	dev, err := render.Open(render.DeviceConfig{Power: wgpu.PowerPreferenceHighPerformance})
	if errors.Is(err, render.ErrNoAdapter) {
		windowtest.Missing(t, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(dev.Release)
	target, err := render.NewOffscreen(dev, width, height, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Release)
	s, err := stage.NewScene(t.Context(), dev, target, stage.Config{Open: c.Open, MSAA: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Release)
	return s, target
}

func draw(t *testing.T, s *stage.Scene, target render.Target) upload.Stats {
	t.Helper()
	if _, err := s.Draw(target); err != nil {
		t.Fatal(err)
	}
	return simulation(s).slots.Drawn.Stats()
}

// Cubes that sleep cost nothing: no slot is stored, found changed or uploaded, in every mode of colours. A new mode
// stores every slot once.
func TestSleepersCostNothing(t *testing.T) {
	const cubes = 600
	s, target := openScene(t, 320, 180, Config{Cubes: cubes, Tick: 60})
	draw(t, s, target)
	for ticks := 0; simulation(s).world.Stats().Awake > 0; ticks++ {
		if ticks == 60*120 {
			t.Fatalf("%d cubes still awake after two minutes", simulation(s).world.Stats().Awake)
		}
		simulation(s).world.Step()
	}
	simulation(s).world.Step() // cubes that fell asleep arrive
	simulation(s).world.Step()
	for range colorModes {
		if sent := draw(t, s, target); sent.Updated == 0 || sent.Bytes == 0 {
			t.Errorf("colours %v: nothing to draw: %+v", simulation(s).paint.current(), sent)
		}
		for range 60 { // as in lockstep, and as beside a window
			simulation(s).world.Step()
			if sent := draw(t, s, target); sent.Updated != 0 || sent.Ranges != 0 || sent.Calls != 0 || sent.Bytes != 0 {
				t.Fatalf("colours %v: a frame of sleepers costs %+v", simulation(s).paint.current(), sent)
			}
		}
		simulation(s).paint.cycle()
		simulation(s).world.Repaint()
	}
	if sent := draw(t, s, target); sent.Updated > cubes || sent.Bytes > 2*cubes*80 {
		t.Errorf("new colours for %d cubes cost %+v", cubes, sent)
	}
	simulation(s).world.Explode(-1)
	simulation(s).world.Step()
	if sent := draw(t, s, target); sent.Updated != cubes {
		t.Errorf("an explosion moved %d cubes of %d", sent.Updated, cubes)
	}
}

// Ten ticks a second look smooth at sixty frames: while the cube flies, every frame shows it at another place, and no
// step between two frames is as long as those of a tick's six frames together.
func TestTenTicksASecondLookSmooth(t *testing.T) {
	s, offscreen := openScene(t, 640, 360, Config{Cubes: 1, Tick: 10})
	s.Camera.Zoom(0.6)
	frames := 0
	frame := func() (x, y float64) {
		if frames%6 == 0 {
			simulation(s).world.Step()
		}
		s.Renderer.Now = simulation(s).world.Now() - simulation(s).world.Tick() + time.Duration(frames%6)*simulation(s).world.Tick()/6
		frames++
		if _, err := s.Renderer.Frame(offscreen, &s.Camera, simulation(s).slots.Drawn, s.Outlines()); err != nil {
			t.Fatal(err)
		}
		img, err := offscreen.Image()
		if err != nil {
			t.Fatal(err)
		}
		return middle(img)
	}
	for simulation(s).world.Stats().Awake > 0 {
		frame()
	}
	simulation(s).world.Explode(-1)
	const flight = 45 // frames: it is up for more than a second
	for range 6 {
		frame()
	}
	var longest, sum float64
	uploads := 0
	x, y := frame()
	for i := range flight {
		nextX, nextY := frame()
		if simulation(s).slots.Drawn.Stats().Calls > 0 {
			uploads++
		}
		step := math.Hypot(nextX-x, nextY-y)
		if step == 0 {
			t.Errorf("frame %d shows the cube where the frame before did", i)
		}
		longest, sum, x, y = max(longest, step), sum+step, nextX, nextY
	}
	if mean := sum / flight; longest > 3*mean {
		t.Errorf("a step of %.2f pixels, of %.2f on average: the cube jumps", longest, mean)
	}
	if uploads > flight/6+1 {
		t.Errorf("%d of %d frames uploaded something", uploads, flight)
	}
}

// middle returns the mean place of the pixels that have a colour.
func middle(img *image.NRGBA) (x, y float64) {
	n := 0.0
	for j := range img.Rect.Dy() {
		for i := range img.Rect.Dx() {
			c := img.NRGBAAt(i, j)
			if max(c.R, c.G, c.B)-min(c.R, c.G, c.B) > 60 {
				x, y, n = x+float64(i), y+float64(j), n+1
			}
		}
	}
	return x / n, y / n
}

// While the world is paused, the message about an explosion says when it happens.
func TestExplosionWhilePaused(t *testing.T) {
	s, _ := openScene(t, 160, 90, Config{Cubes: 10})
	s.Source.Run()
	h := new(stage.HUD)
	for _, paused := range []bool{false, true} {
		s.Source.Pause(paused)
		s.Source.Key(h, 'E', stage.Sight{})
		if note := h.Note(); note.Name == "exploded" == paused || note.Value == "" {
			t.Errorf("paused %v: the overlay says %+v", paused, note)
		}
	}
}

// A world that cannot be made is an error, and the scene releases what it has (data/33).
func TestWorldThatFails(t *testing.T) {
	_, target := openScene(t, 64, 64, Config{Cubes: 10})
	c := Config{Cubes: 10, Workers: 1, Tick: 60, MaxCubes: 1 << 60} // no arena has so many slots
	if s, err := stage.NewScene(t.Context(), target.Device(), target, stage.Config{Open: c.Open, MSAA: 1}); err == nil || s != nil {
		t.Errorf("%v, %v", s, err)
	}
}

// simulation returns the source of a scene that simulates.
func simulation(s *stage.Scene) *simulated { return s.Source.(*simulated) }
