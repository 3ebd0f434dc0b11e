package render_test

import (
	"bytes"
	"errors"
	"image"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/internal/rendertest"
	"github.com/slotstream/slotstream/shaders"
	"github.com/slotstream/slotstream/upload"
)

// sketch is a scene of lines and points of both kinds of width, around a cube and a ball.
func sketch(t *testing.T, s stage) []render.Drawable {
	blue, gold := render.Quantize(render.RGB(0x33658a)), render.Quantize(render.RGB(0xf4b942))
	pole := mgl32.Translate3D(-1.4, 0.6, 0.4).Mul4(mgl32.HomogRotate3DY(0.5))
	var lines []render.Line
	axes := render.Axes(pole.Mul4(mgl32.Scale3D(1.2, 1.2, 1.2)), render.Line{Width: 0.06})
	box := render.BoxOutline(mgl32.Translate3D(1.2, 0.6, 0).Mul4(mgl32.Scale3D(1.2, 1.2, 1.2)), render.Line{Pixels: 2, ColorA: blue, ColorB: gold})
	camera := render.Camera{Target: mgl32.Vec3{0, 0.4, 0}, Distance: 2.4, Yaw: -1.2, Pitch: 0.35, FovY: 0.5, Near: 0.5}
	frustum := render.FrustumOutline(&camera, 1.6, 1.2, render.Line{Pixels: 1, ColorA: gold, ColorB: gold})
	lines = append(append(append(lines, axes[:]...), box[:]...), frustum[:]...)
	lines = append(lines, render.Grid(mgl32.Scale3D(6, 1, 6), 12, render.Line{Pixels: 1, ColorA: blue, ColorB: blue})...)
	lines = append(lines, // one that goes past the eye, one seen along itself, a fat one
		render.Line{A: mgl32.Vec3{0.6, 0, -3}, B: mgl32.Vec3{5, 4, 9}, Width: 0.05, ColorA: gold, ColorB: gold},
		render.Line{A: mgl32.Vec3{-0.3, 0.4, 1.6}, B: mgl32.Vec3{0.5, 0.4, 1.8}, Width: 0.3, ColorA: render.RGBA8{255, 60, 60, 255}})
	points := []render.Point{
		{Center: mgl32.Vec3{0, 0.5, -0.2}, Radius: 0.5, Color: render.Quantize(render.RGB(0x2f9c95))},
		{Center: mgl32.Vec3{0.35, 0.6, 0.1}, Radius: 0.3, Color: gold}, // it cuts the first one
		{Center: mgl32.Vec3{-2.2, 0.2, -1}, Pixels: 6},
		{Center: mgl32.Vec3{-2.2, 0.2, 1.5}, Pixels: 6, Color: blue},
	}
	return []render.Drawable{
		newBatch(t, s, newArena(t, lines...), nil, render.BatchConfig{}),
		newBatch(t, s, newArena(t, points...), nil, render.BatchConfig{}),
		newBatch(t, s, newArena(t, mgl32.Translate3D(1.2, 0.6, 0).Mul4(mgl32.Scale3D(1.2, 1.2, 1.2))), cubeMesh(t, s.device), render.BatchConfig{}),
	}
}

func TestGoldenLines(t *testing.T) {
	d := openDevice(t)
	for name, c := range map[string]render.Config{"lines": {}, "lines-studio": {Look: render.Studio, MSAA: 4}} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, d, 480, 270, c)
			camera := render.NewCamera(mgl32.Vec3{0, 0.4, 0}, 5.5)
			_, err := s.renderer.Frame(s.target, &camera, sketch(t, s)...)
			check(t, err)
			got, err := s.target.Image()
			check(t, err)
			rendertest.Golden(t, "testdata/"+name+".png", got, goldenTolerance)
		})
	}
}

