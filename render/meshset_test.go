package render_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/shaders"
	"github.com/slotstream/slotstream/upload"
)

// someMeshes makes n meshes: spheres of several numbers of triangles, with cubes and coloured meshes between them.
func someMeshes(tb testing.TB, d *render.Device, n int) []*render.Mesh {
	var meshes []*render.Mesh
	for i := range n {
		if i%4 == 1 {
			meshes = append(meshes, cubeMesh(tb, d))
			continue
		}
		if i%4 == 3 {
			vertices, indices := ball(4, 2)
			for k := range vertices {
				vertices[k].Color = render.RGBA8{uint8(40 * k), uint8(255 - 30*k), 200, 255}
			}
			m, err := render.NewMesh(d, vertices, indices)
			check(tb, err)
			tb.Cleanup(m.Release)
			meshes = append(meshes, m)
			continue
		}
		meshes = append(meshes, sphereMesh(tb, d, 3+i%9, 2+i%5))
	}
	return meshes
}

func sphereMesh(tb testing.TB, d *render.Device, segments, rings int) *render.Mesh {
	tb.Helper()
	m, err := render.NewSphere(d, segments, rings)
	check(tb, err)
	tb.Cleanup(m.Release)
	return m
}

func newSet(tb testing.TB, d *render.Device, meshes ...*render.Mesh) *render.MeshSet {
	tb.Helper()
	s, err := render.NewMeshSet(d, meshes...)
	check(tb, err)
	tb.Cleanup(s.Release)
	return s
}

// stored is an arena of these slots.
func stored[T any](tb testing.TB, slots []T) *arena.Arena[T] {
	tb.Helper()
	a, err := arena.New(arena.Config[T]{MaxSlots: max(1<<16, len(slots))}) // a page has 4 GB for the mirrors of all arenas
	check(tb, err)
	span, err := a.AllocSpan(len(slots), slots[0])
	check(tb, err)
	span.StoreAll(slots)
	return a
}

// shapeOf is the shape of a slot where many are mixed.
func shapeOf(slot, shapes int) int { return slot * 7919 / 3 % shapes }

// shapesDiffer draws slots of many shapes by one batch, and by one batch for each shape, from every camera, and returns
// how many pictures are not the same.
func shapesDiffer[T any](t *testing.T, d *render.Device, slots []T, meshes []*render.Mesh, c render.Config, o render.BatchConfig) (wrong int) {
	t.Helper()
	s := newStage(t, d, 96, 54, c)
	s.renderer.Now = 50 * time.Millisecond
	var each []render.Drawable
	for k, mesh := range meshes {
		own := make([]T, len(slots))
		for i := range own {
			if shapeOf(i, len(meshes)) == k {
				own[i] = slots[i]
			}
		}
		single := o
		single.Record = strings.ReplaceAll(o.Record, "fn shape(", "fn no_shape(")
		b, err := render.NewBatch(s.renderer, stored(t, own), mesh, single)
		check(t, err)
		defer b.Release()
		each = append(each, b)
	}
	b, err := render.NewBatch(s.renderer, stored(t, slots), newSet(t, d, meshes...), o)
	check(t, err)
	defer b.Release()
	if o.Record == "" {
		for i := range slots {
			b.SetShape(i, 1, uint8(shapeOf(i, len(meshes))))
		}
	}
	for _, camera := range cullCameras {
		if got, want := s.shot(t, camera, b), s.shot(t, camera, each...); string(got.Pix) != string(want.Pix) {
			wrong++
		}
	}
	return wrong
}

// motionsOf are slots that move, at the places of models.
func motionsOf(models []mgl32.Mat4) []render.MotionInstance {
	motions := make([]render.MotionInstance, len(models))
	for i, m := range models {
		motions[i] = render.MotionInstance{Color: render.Color{0.2, 0.5, float32(i%7) / 7, 1}, Motion: render.Motion{
			From: m.Col(3).Vec3(), FromTurn: mgl32.QuatIdent(), To: m.Col(3).Vec3().Add(mgl32.Vec3{1, 0.5, 0}),
			ToTurn: mgl32.QuatRotate(0.5, mgl32.Vec3{1, 0, 0}), Scale: float32(i%5) * 0.2,
		}}
	}
	return motions
}

