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
	a, err := arena.New(arena.Config[mgl32.Mat4]{})
	if err != nil {
		t.Fatal(err)
	}
	span, err := a.AllocSpan(len(moments[0]), mgl32.Mat4{})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	now := time.Duration(0)
	r, err := record.NewRecorder(&file, a, record.Config{Metadata: metadata, Clock: func() time.Duration { return now }})
	if err != nil {
		t.Fatal(err)
	}
	for i, places := range moments {
		now = time.Duration(i) * time.Second
		for k, p := range places {
			m := mgl32.Translate3D(p[0], p[1], p[2])
			span.Set(k, &m)
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
	s, err := stage.NewScene(t.Context(), dev, target, stage.Config{Open: c.Open, MSAA: 1})
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