// The sizes that DESIGN and the WGSL say. A record's layout has names in recordings and relays.
func TestLineLayout(t *testing.T) {
	t.Parallel()
	if a, b := unsafe.Sizeof(render.Line{}), unsafe.Sizeof(render.Point{}); a != 48 || b != 32 {
		t.Errorf("a Line has %d bytes, a Point %d", a, b)
	}
	if a, b := arena.Layout[render.Line](), arena.Layout[render.Point](); a != "8float32 8uint8 2uint32" || b != "5float32 4uint8 2uint32" {
		t.Errorf("layouts %q and %q", a, b)
	}
}

// oddLines are lines that a careless bound loses: along the edges of the view, past the eye, seen along themselves,
// thin and thick, in pixels and in metres, and lines of which nothing is drawn.
func oddLines(n int) []render.Line {
	rng := rand.New(rand.NewPCG(3, 4))
	f := func(scale float64) float32 { return float32((rng.Float64()*2 - 1) * scale) }
	lines := make([]render.Line, n)
	for i := range lines {
		l := render.Line{A: mgl32.Vec3{f(12), f(8), f(12)}, ColorA: render.RGBA8{uint8(i), 200, 50, 255}}
		l.B = l.A.Add(mgl32.Vec3{f(2), f(2), f(2)})
		switch i % 7 {
		case 0:
			l.Width = 0.2
		case 1:
			l.Pixels = 1
		case 2:
			l.Pixels = 9
		case 3:
			l.Width, l.Pixels = 0.01, 3
		case 4:
			l.B, l.Width = mgl32.Vec3{f(40), f(40), f(40)}, 0.05
		case 5:
			l.B, l.Pixels = l.A, 5
		case 6:
			l.B, l.Pixels = l.A.Mul(1.5), 14
		}
		lines[i] = l
	}
	return lines
}

func oddPoints(n int) []render.Point {
	rng := rand.New(rand.NewPCG(5, 4))
	f := func(scale float64) float32 { return float32((rng.Float64()*2 - 1) * scale) }
	points := make([]render.Point, n)
	for i := range points {
		points[i] = render.Point{Center: mgl32.Vec3{f(12), f(8), f(12)}, Color: render.RGBA8{uint8(i), 200, 50, 255}}
		switch p := &points[i]; i % 4 {
		case 0:
			p.Radius = 0.3
		case 1:
			p.Pixels = 7
		case 2:
			p.Radius, p.Pixels = 0.02, 2
		case 3:
			p.Radius = float32(i%13) * 0.1
		}
	}
	return points
}

// Lines and points are culled as meshes are: the pictures are the same, byte for byte. Bounds that forget the pixels,
// or the width, must be found.
func TestCulledLinesAreTheSame(t *testing.T) {
	d := openDevice(t)
	lines, points := oddLines(crowd(5000)), oddPoints(crowd(5000))
	for _, c := range []render.Config{{}, {Look: render.Studio, MSAA: 4, GroundY: -8}} {
		for what, o := range map[string]render.BatchConfig{
			"one page":   {},
			"many pages": {Upload: upload.Config{PageSlots: crowd(700)}},
			"a shade":    {Shade: "fn shade(p: Point) -> vec4f { return vec4f(lit(p) * fract(p.local.x * 4.0), 1.0); }"},
		} {
			if inPage && c.Look == render.Studio && what != "one page" {
				continue // the shaders of each are compiled anew
			}
			if n := differ(t, d, lines, nil, c, o); n > 0 {
				t.Errorf("lines, %v, %s: %d of %d pictures differ", c.Look, what, n, len(cullCameras))
			}
			if n := differ(t, d, points, nil, c, o); n > 0 {
				t.Errorf("points, %v, %s: %d of %d pictures differ", c.Look, what, n, len(cullCameras))
			}
		}
	}
	line, point := shaders.RecordLine, shaders.RecordPoint
	defer func() { shaders.RecordLine, shaders.RecordPoint = line, point }()
	for _, c := range []struct{ record, wrong *string }{
		{&shaders.RecordLine, replaced(t, line, "let width = max(r.width, max(r.pixels, 0.0) * max(far, 0.0) * pixel_size());", "let width = r.width;")},
		{&shaders.RecordLine, replaced(t, line, "+ 0.5 * abs(dot(w.xyz, along))", "- 0.5 * abs(dot(w.xyz, along))")},
		{&shaders.RecordPoint, replaced(t, point, "let d = 2.0 * point_radius", "let d = 1.0 * point_radius")},
	} {
		shaders.RecordLine, shaders.RecordPoint = line, point
		*c.record = *c.wrong
		found := 0
		if c.record == &shaders.RecordLine {
			found = differ(t, d, lines, nil, render.Config{}, render.BatchConfig{})
		} else {
			found = differ(t, d, points, nil, render.Config{}, render.BatchConfig{})
		}
		if found == 0 {
			t.Error("a bound that is too small is not found")
		}
	}
}

