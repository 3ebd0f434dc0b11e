package render_test

import (
	"bytes"
	"errors"
	"image"
	"log/slog"
	"math"
	"strings"
	"testing"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/internal/rendertest"
)

func TestOpenLogsTheChoice(t *testing.T) {
	var log bytes.Buffer
	d, err := render.Open(render.DeviceConfig{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	check(t, err)
	defer d.Release()
	if !strings.Contains(log.String(), d.Info.Name) || d.Info.Software != strings.Contains(log.String(), "WARN") {
		t.Errorf("opened %v, logged %q", d.Info, log.String())
	}
}

func TestOpenByName(t *testing.T) {
	have := openDevice(t).Info
	t.Setenv("VK_LOADER_LAYERS_ENABLE", "")
	d, err := render.Open(render.DeviceConfig{Validation: true, Adapter: strings.ToUpper(have.Name[:4]), Backend: have.Backend})
	check(t, err)
	defer d.Release()
	if d.Info != have {
		t.Errorf("opened %v", d.Info)
	}
	infos, err := render.Adapters()
	check(t, err)
	found := false
	for _, i := range infos {
		found = found || i == have
	}
	if !found {
		t.Errorf("Adapters lists %v, not %v", infos, have)
	}
	_, err = render.Open(render.DeviceConfig{Adapter: "no such thing"})
	if !errors.Is(err, render.ErrNoAdapter) || !strings.Contains(err.Error(), have.Name) {
		t.Errorf("an unknown adapter: %v", err)
	}
	if _, err = render.Open(render.DeviceConfig{Backend: "glide"}); err == nil || errors.Is(err, render.ErrNoAdapter) {
		t.Errorf("an unknown backend: %v", err)
	}
}

// A backend that is asked for is the one that draws, and all draw the same.
func TestBackends(t *testing.T) {
	want := openDevice(t)
	picture := func(d *render.Device) *image.NRGBA {
		s := newStage(t, d, 320, 180, render.Config{Look: render.Studio})
		a, err := arena.New(arena.Config[render.Instance]{})
		check(t, err)
		for _, p := range poses(1) {
			_, err := a.Alloc(p)
			check(t, err)
		}
		return s.shot(t, front, newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{}))
	}
	infos, err := render.Adapters()
	check(t, err)
	for _, info := range infos {
		d, err := render.Open(render.DeviceConfig{Backend: info.Backend, Software: info.Software, Logger: slog.New(slog.DiscardHandler)})
		check(t, err)
		t.Cleanup(d.Release)
		if d.Info.Backend != info.Backend {
			t.Errorf("asked for %s, opened %v", info.Backend, d.Info)
		}
		diff, n := rendertest.Difference(picture(want), picture(d), 8)
		if t.Logf("%v: %d pixels differ from %v", d.Info, n, want.Info); n > 320*180/100 {
			check(t, render.WritePNG("testdata/backend.difference.png", diff))
			t.Errorf("%v draws another picture", d.Info)
		}
	}
}

func TestBadInput(t *testing.T) {
	d := openDevice(t)
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	corner := func(x float32) error {
		_, err := render.NewMesh(d, []render.Vertex{{}, {Position: mgl32.Vec3{0, x, 0}}, {}}, []uint32{0, 1, 2})
		return err
	}
	config := func(c render.Config) error { _, err := render.New(d, c); return err }
	look := func(change func(c *render.Camera)) error {
		s := newStage(t, d, 8, 8, render.Config{Look: render.Studio})
		c := render.NewCamera(mgl32.Vec3{}, 1)
		_, err := s.renderer.Frame(s.target, &c)
		check(t, err)
		change(&c)
		_, err = s.renderer.Frame(s.target, &c)
		_, _, picked := s.renderer.Pick(&c, 8, 8, 4, 4)
		if (err == nil) != (picked == nil) {
			t.Errorf("a frame: %v, Pick: %v", err, picked)
		}
		return err
	}
	for name, try := range map[string]func() error{
		"picture of no size":    func() error { _, err := render.NewOffscreen(d, 0, 10, 0); return err },
		"huge picture":          func() error { _, err := render.NewOffscreen(d, 10, 1<<20, 0); return err },
		"unreadable format":     func() error { _, err := render.NewOffscreen(d, 1, 1, wgpu.TextureFormatR8Unorm); return err },
		"three samples":         func() error { _, err := render.New(d, render.Config{MSAA: 3}); return err },
		"no vertices":           func() error { _, err := render.NewMesh(d, nil, nil); return err },
		"index past the end":    func() error { _, err := render.NewMesh(d, make([]render.Vertex, 3), []uint32{0, 1, 3}); return err },
		"two thirds of a face":  func() error { _, err := render.NewMesh(d, make([]render.Vertex, 3), []uint32{0, 1}); return err },
		"sphere of two corners": func() error { _, err := render.NewSphere(d, 2, 1); return err },
		"sphere of too many":    func() error { _, err := render.NewSphere(d, 1<<20, 1<<20); return err },
		"sphere without end":    func() error { _, err := render.NewSphere(d, math.MaxInt, math.MaxInt); return err },
		"corner nowhere":        func() error { return corner(nan) },
		"corner without end":    func() error { return corner(-inf) },
		"sun nowhere":           func() error { return config(render.Config{Sun: mgl32.Vec3{nan, 1, 0}}) },
		"ground nowhere":        func() error { return config(render.Config{GroundY: inf}) },
		"no background":         func() error { return config(render.Config{Background: &render.Color{0, nan, 0, 1}}) },
		"target nowhere":        func() error { return look(func(c *render.Camera) { c.Target[1] = nan }) },
		"yaw without end":       func() error { return look(func(c *render.Camera) { c.Yaw = inf }) },
		"no pitch":              func() error { return look(func(c *render.Camera) { c.Pitch = nan }) },
		"infinitely far":        func() error { return look(func(c *render.Camera) { c.Distance = inf }) },
		"near without end":      func() error { return look(func(c *render.Camera) { c.Near = inf }) },
		"origin nowhere":        func() error { return look(func(c *render.Camera) { c.Origin[2] = math.NaN() }) },
		"no colour": func() error {
			s := newStage(t, d, 8, 8, render.Config{})
			_, err := render.NewBatch(s.renderer, oneCube(t), cubeMesh(t, d), render.BatchConfig{Colors: []render.Color{{nan}}})
			return err
		},
		"unknown look":       func() error { return new(render.Look).UnmarshalText([]byte("pretty")) },
		"look out of range":  func() error { _, err := render.New(d, render.Config{Look: 2}); return err },
		"power out of range": func() error { _, err := render.Open(render.DeviceConfig{Power: 3}); return err },
		"unwritable picture": func() error {
			o, err := render.NewOffscreen(d, 1, 1, 0)
			check(t, err)
			defer o.Release()
			return o.WritePNG("/nowhere/at/all.png")
		},
		"another format": func() error {
			s := newStage(t, d, 8, 8, render.Config{})
			o, err := render.NewOffscreen(d, 8, 8, wgpu.TextureFormatBGRA8Unorm)
			check(t, err)
			defer o.Release()
			c := render.NewCamera(mgl32.Vec3{}, 1)
			_, err = s.renderer.Frame(o, &c)
			return err
		},
	} {
		if err := try(); err == nil {
			t.Errorf("%s: no error", name)
		} else if !strings.HasPrefix(err.Error(), "render: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A sun is a direction, however long.
func TestSunOfAnyLength(t *testing.T) {
	d := openDevice(t)
	var want *image.NRGBA
	for _, length := range []float32{1, 1e-40, 1e-30, 1e30, 3e38} {
		s := newStage(t, d, 64, 64, render.Config{Look: render.Studio, Sun: mgl32.Vec3{0, 1, 0}.Mul(length)})
		got := s.shot(t, front, newBatch(t, s, oneCube(t), cubeMesh(t, d), render.BatchConfig{}))
		if want == nil {
			want = got
		} else if n := off(want, got); n != 0 {
			t.Errorf("a sun of length %v: %d differences", length, n)
		}
	}
}

// TestGPUTimes: every frame is timed once, and none is waited for.
func TestGPUTimes(t *testing.T) {
	d := openDevice(t)
	if !d.Timestamps {
		t.Skip("the device has no timestamps")
	}
	s := newStage(t, d, 64, 64, render.Config{Timestamps: true})
	b := newBatch(t, s, newArena(t, mgl32.Ident4()), cubeMesh(t, d), render.BatchConfig{})
	c := render.NewCamera(mgl32.Vec3{}, 3)
	const frames = 100
	for i := range frames {
		stats, err := s.renderer.Frame(s.target, &c, b)
		check(t, err)
		if stats.Frame != uint64(i+1) {
			t.Errorf("frame %d has number %d", i+1, stats.Frame)
		}
	}
	early := s.renderer.GPUTimes(nil)
	if len(early) == 0 {
		t.Errorf("no times after %d frames", frames)
	}
	check(t, s.renderer.Wait())
	all := s.renderer.GPUTimes(early)
	if len(all) != frames {
		t.Errorf("%d times of %d frames", len(all), frames)
	}
	for i, v := range all {
		if v.Time <= 0 || v.Time.Seconds() > 10 || v.Frame != uint64(i+1) {
			t.Errorf("frame %d: %+v", i+1, v)
		}
	}
	if again := s.renderer.GPUTimes(nil); len(again) != 0 {
		t.Errorf("%d times came twice", len(again))
	}
}
