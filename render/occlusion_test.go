package render_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/shaders"
	"github.com/slotstream/slotstream/upload"
)

// occlude has all batches leave out slots behind others in every frame, also where that does not pay, until the test
// ends.
func occlude(t *testing.T) {
	t.Helper()
	from, judge := render.OccludeFrom(0), shaders.OccludeJudge
	t.Cleanup(func() {
		render.OccludeFrom(from)
		shaders.OccludeJudge = judge
	})
	shaders.OccludeJudge = *replaced(t, judge, "if work == 0u ||", "if true ||")
}

// A heap is a scene in which most slots are behind others, and which changes between pictures: it moves, slots
// teleport, come and go.
type heap struct {
	arena *arena.Arena[mgl32.Mat4]
	slots []arena.Slot[mgl32.Mat4]
	size  float32 // of most slots
	rng   *rand.Rand
}

func newHeap(t *testing.T, n int, size float32) *heap {
	t.Helper()
	a, err := arena.New(arena.Config[mgl32.Mat4]{})
	check(t, err)
	h := &heap{arena: a, size: size, rng: rand.New(rand.NewPCG(7, 7))}
	h.grow(t, n)
	return h
}

// place is where a slot of the heap may be: in a box of 16 m that is nearly full, some of them large, sheared, flat or
// mirrored, not finite, on a grid where slots share depth, or thin and nearly along the line of sight.
func (h *heap) place() mgl32.Mat4 {
	f := func(by float32) float32 { return (h.rng.Float32()*2 - 1) * by }
	at := mgl32.Vec3{f(8), f(8), f(8)}
	if h.rng.IntN(6) == 0 {
		return mgl32.Translate3D(float32(int(at[0])), float32(int(at[1])), float32(int(at[2])))
	}
	m := mgl32.Translate3D(at[0], at[1], at[2]).Mul4(mgl32.HomogRotate3D(f(3), mgl32.Vec3{f(1), f(1), f(1) + 2}.Normalize()))
	switch h.rng.IntN(60) {
	case 0:
		return m.Mul4(mgl32.Scale3D(5, 5, 0.1))
	case 1:
		return m.Mul4(mgl32.Mat4{1, 0, 0, 0, 1, 0.3, 0, 0, 1, 0.2, 0.3, 0, 0, 0, 0, 1})
	case 2:
		return m.Mul4(mgl32.Scale3D(-1, 1, 0.7))
	case 3:
		return m.Mul4(mgl32.Scale3D(0.05, 3, 0.05))
	case 4:
		return m.Mul4(mgl32.Scale3D(1e-30, 1e-30, 1e-30))
	case 5:
		m[h.rng.IntN(16)] = float32(math.NaN())
		return m
	case 6:
		m[h.rng.IntN(12)] = float32(math.Inf(1))
		return m
	case 7:
		return m.Mul4(mgl32.Scale3D(1, 0, 1))
	case 8:
		return m.Mul4(mgl32.Scale3D(3e19, 1e-3, 1))
	}
	return m.Mul4(mgl32.Scale3D(h.size, h.size, h.size))
}

func (h *heap) grow(t *testing.T, n int) {
	t.Helper()
	for range n {
		slot, err := h.arena.Alloc(h.place())
		check(t, err)
		h.slots = append(h.slots, slot)
	}
}

// change makes another moment of the scene.
func (h *heap) change(t *testing.T, step int) {
	t.Helper()
	for i := range h.slots {
		if i%7 == step%7 {
			var m mgl32.Mat4
			h.slots[i].Load(&m)
			m[12] += 0.05
			h.slots[i].Store(&m)
		}
	}
	switch step % 10 {
	case 3: // a part teleports
		for i := range len(h.slots) / 5 {
			m := h.place()
			h.slots[i].Store(&m)
		}
	case 5: // a part goes
		kept := h.slots[:0]
		for i, s := range h.slots {
			if i%4 != 0 {
				kept = append(kept, s)
				continue
			}
			check(t, s.Free())
		}
		h.slots = kept
	case 8: // others come, in the freed slots and behind all
		h.grow(t, 700)
	}
}