func replaced(t *testing.T, text, from, to string) *string {
	t.Helper()
	if !strings.Contains(text, from) {
		t.Fatalf("there is no %q", from)
	}
	text = strings.Replace(text, from, to, 1)
	return &text
}

// Nothing is drawn of lines and points that are none.
func TestLinesOfNothing(t *testing.T) {
	d := openDevice(t)
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	a, b := mgl32.Vec3{-1, 0, 0}, mgl32.Vec3{1, 0.2, 0}
	lines := []render.Line{
		{}, {A: a, B: a, Width: 1, Pixels: 9}, {A: a, B: b}, {A: a, B: b, Width: -1, Pixels: -9}, {A: a, B: b, Width: inf}, {A: a, B: b, Pixels: inf},
		{A: a, B: b, Width: nan, Pixels: 5}, {A: a, B: b, Width: 0.1, Pixels: nan}, {A: mgl32.Vec3{nan, 0, 0}, B: b, Pixels: 5}, {A: a, B: mgl32.Vec3{0, inf, 0}, Pixels: 5},
		{A: a, B: mgl32.Vec3{0, -inf, 0}, Width: 1},
	}
	points := []render.Point{
		{}, {Radius: -1, Pixels: -3}, {Radius: inf}, {Radius: nan, Pixels: 4}, {Pixels: inf}, {Radius: 1, Pixels: nan}, {Center: mgl32.Vec3{0, nan, 0}, Pixels: 9},
		{Center: mgl32.Vec3{0, inf, 0}, Pixels: 9}, {Radius: 1000}, // around the eye
	}
	for _, look := range []render.Look{render.Plain, render.Studio} {
		s := newStage(t, d, 96, 54, render.Config{Look: look, GroundY: -3})
		bare := s.shot(t, front)
		for i, l := range lines {
			batch := newBatch(t, s, newArena(t, l), nil, render.BatchConfig{})
			if !bytes.Equal(s.shot(t, front, batch).Pix, bare.Pix) {
				t.Errorf("%v: line %d, %+v, is drawn", look, i, l)
			}
		}
		for i, p := range points {
			batch := newBatch(t, s, newArena(t, p), nil, render.BatchConfig{})
			if !bytes.Equal(s.shot(t, front, batch).Pix, bare.Pix) {
				t.Errorf("%v: point %d, %+v, is drawn", look, i, p)
			}
		}
		if bytes.Equal(s.shot(t, front, newBatch(t, s, newArena(t, render.Line{A: a, B: b, Pixels: 3}), nil, render.BatchConfig{})).Pix, bare.Pix) {
			t.Error("a line is not drawn")
		}
	}
}

// A mesh for an arena of lines is an error, and so is a line's arena for a record of one's own without a mesh.
func TestLinesHaveNoMesh(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 8, 8, render.Config{})
	if _, err := render.NewBatch(s.renderer, newArena(t, render.Line{}), cubeMesh(t, d), render.BatchConfig{}); err == nil || !strings.Contains(err.Error(), "give nil") {
		t.Errorf("a mesh for lines: %v", err)
	}
	own := render.BatchConfig{Record: `struct Record { a: vec4f, b: vec4f, c: vec4f }
fn model(r: Record) -> mat4x4f { return mat4x4f(1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, r.a.x, r.a.y, r.a.z, 1.0); }
fn tint(r: Record, index: u32) -> vec4f { return vec4f(1.0); }`}
	b, err := render.NewBatch(s.renderer, newArena(t, render.Line{}), cubeMesh(t, d), own)
	check(t, err)
	b.Release()
}