// ownShape is a Record whose function shape is shapeOf for 5 shapes.
const ownShape = `alias Record = mat4x4f;
fn model(r: Record) -> mat4x4f { return r; }
fn tint(r: Record, index: u32) -> vec4f { return vec4f(fract(f32(index) * 0.37), 0.5, 0.2, 1.0); }
fn shape(r: Record, index: u32) -> u32 { return index * 7919u / 3u % 5u; }`

// One batch of many shapes draws the pictures of one batch for each shape, byte for byte: below the threshold of
// culling and above it.
//
// It takes 20 seconds of CPU: 2 of lookConfigs × 8 batches × 7 cameras, each drawn by one batch and by many.
func TestShapesDrawTheSame(t *testing.T) {
	d := openDevice(t)
	for _, c := range lookConfigs() {
		t.Run(fmt.Sprintf("%v/msaa%d", c.Look, c.MSAA), func(t *testing.T) {
			few, many := awkward(60), awkward(crowd(3000))
			for name, wrong := range map[string]int{
				"few":        shapesDiffer(t, d, few, someMeshes(t, d, 5), c, render.BatchConfig{}),
				"one":        shapesDiffer(t, d, many, someMeshes(t, d, 1), c, render.BatchConfig{}),
				"five":       shapesDiffer(t, d, many, someMeshes(t, d, 5), c, render.BatchConfig{}),
				"all":        shapesDiffer(t, d, few, someMeshes(t, d, 256), c, render.BatchConfig{}),
				"many pages": shapesDiffer(t, d, many, someMeshes(t, d, 3), c, render.BatchConfig{Upload: upload.Config{PageSlots: crowd(700)}}),
				"unculled":   shapesDiffer(t, d, many, someMeshes(t, d, 5), c, render.BatchConfig{NoCull: true}),
				"motions":    shapesDiffer(t, d, motionsOf(many), someMeshes(t, d, 5), c, render.BatchConfig{Tick: 100 * time.Millisecond}),
				"records":    shapesDiffer(t, d, many, someMeshes(t, d, 5), c, render.BatchConfig{Record: ownShape}),
			} {
				if wrong > 0 {
					t.Errorf("%s: %d of %d pictures differ", name, wrong, len(cullCameras))
				}
			}
		})
	}
}

