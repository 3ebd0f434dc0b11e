package framing

import (
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// What is written is read to the bit; what nobody could have written says nothing.
func TestMetadata(t *testing.T) {
	t.Parallel()
	f := Framing{
		Tick: time.Second / 60, Lo: mgl32.Vec3{-1.0 / 3, 0, math.SmallestNonzeroFloat32}, Hi: mgl32.Vec3{1e17, math.Pi, 7},
		Yaw: -0.75, Pitch: 0.1, FovY: 0.5, Sun: mgl32.Vec3{-0.58, 0.8, 0.18},
	}
	if got := Parse(f.Metadata()); got != f {
		t.Errorf("%+v, want %+v", got, f)
	}
	for _, bad := range []map[string]string{
		nil, {}, {tickKey: "-3", boundsKey: "[1, 2, 3, 4, 5]", cameraKey: "[NaN, 0, 0]", sunKey: "[1, 2, 3, 4]"},
		{tickKey: "soon", boundsKey: "[1, 2, 3, 4, 5, 1e300]", cameraKey: "[0, 0, 4]", sunKey: `["a", 0, 0]`}, {tickKey: "1e300", sunKey: "{}"},
	} {
		if got := Parse(bad); got != (Framing{}) {
			t.Errorf("%v: %+v", bad, got)
		}
	}
}

// A writer's JSON says what its slots show; what is not valid says nothing.
func TestBodies(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Bodies{
		`{"mesh": "sphere", "up": "z", "unit": 0.001, "names": ["a", "b"]}`: {Mesh: "sphere", ZUp: true, Unit: 0.001, Names: []string{"a", "b"}},
		`{"shapes": ["cube", "arrow"], "shape": [1, 0, 1]}`:                 {Shapes: []string{"cube", "arrow"}, Shape: []uint8{1, 0, 1}},
		`{"shapes": ["cube", "arrow"]}`:                                     {Shapes: []string{"cube", "arrow"}, Shape: []uint8{0, 1}},
		`{"colors": "#ff0000"}`:                                             {Colors: []render.Color{{1, 0, 0, 1}}},
		`{"colors": ["#ff0000", "#0000ff"]}`:                                {Colors: []render.Color{{1, 0, 0, 1}, {0, 0, 1, 1}}},
		`{"colors": "red", "unit": -1, "up": 3, "names": 4, "mesh": []}`:    {},
		`{"shapes": ["cube"], "shape": [1]}`:                                {Shapes: []string{"cube"}},
		`not JSON`:                                                          {},
	} {
		if got := ParseBodies(Object([]byte(text))); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}