// A point is the ball that a fine mesh approaches, in colour and depth, also where other things cut it.
func TestPointIsABall(t *testing.T) {
	d := openDevice(t)
	fine, err := render.NewSphere(d, 256, 128)
	check(t, err)
	t.Cleanup(fine.Release)
	for _, look := range []render.Look{render.Plain, render.Studio} {
		s := newStage(t, d, 320, 180, render.Config{Look: look})
		cutting := newBatch(t, s, newArena(t, mgl32.Translate3D(0.4, 0.5, 0.3).Mul4(mgl32.HomogRotate3DY(0.3)).Mul4(mgl32.Scale3D(0.3, 2, 0.3))), cubeMesh(t, d), render.BatchConfig{})
		red := render.RGBA8{255, 51, 51, 255}
		point := newBatch(t, s, newArena(t, render.Point{Center: mgl32.Vec3{0, 0.5, 0}, Radius: 0.75, Color: red}), nil, render.BatchConfig{})
		ball := newBatch(t, s, newArena(t, render.Instance{Model: mgl32.Translate3D(0, 0.5, 0).Mul4(mgl32.Scale3D(1.5, 1.5, 1.5)), Color: render.Color{1, 0.2, 0.2, 1}}), fine, render.BatchConfig{})
		for _, c := range []render.Camera{front, {Target: mgl32.Vec3{1, 0.4, 0}, Distance: 2, Yaw: 0.5, FovY: 1.6}, {Target: mgl32.Vec3{0, 0.5, 0}, Distance: 300, FovY: 0.01}} {
			if n := off(s.shot(t, c, point, cutting), s.shot(t, c, ball, cutting)); n > 320*180/300 {
				t.Errorf("%v, from %v m: %d pixels differ from those of a mesh", look, c.Distance, n)
			}
		}
	}
}

// Pixels are pixels: a line of Pixels 8 covers 8 rows at any distance, and a point of Pixels 8 covers 16.
func TestPixels(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 96, 54, render.Config{})
	covered := func(img, bare *image.NRGBA) (rows int) {
		for y := range 54 {
			if i := img.PixOffset(48, y); !bytes.Equal(img.Pix[i:i+4], bare.Pix[i:i+4]) {
				rows++
			}
		}
		return rows
	}
	for _, distance := range []float32{3, 30, 3000} {
		c := render.Camera{Distance: distance}
		bare := s.shot(t, c)
		line := newBatch(t, s, newArena(t, render.Line{A: mgl32.Vec3{-distance, 0, 0}, B: mgl32.Vec3{distance, 0, 0}, Pixels: 8}), nil, render.BatchConfig{})
		if n := covered(s.shot(t, c, line), bare); n != 8 {
			t.Errorf("at %v m a line of 8 pixels covers %d", distance, n)
		}
		point := newBatch(t, s, newArena(t, render.Point{Pixels: 8}), nil, render.BatchConfig{})
		if n := covered(s.shot(t, c, point), bare); n != 16 {
			t.Errorf("at %v m a point with a radius of 8 pixels covers %d", distance, n)
		}
	}
}