// The same on OpenGL, where there is one.
func TestShapesDrawTheSameOnGL(t *testing.T) {
	d, err := render.Open(render.DeviceConfig{Backend: "gl", Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if errors.Is(err, render.ErrNoAdapter) {
		t.Skip(err)
	}
	check(t, err)
	t.Cleanup(d.Release)
	if n := shapesDiffer(t, d, awkward(crowd(3000)), someMeshes(t, d, 5), render.Config{}, render.BatchConfig{Upload: upload.Config{PageSlots: crowd(700)}}); n > 0 {
		t.Errorf("%d of %d pictures differ", n, len(cullCameras))
	}
}

// The same comparison must find lists in another order, as an atomic append makes them, shapes that are not sorted,
// and a wrong shape.
func TestShapesControls(t *testing.T) {
	d := openDevice(t)
	right := shaders.Sort
	defer func() { shaders.Sort = right }()
	for name, change := range map[string][2]string{
		"an atomic append, which gives places in the order of the threads": {
			"sort_places[place] = word * 32u + i;",
			"let start = sort_parts[sort_key(word, i)].start; let all = sort_parts[sort_key(word, i)].count;\n" +
				"sort_places[start + all - 1u - (place - start)] = word * 32u + i;"},
		"unsorted: the list in slot order": {
			"sort_places[place] = word * 32u + i;", "sort_places[word * 32u + i] = word * 32u + i;"},
		"a wrong shape":   {"var draw = sort_set.shape[shape].first.x;", "var draw = sort_set.shape[shape ^ u32(shape == 3u)].first.x;"},
		"a slot too few":  {"count = end - start;", "count = end - start - min(1u, end - start);"},
		"a wrong box":     {"let half = sort_set.shape[shape].half;", "let half = sort_set.shape[shape].half * 0.5;"},
		"a chunk ignored": {"for (var i = first; i < last; i++) { sum", "for (var i = first; i + 1u < last; i++) { sum"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(right, change[0]) {
				t.Fatalf("sort.wgsl has no %q", change[0])
			}
			shaders.Sort = strings.Replace(right, change[0], change[1], 1)
			models := awkward(crowd(3000))
			if strings.Contains(name, "append") { // which shows only where slots share depth
				for i := range models {
					models[i] = mgl32.Translate3D(float32(i%3), float32(i/3%3), 0)
				}
			}
			if shapesDiffer(t, d, models, someMeshes(t, d, 5), render.Config{}, render.BatchConfig{}) == 0 {
				t.Error("not found")
			}
		})
	}
}

// Shapes change while a batch is drawn: by one slot, by many, past the end of the arena's slots, and for slots that
// come later. A batch of one mesh that gets other shapes draws nothing for them.
func TestSetShapeChangesWhatIsDrawn(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 96, 54, render.Config{})
	meshes := someMeshes(t, d, 3)
	a, err := arena.New(arena.Config[mgl32.Mat4]{})
	check(t, err)
	const page = 50
	cfg := render.BatchConfig{Upload: upload.Config{PageSlots: page}}
	b := newBatch[mgl32.Mat4](t, s, a, newSet(t, d, meshes...), cfg)
	alone := newBatch[mgl32.Mat4](t, s, a, meshes[0], cfg)
	shapes := make([]uint8, 400)
	set := func(first, count int, shape uint8) {
		b.SetShape(first, count, shape)
		alone.SetShape(first, count, shape)
		for i := range count {
			shapes[first+i] = shape
		}
	}
	var models []mgl32.Mat4
	grow := func(n int) {
		t.Helper()
		for i := range n {
			at := len(models)
			models = append(models, mgl32.Translate3D(float32(at%20)-10, float32(at/20)-5, float32(i%3)).Mul4(mgl32.Scale3D(0.8, 0.8, 0.8)))
			_, err := a.Alloc(models[at])
			check(t, err)
		}
	}
	for step, change := range []func(){
		func() { grow(70) },
		func() { set(3, 1, 1) },
		func() { set(3, 1, 0) },
		func() { set(0, 70, 2); set(48, 5, 1) }, // over the edge of a page
		func() { set(100, 7, 1) },               // of slots to come
		func() { grow(99) },
		func() { set(60, 109, 9); set(160, 3, 0) }, // a shape that the set lacks
		func() { set(168, 1, 1); set(49, 1, 2) },
		func() { set(0, 169, 0) },
	} {
		change()
		camera := render.NewCamera(mgl32.Vec3{}, 22)
		var each []render.Drawable
		for k := range meshes {
			own := make([]mgl32.Mat4, len(models))
			for i := range own {
				if int(shapes[i]) == k {
					own[i] = models[i]
				}
			}
			each = append(each, newBatch[mgl32.Mat4](t, s, stored(t, own), meshes[k], render.BatchConfig{}))
		}
		want := s.shot(t, camera, each[:1]...)
		if got := s.shot(t, camera, alone); string(got.Pix) != string(want.Pix) {
			t.Errorf("step %d: a batch of one mesh draws something else", step)
		}
		if got, want := s.shot(t, camera, b), s.shot(t, camera, each...); string(got.Pix) != string(want.Pix) {
			t.Errorf("step %d: the picture differs", step)
		}
		lacks := 0
		for _, shape := range shapes[:len(models)] {
			if shape > 2 {
				lacks++
			}
		}
		var stats render.FrameStats
		for range 6 { // the number comes without waiting
			stats, err = s.renderer.Frame(s.target, &camera, b)
			check(t, err)
			d.Wait()
		}
		if stats.Lacking != lacks {
			t.Errorf("step %d: %d slots lack a mesh, want %d", step, stats.Lacking, lacks)
		}
	}
}

