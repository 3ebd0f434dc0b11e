package render_test

import (
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

func TestFrameDraws(t *testing.T) {
	infos, err := render.Adapters()
	t.Log(infos, err)
	d, err := render.Open(render.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	o, err := render.NewOffscreen(d, 1280, 720, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Release()
	r, err := render.New(d, render.Config{MSAA: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	a, _ := arena.New(arena.Config[mgl32.Mat4]{})
	rng := rand.New(rand.NewPCG(1, 2))
	for x := range 30 {
		for z := range 30 {
			h := 0.5 + rng.Float32()*2
			_, err := a.Alloc(mgl32.Translate3D(float32(x-15)*1.6, h/2, float32(z-15)*1.6).Mul4(mgl32.HomogRotate3DY(rng.Float32())).Mul4(mgl32.Scale3D(1, h, 1)))
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	cube, err := render.NewCube(d)
	if err != nil {
		t.Fatal(err)
	}
	defer cube.Release()
	b, err := render.NewBatch(r, a, cube, render.BatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Release()
	cam := render.NewCamera(mgl32.Vec3{}, 30)
	s, err := r.Frame(o, &cam, b)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", s)
	if err := o.WritePNG(filepath.Join(t.TempDir(), "first.png")); err != nil {
		t.Fatal(err)
	}
}