// Pick finds the line and the point that a pixel shows, few or many of them.
func TestPickLines(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 96, 54, render.Config{})
	for _, n := range []int{8, crowd(5000)} {
		lines, points := make([]render.Line, n), make([]render.Point, n)
		for i := range n {
			far := mgl32.Vec3{0, 0, 500}
			lines[i] = render.Line{A: far, B: far.Add(mgl32.Vec3{1, 0, 0}), Pixels: 1}
			points[i] = render.Point{Center: far, Pixels: 1}
		}
		lines[n-2] = render.Line{A: mgl32.Vec3{-2, 1, 0}, B: mgl32.Vec3{2, 1, 0}, Pixels: 3}
		points[n-3] = render.Point{Center: mgl32.Vec3{0, -1, 0}, Radius: 0.3}
		batches := []render.Drawable{newBatch(t, s, newArena(t, lines...), nil, render.BatchConfig{}), newBatch(t, s, newArena(t, points...), nil, render.BatchConfig{})}
		c := render.Camera{Distance: 8}
		_, err := s.renderer.Frame(s.target, &c, batches...)
		check(t, err)
		// A metre at the target is 54/(2·8·tan 0.4) = 8 pixels.
		for _, want := range []struct {
			x, y int
			hit  render.Hit
			ok   bool
		}{
			{48, 27 - 8, render.Hit{Batch: 0, Slot: n - 2}, true}, {60, 27 - 8, render.Hit{Batch: 0, Slot: n - 2}, true},
			{48, 27 + 8, render.Hit{Batch: 1, Slot: n - 3}, true}, {48, 27, render.Hit{}, false},
		} {
			hit, ok, err := s.renderer.Pick(&c, 96, 54, want.x, want.y, batches...)
			check(t, err)
			if hit != want.hit || ok != want.ok {
				t.Errorf("of %d slots at %d, %d: %v %v, want %v %v", n, want.x, want.y, hit, ok, want.hit, want.ok)
			}
		}
	}
}

// A trail has the last places, in whole ticks, and writes one line for each thing and tick.
func TestTrail(t *testing.T) {
	t.Parallel()
	const things, length = 3, 4
	a, err := arena.New(arena.Config[render.Line]{})
	check(t, err)
	g := a.NewGroup()
	trail, err := render.NewTrail(g, things, length)
	check(t, err)
	at := func(thing, tick int) mgl32.Vec3 { return mgl32.Vec3{float32(thing), float32(tick), 0} }
	for tick := range 11 {
		var places []mgl32.Vec3
		for i := range things {
			places = append(places, at(i, tick))
		}
		if tick == 8 {
			places[1][0] = float32(math.NaN())
		}
		trail.Add(places)
		g.Commit(arena.Tick{Number: uint64(tick), Time: time.Duration(tick)})
		if d := a.Descend(); tick > 1 && d.Updated != things {
			t.Errorf("tick %d changes %d slots", tick, d.Updated)
		}
		drawn := map[[2]mgl32.Vec3]bool{}
		for _, l := range a.Mirror() {
			if l.A != l.B && l.Pixels > 0 {
				drawn[[2]mgl32.Vec3{l.A, l.B}] = true
			}
		}
		for i := range things {
			for k := max(0, tick-length); k < tick; k++ {
				gap := i == 1 && (k == 7 || k == 8)
				if drawn[[2]mgl32.Vec3{at(i, k), at(i, k+1)}] == gap {
					t.Errorf("tick %d: the line of thing %d from tick %d is drawn: %v", tick, i, k, !gap)
				}
			}
		}
		if want := things * min(tick, length); tick < 8 && len(drawn) != want {
			t.Errorf("tick %d: %d lines, want %d", tick, len(drawn), want)
		}
	}
	check(t, trail.Free())
	if _, err := render.NewTrail(g, 0, 3); err == nil {
		t.Error("a trail of nothing")
	}
}

// OpenGL draws the same lines and points.
func TestLinesOnGL(t *testing.T) {
	d, err := render.Open(render.DeviceConfig{Backend: "gl", Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if errors.Is(err, render.ErrNoAdapter) {
		t.Skip(err)
	}
	check(t, err)
	t.Cleanup(d.Release)
	s := newStage(t, d, 480, 270, render.Config{Look: render.Studio, MSAA: 4})
	want := rendertest.ReadPNG(t, "testdata/lines-studio.png")
	if n := off(s.shot(t, render.NewCamera(mgl32.Vec3{0, 0.4, 0}, 5.5), sketch(t, s)...), want); n > 480*270/100 {
		t.Errorf("%d pixels differ from those of Vulkan", n)
	}
}