// camera is where the picture of a step is seen from: on a circle, with cuts, near and far, and within the heap.
func (h *heap) camera(step int) render.Camera {
	c := render.Camera{Distance: 24, Yaw: 0.04 * float32(step), Pitch: 0.3, FovY: 0.9, Near: 0.1}
	switch step % 12 {
	case 4, 5, 6: // a cut
		c.Yaw += math.Pi
	case 7: // along the grid
		c.Yaw, c.Pitch = 0, 0
	case 8:
		c.Target, c.Distance = mgl32.Vec3{0, 0, 4}, 6
	case 9:
		c.Target, c.Distance = mgl32.Vec3{3, 1, -2}, 1
	case 10:
		c.Target, c.Distance = mgl32.Vec3{40, 0, 0}, 5
	case 11:
		c.Distance, c.FovY = 300, 0.08
	}
	return c
}

// occlusionConfigs are Plain with 1 sample, and with 4, for which there is no occlusion; with -more also Studio, whose
// shadow maps have none.
func occlusionConfigs() []render.Config {
	configs := []render.Config{{MSAA: 1}, {MSAA: 4}}
	if *more {
		configs = append(configs, render.Config{Look: render.Studio, MSAA: 1, GroundY: -12}, render.Config{Look: render.Studio, MSAA: 4, GroundY: -12})
	}
	return configs
}

// occludedDiffer draws pictures of a heap with occlusion and without culling, and returns how many are not the same.
func occludedDiffer(t *testing.T, d *render.Device, shapes render.Shapes, c render.Config, cfg render.BatchConfig, pictures int) (wrong int) {
	t.Helper()
	s := newStage(t, d, 128, 72, c)
	size := float32(1.2)
	if cube, ok := shapes.(*render.Mesh); !ok || cube.Inner() < 0.9 { // it hides less
		size = 3
	}
	h := newHeap(t, 4500, size)
	hiding := newBatch(t, s, h.arena, shapes, cfg)
	cfg.NoCull = true
	all := newBatch(t, s, h.arena, shapes, cfg)
	if _, set := shapes.(*render.MeshSet); set {
		for i := range 6000 {
			hiding.SetShape(i, 1, uint8(i%4)) // the set lacks the last
			all.SetShape(i, 1, uint8(i%4))
		}
	}
	fewest := 1.0
	for step := range pictures {
		camera := h.camera(step)
		got := s.shot(t, camera, hiding)
		drawn, err := hiding.Listed()
		check(t, err)
		if step%12 < 4 { // all slots are in view
			fewest = min(fewest, float64(drawn)/float64(len(h.slots)))
		}
		if want := s.shot(t, camera, all); string(got.Pix) != string(want.Pix) {
			wrong++
		}
		h.change(t, step)
	}
	if fewest > 0.7 && c.MSAA == 1 {
		t.Errorf("at least %.0f%% of the slots in view are drawn: nothing is tested", 100*fewest)
	}
	return wrong
}

// Pictures in which slots behind others are left out are those of an unculled frame, byte for byte: with moving
// cameras, cuts, teleports, slots that come and go, and all that a matrix can hold.
//
// It takes 15 seconds of CPU: 2 of occlusionConfigs × 4 meshes × 12 pictures, each drawn twice. With -more there are
// 200 pictures for each mesh.
func TestOcclusionDrawsTheSame(t *testing.T) {
	d := openDevice(t)
	occlude(t)
	sphere := sphereMesh(t, d, 8, 4)
	pyramid, err := render.NewMesh(d, pyramidVertices(), []uint32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 13, 12, 15, 14})
	check(t, err)
	t.Cleanup(pyramid.Release)
	set := newSet(t, d, cubeMesh(t, d), sphere, pyramid)
	check(t, set.Detail(0, sphere, 12))
	check(t, set.Detail(1, nil, 8))
	for _, c := range occlusionConfigs() {
		for name, shapes := range map[string]render.Shapes{"cube": cubeMesh(t, d), "sphere": sphere, "pyramid": pyramid, "set": set} {
			t.Run(fmt.Sprintf("%v/msaa%d/%s", c.Look, c.MSAA, name), func(t *testing.T) {
				cfg := render.BatchConfig{}
				if name != "cube" {
					cfg.Upload = upload.Config{PageSlots: 700}
				}
				pictures := 12
				if *more && c.Look == render.Plain {
					pictures = 88
				}
				if n := occludedDiffer(t, d, shapes, c, cfg, pictures); n > 0 {
					t.Errorf("%d of %d pictures differ", n, pictures)
				}
			})
		}
	}
}

