package render_test

import (
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

// Batches that share an arena share a Descend: each uploads what changed once, those
// that are not drawn for a while what changed meanwhile, and nothing more.
func TestBatchesShareAnArena(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 64, 64, render.Config{})
	other := newStage(t, d, 64, 64, render.Config{})
	a := newArena[mgl32.Mat4](t)
	span, err := a.AllocSpan(1000, mgl32.Ident4())
	check(t, err)
	sphere, err := render.NewSphere(d, 8, 4)
	check(t, err)
	t.Cleanup(sphere.Release)
	cubes := newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{})
	spheres := newBatch(t, s, a, sphere, render.BatchConfig{})
	elsewhere := newBatch(t, other, a, cubeMesh(t, d), render.BatchConfig{})
	camera := render.NewCamera(mgl32.Vec3{}, 3)
	const all, one = 1000 * 64, 64
	// What each batch uploads in a frame; -1 for one that is not drawn.
	frame := func(when string, s stage, want map[*render.Batch[mgl32.Mat4]]int) {
		t.Helper()
		var draw []render.Drawable
		for _, b := range []*render.Batch[mgl32.Mat4]{cubes, spheres, elsewhere} {
			if _, ok := want[b]; ok {
				draw = append(draw, b)
			}
		}
		_, err := s.renderer.Frame(s.target, &camera, draw...)
		check(t, err)
		for b, bytes := range want {
			if got := b.Stats(); got.Bytes != bytes || (bytes == 0) != (got.Calls == 0) {
				t.Errorf("%s: %d bytes in %d calls, want %d", when, got.Bytes, got.Calls, bytes)
			}
		}
	}
	store := func(i int) {
		m := mgl32.Translate3D(float32(i), 0, 0)
		span.Set(i, &m)
		span.Flush()
	}
	type uploads = map[*render.Batch[mgl32.Mat4]]int
	frame("first", s, uploads{cubes: all, spheres: all})
	frame("static", s, uploads{cubes: 0, spheres: 0})
	store(3)
	frame("one slot", s, uploads{cubes: one, spheres: one})
	store(4)
	frame("one batch alone", s, uploads{cubes: one})
	frame("and again", s, uploads{cubes: 0})
	frame("the other one later", s, uploads{cubes: 0, spheres: one})
	frame("another renderer", other, uploads{elsewhere: all})
	store(5)
	frame("the first renderer", s, uploads{cubes: one, spheres: one})
	frame("the other renderer", other, uploads{elsewhere: one})
	if stats, err := cubes.Sync(); err != nil || stats.Bytes != 0 {
		t.Error("Sync with nothing new:", stats.Bytes, err)
	}
	store(6)
	if stats, err := spheres.Sync(); err != nil || stats.Bytes != one {
		t.Error("Sync of one batch:", stats.Bytes, err)
	}
	frame("after the other's Sync", s, uploads{cubes: one, spheres: 0})
	spheres.Release()
	store(7)
	frame("after the other is gone", s, uploads{cubes: one})
}

// Whoever descends hands the delta round; Draw shows what Apply has uploaded.
func TestApplyAndDraw(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 32, 32, render.Config{})
	a := newArena[mgl32.Mat4](t)
	slot, err := a.Alloc(mgl32.Ident4())
	check(t, err)
	first := newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{})
	second := newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{})
	camera := render.NewCamera(mgl32.Vec3{}, 3)
	var recorder arena.Backlog // any other consumer
	draw := func() (middle uint8) {
		t.Helper()
		stats, err := s.renderer.Draw(s.target, &camera, first, second)
		check(t, err)
		if stats.Descend != 0 || stats.Write != 0 || stats.HighWater != 2 {
			t.Errorf("%+v", stats)
		}
		img, err := s.target.Image()
		check(t, err)
		return img.NRGBAAt(16, 16).G
	}
	apply := func() {
		t.Helper()
		delta := a.Descend()
		recorder.Join(delta)
		check(t, first.Apply(delta))
		check(t, second.Apply(delta))
	}
	apply()
	shown := draw()
	gone := mgl32.Mat4{}
	slot.Store(&gone)
	if draw() != shown {
		t.Error("drawn before it was applied")
	}
	recorder.Clear()
	apply()
	if first.Stats().Bytes != 64 || second.Stats().Bytes != 64 || len(recorder.Ranges()) != 1 {
		t.Error(first.Stats().Bytes, second.Stats().Bytes, recorder.Ranges())
	}
	if draw() == shown {
		t.Error("not drawn")
	}
}