// A Record's own function may answer anything: what the set lacks is not drawn, and is counted.
func TestShapesThatTheSetLacks(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 96, 54, render.Config{})
	record := strings.Replace(ownShape, "index * 7919u / 3u % 5u", "select(0u, 0xffff0000u + index, index % 3u != 0u)", 1)
	a := stored(t, awkward(300))
	b := newBatch[mgl32.Mat4](t, s, a, someMeshes(t, d, 1)[0], render.BatchConfig{Record: record})
	visible, camera := 0, render.NewCamera(mgl32.Vec3{}, 60)
	for i, m := range awkward(300) {
		if i%3 != 0 && m != (mgl32.Mat4{}) {
			visible++
		}
	}
	var stats render.FrameStats
	for range 6 {
		var err error
		stats, err = s.renderer.Frame(s.target, &camera, b)
		check(t, err)
		d.Wait()
	}
	if stats.Lacking != visible {
		t.Errorf("%d slots lack a mesh, want %d", stats.Lacking, visible)
	}
}

// Pick says the slot and its shape.
func TestPickSaysTheShape(t *testing.T) {
	const width, height, columns = 90, 60, 9
	d := openDevice(t)
	for _, look := range []render.Look{render.Plain, render.Studio} {
		s := newStage(t, d, width, height, render.Config{Look: look, MSAA: 4})
		models := make([]mgl32.Mat4, 54)
		for i := range models {
			models[i] = mgl32.Translate3D(float32(i%columns)-4, 2.5-float32(i/columns), 0).Mul4(mgl32.Scale3D(0.8, 0.8, 0.8))
		}
		set := newSet(t, d, someMeshes(t, d, 4)...)
		check(t, set.Detail(2, nil, 5000)) // always a square
		byByte := newBatch[mgl32.Mat4](t, s, stored(t, models), set, render.BatchConfig{Upload: upload.Config{PageSlots: 20}})
		for i := range models {
			byByte.SetShape(i, 1, uint8(i%5))
		}
		byRecord := newBatch[mgl32.Mat4](t, s, stored(t, models), set, render.BatchConfig{
			Record: strings.Replace(ownShape, "index * 7919u / 3u % 5u", "index % 5u", 1)})
		camera := render.Camera{Distance: 1000, FovY: 0.006}
		for name, b := range map[string]*render.Batch[mgl32.Mat4]{"bytes": byByte, "record": byRecord} {
			_, err := s.renderer.Frame(s.target, &camera, b)
			check(t, err)
			for i := range models {
				hit, ok, err := s.renderer.Pick(&camera, width, height, i%columns*10+5, i/columns*10+5, b)
				check(t, err)
				if want := (render.Hit{Slot: i, Shape: i % 5}); ok != (i%5 < 4) || ok && hit != want {
					t.Fatalf("%v, %s: at slot %d is %v %v, want %v", look, name, i, hit, ok, want)
				}
			}
		}
	}
}