// The same comparison must find tests that are not conservative.
func TestOcclusionControls(t *testing.T) {
	d := openDevice(t)
	occlude(t)
	for name, c := range map[string]struct {
		text     *string
		old, new string
	}{
		"the depth of the middle":    {&shaders.Occlude, "bitcast<u32>(box.depth * box.w / box.nearest)", "bitcast<u32>(box.depth)"},
		"half of the box":            {&shaders.Occlude, "box.reach = sides.xy / box.nearest", "box.reach = 0.5 * sides.xy / box.nearest"},
		"more than the mesh hides":   {&shaders.Occlude, "let a = box.a * inner;", "let a = box.a * inner * 1.3;"},
		"a hidden slot hides itself": {&shaders.Occlude, "* 0.9999)", "* 1.01)"},
		"the back of the box":        {&shaders.Occlude, "let nearest = min(entry.x, min(entry.y, entry.z));", "let nearest = max(entry.x, max(entry.y, entry.z));"},
	} {
		t.Run(name, func(t *testing.T) {
			right := *c.text
			defer func() { *c.text = right }()
			*c.text = *replaced(t, right, c.old, c.new)
			if occludedDiffer(t, d, cubeMesh(t, d), render.Config{}, render.BatchConfig{}, 12) == 0 {
				t.Error("not found")
			}
		})
	}
}

// Several batches hide each other's slots. Some of them are never left out, and hide none: one with a Module, with
// NoCull, lines and points. Some hide none: those whose Shade has holes. Two cameras take turns, and targets of two
// sizes, and two renderers draw the same arenas. The pictures are those of unculled batches.
func TestOcclusionOfBatchesDrawsTheSame(t *testing.T) {
	d := openDevice(t)
	occlude(t)
	rng := rand.New(rand.NewPCG(3, 4))
	f := func(by float32) float32 { return (rng.Float32()*2 - 1) * by }
	var motions []render.Motion
	var lines []render.Line
	var points []render.Point
	for range crowd(4100) {
		at := mgl32.Vec3{f(8), f(8), f(8)}
		motions = append(motions, render.Motion{From: at, FromTurn: mgl32.QuatIdent(), To: at.Add(mgl32.Vec3{f(1), f(1), f(1)}),
			ToTurn: mgl32.QuatRotate(f(3), mgl32.Vec3{0, 1, 0}), Scale: 1})
		lines = append(lines, render.Line{A: at, B: at.Add(mgl32.Vec3{f(2), f(2), f(2)}), Width: 0.05, ColorA: render.RGBA8{255, 0, 0, 255}})
		points = append(points, render.Point{Center: at, Radius: 0.3, Color: render.RGBA8{0, 255, 0, 255}})
	}
	moving, drawn, balls := stored(t, motions), stored(t, lines), stored(t, points)
	cube, sphere := cubeMesh(t, d), sphereMesh(t, d, 8, 4)
	size := float32(1.1)
	if inPage {
		size = 3 // so that an eighth of the slots hides others
	}
	h, few := newHeap(t, crowd(4500), size), newHeap(t, crowd(300), 3)
	origin := mgl64.Vec3{1e7, -3, 2e6}
	for _, c := range occlusionConfigs() {
		var stages [2]stage // two renderers
		var hiding, all [2][]render.Drawable
		for k := range stages {
			stages[k] = newStage(t, d, 128, 72, c)
			for _, noCull := range []bool{false, true} {
				cfg := render.BatchConfig{NoCull: noCull, Origin: origin}
				holes, tick := cfg, cfg
				holes.Shade = "fn shade(p: Point) -> vec4f { if fract(p.local.x * 3.0) < 0.5 { discard; } return vec4f(lit(p), 1.0); }"
				tick.Tick = 100 * time.Millisecond
				batches := []render.Drawable{
					newBatch(t, stages[k], few.arena, sphere, holes), newBatch(t, stages[k], h.arena, cube, cfg),
					newBatch(t, stages[k], moving, cube, tick), newBatch(t, stages[k], h.arena, sphere, holes),
					newBatch(t, stages[k], drawn, nil, cfg), newBatch(t, stages[k], balls, nil, cfg),
					newBatch(t, stages[k], few.arena, cube, render.BatchConfig{NoCull: true, Origin: origin}),
				}
				if noCull {
					all[k] = batches
				} else {
					hiding[k] = batches
				}
			}
		}
		small := newStage(t, d, 50, 31, c)
		for step := range 12 {
			k := step / 2 % 2
			s := stages[k]
			s.renderer.Now = time.Duration(step) * 10 * time.Millisecond
			if step%3 == 2 {
				s.target = small.target
			}
			camera := h.camera(step)
			camera.Origin = origin
			if got, want := s.shot(t, camera, hiding[k]...), s.shot(t, camera, all[k]...); string(got.Pix) != string(want.Pix) {
				t.Errorf("%v, %d samples: picture %d differs", c.Look, c.MSAA, step)
			}
			_, err := s.renderer.Frame(s.target, &render.Camera{Target: mgl32.Vec3{1, 2, 3}, Distance: 9, Origin: origin}, hiding[k]...)
			check(t, err)
			hit, ok, err := s.renderer.Pick(&camera, 128, 72, 64, 36, hiding[k]...)
			check(t, err)
			same, found, err := s.renderer.Pick(&camera, 128, 72, 64, 36, all[k]...)
			check(t, err)
			if hit != same || ok != found {
				t.Errorf("%v, picture %d: picked %v, not %v", c.Look, step, hit, same)
			}
			h.change(t, step)
		}
	}
}

