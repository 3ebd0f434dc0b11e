package framing

import (
	"math"
	"reflect"
	"strings"
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

// What does not fit is left out, the last writers' words first and the list last. A list that nobody could have written
// is none.
func TestWriters(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 1000)
	var writers []Writer
	for i := range 5 {
		writers = append(writers, Writer{Name: string(rune('a' + i)), Group: uint64(i), First: 10 * i, Count: 10, Metadata: map[string]string{"mesh": `"` + long + `"`, "unit": "2"}})
	}
	for most, speak := range map[int]int{10000: 5, 5200: 4, 2600: 2, 1600: 1, 1100: 0, 100: 0} {
		m, all := WithWriters(writers, most)
		size := 0
		for k, v := range m {
			size += len(k) + len(v)
		}
		if got := Writers(m); all != (speak == 5) || (len(got) == 5) != (speak > 0) || speak > 0 && size > most {
			t.Errorf("in %d bytes %d writers in %d, all: %v", most, len(got), size, all)
		} else {
			for i, w := range got {
				want := writers[i]
				if i >= speak {
					want.Metadata = map[string]string{}
				}
				if !reflect.DeepEqual(w, want) {
					t.Errorf("in %d bytes: %.80v, want %.80v", most, w, want)
				}
			}
		}
		if got := ParseBodies(m); got.Unit != 2 { // for programs that do not know the list
			t.Errorf("in %d bytes %v", most, got)
		}
	}
	for _, bad := range []string{"", "{}", "[1]", `[{"name": "a", "first": -1, "count": 1}]`, `[{"name": "a", "count": 0}]`,
		`[{"name": "a", "first": 9223372036854775807, "count": 2}]`, "[" + strings.Repeat(`{"count": 1},`, 5000) + `{"count": 1}]`} {
		if got := Writers(map[string]string{writersKey: bad}); got != nil {
			t.Errorf("%.60s: %v", bad, got)
		}
	}
}
