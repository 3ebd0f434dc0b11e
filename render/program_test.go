package render_test

import (
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/shaders"
)

// Batches whose shaders are the same share them, for as long as one of them lives.
func TestBatchesShareTheirShaders(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 64, 64, render.Config{})
	cube, sphere := cubeMesh(t, d), sphereMesh(t, d, 8, 4)
	models, instances := oneCube(t), newArena(t, render.Instance{})
	var batches []interface{ Release() }
	made := func(b interface{ Release() }, want int) {
		t.Helper()
		batches = append(batches, b)
		if n := s.renderer.Programs(); n != want {
			t.Errorf("%d batches have compiled %d programs, want %d", len(batches), n, want)
		}
	}
	made(newBatch(t, s, models, cube, render.BatchConfig{}), 1)
	made(newBatch(t, s, models, cube, render.BatchConfig{Colors: []render.Color{{1, 1, 1, 1}}}), 1)
	made(newBatch(t, s, oneCube(t), cubeMesh(t, d), render.BatchConfig{}), 1)
	made(newBatch(t, s, models, sphere, render.BatchConfig{}), 2)
	made(newBatch(t, s, models, sphereMesh(t, d, 5, 5), render.BatchConfig{}), 2)
	made(newBatch(t, s, instances, cube, render.BatchConfig{}), 3)
	made(newBatch(t, s, models, cube, render.BatchConfig{NoCull: true}), 4)
	made(newBatch(t, s, models, newSet(t, d, cube, sphere), render.BatchConfig{}), 5)
	made(newBatch(t, s, models, newSet(t, d, sphere, cube, sphere), render.BatchConfig{}), 5)
	made(newBatch(t, s, models, newSet(t, d, cube), render.BatchConfig{}), 5)
	if _, err := render.NewBatch(s.renderer, models, cube, render.BatchConfig{Shade: "fn shade("}); err == nil {
		t.Error("no error")
	}
	made(newBatch(t, s, models, cube, render.BatchConfig{Shade: "fn shade(p: Point) -> vec4f { return vec4f(lit(p), 1.0); }"}), 6)
	for i, b := range batches {
		b.Release()
		b.Release()
		if n := s.renderer.Programs(); (n == 0) != (i == len(batches)-1) {
			t.Errorf("after %d of %d releases there are %d programs", i+1, len(batches), n)
		}
	}
}

// Nothing is compiled after NewBatch: with shaders that no compiler takes any more, a batch grows until it is culled,
// and is picked.
func TestNothingIsCompiledLater(t *testing.T) {
	d := openDevice(t)
	for _, look := range []render.Look{render.Plain, render.Studio} {
		s := newStage(t, d, 64, 64, render.Config{Look: look})
		a := newArena[mgl32.Mat4](t)
		batches := []render.Drawable{
			newBatch[mgl32.Mat4](t, s, a, cubeMesh(t, d), render.BatchConfig{}),
			newBatch[mgl32.Mat4](t, s, a, newSet(t, d, cubeMesh(t, d), sphereMesh(t, d, 8, 4)), render.BatchConfig{}),
		}
		func() {
			for _, text := range []*string{&shaders.Scene, &shaders.Cull, &shaders.Sort, &shaders.PlaceSeen, &shaders.PlaceSorted, &shaders.Pick} {
				right := *text
				defer func() { *text = right }()
				*text = "no WGSL"
			}
			if _, err := render.NewBatch(s.renderer, newArena[render.Instance](t), cubeMesh(t, d), render.BatchConfig{}); err == nil {
				t.Fatal("this test sees nothing: the compiler takes the text")
			}
			_, err := s.renderer.Frame(s.target, &front, batches...)
			check(t, err)
			_, err = a.Alloc(mgl32.Ident4())
			check(t, err)
			for range 1000 {
				_, err = a.Alloc(mgl32.Translate3D(0, 1000, 0))
				check(t, err)
			}
			_, err = s.renderer.Frame(s.target, &front, batches...)
			check(t, err)
			for i, b := range batches {
				if hit, ok, err := s.renderer.Pick(&front, 64, 64, 32, 32, b); err != nil || !ok || hit.Slot != 0 {
					t.Errorf("%v, batch %d: picked %v, %v, %v", look, i, hit, ok, err)
				}
			}
		}()
	}
}

// Culling begins by slots × triangles: with few slots of a fine mesh, and with many of a coarse one. A kernel that
// finds nothing shows where it begins.
func TestCullingBeginsByTriangles(t *testing.T) {
	render.CullFrom(4096)
	t.Cleanup(func() { render.CullFrom(crowd(4096)) })
	d := openDevice(t)
	right := shaders.Cull
	defer func() { shaders.Cull = right }()
	shaders.Cull = strings.Replace(right, "bits |= select(0u, 1u << i, seen);", "", 1)
	if shaders.Cull == right {
		t.Fatal("cull.wgsl has another cull_test")
	}
	for _, c := range []struct {
		name   string
		mesh   *render.Mesh
		slots  int
		culled bool
	}{
		{"4,095 cubes", cubeMesh(t, d), 4095, false},
		{"4,096 cubes", cubeMesh(t, d), 4096, true},
		{"10 spheres of 24×12", sphereMesh(t, d, 24, 12), 10, false},
		{"100 spheres of 24×12", sphereMesh(t, d, 24, 12), 100, true},
		{"1 sphere of 200×100", sphereMesh(t, d, 200, 100), 1, true},
	} {
		s := newStage(t, d, 64, 64, render.Config{})
		a, err := arena.New(arena.Config[mgl32.Mat4]{})
		check(t, err)
		_, err = a.AllocSpan(c.slots, mgl32.Ident4())
		check(t, err)
		img := s.shot(t, front, newBatch[mgl32.Mat4](t, s, a, c.mesh, render.BatchConfig{}))
		if drawn := drawnOn(img) > 0; drawn == c.culled {
			t.Errorf("%s: culled is %v, want %v", c.name, !drawn, c.culled)
		}
	}
}
