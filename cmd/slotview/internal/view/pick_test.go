//go:build !js

package view

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window/windowtest"
)

// tape returns a recording of matrices at these places, one moment for each, with what it says of itself.
func tape(t *testing.T, metadata map[string]string, moments ...[]mgl32.Vec3) Tape {
	t.Helper()
	var all [][]mgl32.Mat4
	for _, places := range moments {
		var slots []mgl32.Mat4
		for _, p := range places {
			slots = append(slots, mgl32.Translate3D(p[0], p[1], p[2]))
		}
		all = append(all, slots)
	}
	return tapeOf(t, metadata, all...)
}

// tapeOf is tape for slots of any type. Moments are a second apart.
func tapeOf[T any](t *testing.T, metadata map[string]string, moments ...[]T) Tape {
	t.Helper()
	a, err := arena.New(arena.Config[T]{})
	if err != nil {
		t.Fatal(err)
	}
	span, err := a.AllocSpan(len(moments[0]), *new(T))
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	now := time.Duration(0)
	r, err := record.NewRecorder(&file, a, record.Config{Metadata: metadata, Clock: func() time.Duration { return now }})
	if err != nil {
		t.Fatal(err)
	}
	for i, slots := range moments {
		now = time.Duration(i) * time.Second
		for k := range slots {
			span.Set(k, &slots[k])
		}
		span.Flush()
		a.Descend()
		r.Wait()
		if err := r.Append(); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	rec, err := record.Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return Tape{File: "robot.mcap", Recording: rec}
}

// openScene shows the sources of a configuration, on a target that is not visible.
func openScene(t *testing.T, c Config) (*stage.Scene, *Viewer, *render.Offscreen) {
	t.Helper()
	return openStage(t, c, stage.Outputs{})
}

// openStage also records and publishes.
func openStage(t *testing.T, c Config, o stage.Outputs) (*stage.Scene, *Viewer, *render.Offscreen) {
	t.Helper()
	dev, err := render.Open(render.DeviceConfig{})
	if errors.Is(err, render.ErrNoAdapter) {
		windowtest.Missing(t, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(dev.Release)
	target, err := render.NewOffscreen(dev, 320, 180, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Release)
	c.Warn = func(err error) { t.Error(err) }
	c.Say = func(text string) { t.Log(text) }
	o.Warn, o.Say = c.Warn, c.Say
	s, err := stage.NewScene(t.Context(), dev, target, stage.Config{Open: c.Open, MSAA: 1, Outputs: o})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Release)
	return s, s.Source.(*Viewer), target
}

// A click tells which body it is, by its number and its name, and where it is in the coordinates of its writer, though
// these have z up and are millimetres, and each body shows a mesh and a colour of its own. F shows it closely.
func TestClickTellsWhichBody(t *testing.T) {
	s, v, target := openScene(t, Config{Recordings: []Tape{tape(t, map[string]string{
		"up": `"z"`, "unit": "0.001", "shapes": `["cube", "sphere"]`, "colors": `["#ff0000", "#00ff00", "#0000ff"]`, "names": `["base", "head"]`,
	}, []mgl32.Vec3{{-2, 0, 1}, {2, 0, 3}})}})
	if _, err := s.Draw(target); err != nil {
		t.Fatal(err)
	}
	lo, hi := v.Extent()
	if size := hi.Sub(lo); size[0] > 0.01 || size[1] > 0.01 || lo[1] < 0 {
		t.Errorf("millimetres: the box is %v to %v", lo, hi)
	}
	s.Camera = render.Camera{Target: mgl32.Vec3{0.002, 0.003, 0}, Distance: 0.01, Near: 0.0001} // of the head, y up, metres
	if _, err := s.Draw(target); err != nil {
		t.Fatal(err)
	}
	v.Click(new(stage.HUD), stage.Sight{X: 160, Y: 90, Width: 320, Height: 180})
	rows := v.pickedRows()
	if len(rows) != 2 || rows[0].Value != "robot 1 head" || strings.Join(strings.Fields(rows[1].Value), " ") != "2 0 3" {
		t.Fatalf("a click on the head says %v", rows)
	}
	before := s.Camera
	if !v.Key(nil, 'F', stage.Sight{}) || s.Camera == before || s.Camera.Target.Sub(mgl32.Vec3{0.002, 0.003, 0}).Len() > 1e-6 {
		t.Errorf("F shows %v from %v m", s.Camera.Target, s.Camera.Distance)
	}
	s.Camera = render.Camera{Target: mgl32.Vec3{0.0025, 0.003, 0}, Distance: 0.01, Near: 0.0001}
	if _, err := s.Draw(target); err != nil {
		t.Fatal(err)
	}
	v.Click(new(stage.HUD), stage.Sight{X: 150, Y: 90, Width: 320, Height: 180, Double: true})
	if at := s.Camera.Target.Sub(mgl32.Vec3{0.002, 0.003, 0}).Len(); at > 1e-6 || s.Camera.Distance != 0.01 {
		t.Errorf("after a double click the camera looks at %v from %v m", s.Camera.Target, s.Camera.Distance)
	}
	v.Click(new(stage.HUD), stage.Sight{X: 1, Y: 1, Width: 320, Height: 180})
	if rows := v.pickedRows(); rows != nil || v.Key(nil, 'F', stage.Sight{}) {
		t.Errorf("a click on nothing says %v", rows)
	}
}

// The camera goes along with the body that it follows.
func TestCameraFollowsABody(t *testing.T) {
	s, v, target := openScene(t, Config{Recordings: []Tape{tape(t, nil, []mgl32.Vec3{{0, 1, 0}}, []mgl32.Vec3{{5, 2, 0}})}, Frame: time.Second})
	draw := func() {
		t.Helper()
		if err := v.Step(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Draw(target); err != nil {
			t.Fatal(err)
		}
	}
	draw()
	v.picked = picked{stream: v.layers[0].stream}
	v.Key(new(stage.HUD), 'T', stage.Sight{})
	draw()
	if at := s.Camera.Target; at != (mgl32.Vec3{5, 2, 0}) {
		t.Errorf("the camera looks at %v", at)
	}
}

// Lines and points whose z is up, in units of two metres, are drawn where the same ones in metres with y up are, in
// every moment.
func TestLinesAndPointsAreTurned(t *testing.T) {
	turned := map[string]string{"up": `"z"`, "unit": "2"}
	pictures := func(of Tape) (all [][]byte) {
		t.Helper()
		s, v, target := openScene(t, Config{Recordings: []Tape{of}, Frame: time.Second})
		for range 2 {
			if err := v.Step(); err != nil {
				t.Fatal(err)
			}
			if s.Fit(320, 180); len(all) == 0 {
				s.Refit()
			}
			if _, err := s.Draw(target); err != nil {
				t.Fatal(err)
			}
			img, err := target.Image()
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, img.Pix)
		}
		return all
	}
	line := func(a, b mgl32.Vec3, width float32) []render.Line {
		return []render.Line{{A: a, B: b, Width: width, ColorA: render.RGBA8{255, 0, 0, 255}, ColorB: render.RGBA8{0, 0, 255, 255}}}
	}
	point := func(c mgl32.Vec3, radius float32) []render.Point { return []render.Point{{Center: c, Radius: radius}} }
	for name, pair := range map[string][2]Tape{
		"lines": {
			tapeOf(t, nil, line(mgl32.Vec3{0, 2, -4}, mgl32.Vec3{6, 4, 2}, 0.5), line(mgl32.Vec3{0, 2, -4}, mgl32.Vec3{6, 2, 2}, 1)),
			tapeOf(t, turned, line(mgl32.Vec3{0, 2, 1}, mgl32.Vec3{3, -1, 2}, 0.25), line(mgl32.Vec3{0, 2, 1}, mgl32.Vec3{3, -1, 1}, 0.5)),
		},
		"points": {
			tapeOf(t, nil, point(mgl32.Vec3{2, 4, -6}, 1), point(mgl32.Vec3{2, 4, -5}, 1)),
			tapeOf(t, turned, point(mgl32.Vec3{1, 3, 2}, 0.5), point(mgl32.Vec3{1, 2.5, 2}, 0.5)),
		},
	} {
		want, got := pictures(pair[0]), pictures(pair[1])
		if bytes.Equal(want[0], want[1]) {
			t.Errorf("%s: both moments look the same", name)
		}
		for i := range want {
			if !bytes.Equal(want[i], got[i]) {
				t.Errorf("%s, moment %d: the picture is another one", name, i)
			}
		}
	}
}
