package demo

import (
	"errors"
	"image"
	"math"
	"testing"
	"time"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window/windowtest"
	"github.com/slotstream/slotstream/upload"
)

// openScene makes a scene as the program does, and a target that is not visible.
func openScene(t *testing.T, width, height int, c Config) (*scene, *render.Offscreen) {
	t.Helper()
	if c.MSAA == 0 {
		c.MSAA, c.Workers, c.Tick, c.Seed, c.MaxCubes = 1, 2, max(c.Tick, 10), 1, 10_000
	}
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
	s, err := newScene(t.Context(), dev, target, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.release)
	return s, target
}

func draw(t *testing.T, s *scene, target render.Target) upload.Stats {
	t.Helper()
	if _, err := s.draw(target); err != nil {
		t.Fatal(err)
	}
	return s.layers[0].batch().Stats()
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
	s.camera.Zoom(0.6)
	frames := 0
	frame := func() (x, y float64) {
		if frames%6 == 0 {
			simulation(s).world.Step()
		}
		s.renderer.Now = simulation(s).world.Now() - simulation(s).world.Tick() + time.Duration(frames%6)*simulation(s).world.Tick()/6
		frames++
		if _, err := s.renderer.Frame(offscreen, &s.camera, simulation(s).slots.drawn, s.bars.batch); err != nil {
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
		if simulation(s).slots.drawn.Stats().Calls > 0 {
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
	s.source.run()
	h := new(hud)
	for _, paused := range []bool{false, true} {
		s.source.pause(paused)
		s.source.key(h, 'E', ray{})
		if h.note.Name == "exploded" == paused || h.note.Value == "" {
			t.Errorf("paused %v: the overlay says %+v", paused, h.note)
		}
	}
}

// A source that cannot be made is an error, and the scene releases what it has (data/33).
func TestSourcesThatFail(t *testing.T) {
	rec, _ := recorded(t)
	_, target := openScene(t, 64, 64, Config{Cubes: 10})
	const tooMany = 1 << 60 // no arena has so many slots
	for name, c := range map[string]Config{
		"simulation": {Cubes: 10, Workers: 1, Tick: 60},
		"replay":     {Replay: rec, Speed: 1},
		"follow":     {Follow: []string{"a"}},
	} {
		c.MSAA, c.MaxCubes = 1, tooMany
		if s, err := newScene(t.Context(), target.Device(), target, c); err == nil || s != nil {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
}

// simulation returns the source of a scene that simulates.
func simulation(s *scene) *simulated { return s.source.(*simulated) }
