package render_test

import (
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// Batches that share an arena each upload what changed once. One that is not drawn for a
// while uploads what changed meanwhile, and nothing more.
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
	if stats, err := cubes.Upload(); err != nil || stats.Bytes != 0 {
		t.Error("Upload with nothing new:", stats.Bytes, err)
	}
	store(6)
	a.Descend()
	if stats, err := spheres.Upload(); err != nil || stats.Bytes != one {
		t.Error("Upload of one batch:", stats.Bytes, err)
	}
	frame("after the other's Upload", s, uploads{cubes: one, spheres: 0})
	spheres.Release()
	store(7)
	frame("after the other is gone", s, uploads{cubes: one})
}

// Encode draws what Upload has brought, and neither descends nor uploads.
func TestUploadAndEncode(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 32, 32, render.Config{})
	a := newArena[mgl32.Mat4](t)
	slot, err := a.Alloc(mgl32.Ident4())
	check(t, err)
	first := newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{})
	second := newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{})
	camera := render.NewCamera(mgl32.Vec3{}, 3)
	draw := func() (middle uint8) {
		t.Helper()
		s.encode(t, &camera, first, second)
		img, err := s.target.Image()
		check(t, err)
		return img.NRGBAAt(16, 16).G
	}
	upload := func(want int) {
		t.Helper()
		for _, b := range []render.Drawable{first, second} {
			stats, err := b.Upload()
			check(t, err)
			if stats.Bytes != want || stats.HighWater != 1 {
				t.Errorf("%+v, want %d bytes", stats, want)
			}
		}
	}
	a.Descend()
	upload(64)
	shown := draw()
	gone := mgl32.Mat4{}
	slot.Store(&gone)
	if draw() != shown {
		t.Error("drawn before a Descend")
	}
	upload(0)
	a.Descend()
	if draw() != shown {
		t.Error("drawn before it was uploaded")
	}
	upload(64)
	if draw() == shown {
		t.Error("not drawn")
	}
}