// Occlusion goes on where much is hidden, rests where little is, and tries again.
func TestOcclusionRestsWhereItDoesNotPay(t *testing.T) {
	d := openDevice(t)
	defer render.OccludeFrom(render.OccludeFrom(0))
	s := newStage(t, d, 320, 180, render.Config{})
	var heap, wall []mgl32.Mat4
	for i := range 10_000 {
		heap = append(heap, benchCube(i, 22).Mul4(mgl32.Scale3D(1.9, 1.9, 1.9)))
		wall = append(wall, mgl32.Translate3D(float32(i%100)-50, float32(i/100)-50, 0).Mul4(mgl32.Scale3D(0.9, 0.9, 0.9)))
	}
	cube := cubeMesh(t, d)
	for name, c := range map[string]struct {
		models      []mgl32.Mat4
		least, most uint32 // frames of 200 that rest
		drawn       int    // slots at most, in the last frame
	}{"heap": {heap, 0, 0, 5000}, "wall": {wall, 195, 199, 10_000}} {
		r, err := render.New(d, render.Config{})
		check(t, err)
		s.renderer = r
		b := newBatch(t, s, stored(t, c.models), cube, render.BatchConfig{})
		camera := render.NewCamera(mgl32.Vec3{}, 60)
		camera.Yaw, camera.Pitch = 0, 0
		rested := uint32(0)
		for range 200 {
			_, err := r.Frame(s.target, &camera, b)
			check(t, err)
			rests, err := r.OcclusionRests()
			check(t, err)
			if rests {
				rested++
			}
		}
		if rested < c.least || rested > c.most {
			t.Errorf("%s: of 200 frames %d were without occlusion: want %d to %d", name, rested, c.least, c.most)
		}
		if drawn, err := b.Listed(); err != nil || drawn > c.drawn {
			t.Errorf("%s: %d slots were drawn, %v", name, drawn, err)
		}
		b.Release()
		r.Release()
	}
}
