package render_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

// BenchmarkFrame draws lit cubes at 1280×720, none of which changes: a frame with
// the upload left out.
func BenchmarkFrame(b *testing.B) {
	d := openDevice(b)
	for _, c := range []struct {
		cubes, msaa int
		look        render.Look
	}{
		{0, 1, render.Plain}, {1_000, 1, render.Plain}, {10_000, 1, render.Plain}, {100_000, 1, render.Plain},
		{10_000, 4, render.Plain}, {10_000, 1, render.Studio},
	} {
		b.Run(fmt.Sprintf("cubes=%d/msaa=%d/look=%v", c.cubes, c.msaa, c.look), func(b *testing.B) {
			side := int(math.Cbrt(float64(c.cubes)) + 0.999)
			a, err := arena.New(arena.Config[mgl32.Mat4]{})
			if err != nil {
				b.Fatal(err)
			}
			for i := range c.cubes {
				if _, err := a.Alloc(benchCube(i, side)); err != nil {
					b.Fatal(err)
				}
			}
			s := newStage(b, d, 1280, 720, render.Config{MSAA: c.msaa, Look: c.look})
			batch := newBatch(b, s, a, cubeMesh(b, d), render.BatchOptions{})
			camera := render.NewCamera(mgl32.Vec3{}, float32(side)*2.5)
			frame := func() {
				if _, err := s.renderer.Frame(s.target, &camera, batch); err != nil {
					b.Fatal(err)
				}
				d.Wait()
			}
			for range 3 {
				frame()
			}
			for b.Loop() {
				frame()
			}
		})
	}
}

// benchCube is cube i of a block of side³, each turned its own way. The
// comparison with raylib draws the same.
func benchCube(i, side int) mgl32.Mat4 {
	x, y, z := i%side, i/side%side, i/side/side
	half := float32(side-1) / 2
	turn := mgl32.HomogRotate3D(float32(i), mgl32.Vec3{float32(x + 1), float32(y + 1), float32(z + 1)}.Normalize())
	return mgl32.Translate3D(float32(x)-half, float32(y)-half, float32(z)-half).Mul4(turn).Mul4(mgl32.Scale3D(0.5, 0.5, 0.5))
}