// What cannot be a set is an error that says why.
func TestMeshSetErrors(t *testing.T) {
	d := openDevice(t)
	other := ownDevice(t)
	s := newStage(t, d, 16, 16, render.Config{})
	mesh, foreign := sphereMesh(t, d, 8, 4), cubeMesh(t, other)
	set := newSet(t, d, mesh, mesh)
	errorOf := func(_ any, err error) error { return err }
	many := make([]*render.Mesh, 257)
	for i := range many {
		many[i] = mesh
	}
	check(t, set.Detail(1, mesh, 40))
	for want, err := range map[string]error{
		"1 to 256":             errorOf(render.NewMeshSet(d)),
		"257 meshes":           errorOf(render.NewMeshSet(d, many...)),
		"NewMeshSet: a mesh b": errorOf(render.NewMeshSet(d, mesh, foreign)),
		"Detail: a mesh b":     set.Detail(0, foreign, 10),
		"shape 2 of a set":     set.Detail(2, mesh, 10),
		"shape -1 of a set":    set.Detail(-1, mesh, 10),
		"0 pixels":             set.Detail(0, mesh, 0),
		"-3 pixels":            set.Detail(0, mesh, -3),
		"NaN pixels":           set.Detail(0, mesh, float32(math.NaN())),
		"+Inf pixels":          set.Detail(0, mesh, float32(math.Inf(1))),
		"40 pixels after 40":   set.Detail(1, mesh, 40),
		"belongs to another": errorOf(render.NewBatch(s.renderer, stored(t, awkward(1)), newSet(t, other, foreign),
			render.BatchConfig{})),
		"a Module draws one mesh": errorOf(render.NewBatch(s.renderer, stored(t, awkward(1)), set, render.BatchConfig{Module: "x"})),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, is %v", want, err)
		}
	}
	for _, pixels := range []float32{30, 20, 10} {
		check(t, set.Detail(1, nil, pixels))
	}
	if err := set.Detail(1, nil, 5); err == nil || !strings.Contains(err.Error(), "use 4 at most") {
		t.Errorf("a fifth simpler mesh: %v", err)
	}
	b := newBatch[mgl32.Mat4](t, s, stored(t, awkward(2)), set, render.BatchConfig{})
	of := newBatch[mgl32.Mat4](t, s, stored(t, awkward(2)), set, render.BatchConfig{Record: ownShape})
	gone := newSet(t, d, mesh)
	gone.Release()
	for want, use := range map[string]func(){
		"a batch shows the set already":       func() { set.Detail(0, mesh, 5) },
		"SetShape: slots -1 to 0":             func() { b.SetShape(-1, 2, 0) },
		"SetShape: slots 0 to -2":             func() { b.SetShape(0, -1, 0) },
		"SetShape: slots 9223372036854775807": func() { b.SetShape(math.MaxInt, math.MaxInt, 0) },
		"chooses the mesh":                    func() { of.SetShape(0, 1, 1) },
		"Detail: the set has been released":   func() { gone.Detail(0, mesh, 5) },
		"NewBatch: the mesh has been":         func() { render.NewBatch(s.renderer, stored(t, awkward(1)), gone, render.BatchConfig{}) },
		"NewMeshSet: a mesh is nil":           func() { render.NewMeshSet(d, nil) },
		"NewBatch: the mesh is nil": func() {
			render.NewBatch[mgl32.Mat4](s.renderer, stored(t, awkward(1)), (*render.MeshSet)(nil), render.BatchConfig{})
		},
	} {
		func() {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.Contains(said, want) {
					t.Errorf("it says %q, want %q", said, want)
				}
			}()
			use()
		}()
	}
}

// A set keeps what it needs of its meshes: they may be released at once. A set that is released frees them.
func TestMeshSetKeepsItsMeshes(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 96, 54, render.Config{})
	draw := func(release bool) string {
		meshes := someMeshes(t, d, 3)
		set := newSet(t, d, meshes...)
		if release {
			for _, m := range meshes {
				m.Release()
			}
		}
		b := newBatch[mgl32.Mat4](t, s, stored(t, awkward(60)), set, render.BatchConfig{})
		defer b.Release()
		b.SetShape(0, 20, 2)
		return string(s.shot(t, front, b).Pix)
	}
	if draw(true) != draw(false) {
		t.Error("a set whose meshes were released draws something else")
	}
}
